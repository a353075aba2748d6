"""Writes docs/reference/system-api.md: in tests/, `python -m support.system_api_page`."""

import json
import re
from functools import cache
from pathlib import Path

from local_replica.management.canister import METHODS
from support.recorded_modules import RECORDINGS
from support.system_api import ENTRIES, REFUSED, SPECIFIED, permitted

ROOT = Path(__file__).parents[2]
PAGE = ROOT / "docs" / "reference" / "system-api.md"
SUBJECTS = ("traps", "replies", "calls", "modules", "management", "cycles")
TESTS = sorted((ROOT / "tests").glob("unit/local_replica/**/test_*.py"))

REFUSED_METHODS = {
    **dict.fromkeys(
        ("ecdsa_public_key", "schnorr_public_key", "vetkd_public_key"),
        "not routed: Requested unknown threshold key: …, existing keys: []",
    ),
    **dict.fromkeys(
        ("sign_with_ecdsa", "sign_with_schnorr", "vetkd_derive_key"),
        "not routed: Requested unknown or disabled threshold key: …, existing enabled keys: []",
    ),
    **dict.fromkeys(
        (
            "bitcoin_get_balance",
            "bitcoin_get_block_headers",
            "bitcoin_get_current_fee_percentiles",
            "bitcoin_get_utxos",
            "bitcoin_send_transaction",
        ),
        "CanisterRejectedMessage: No bitcoin canisters available.",
    ),
    "rename_canister": "CanisterContractViolation: rename_canister is called by …. It can only be called by NNS.",
    "flexible_http_request": "CanisterMethodNotFound: Management canister has no method 'flexible_http_request'",
    "list_canisters": "CanisterMethodNotFound: Management canister has no method 'list_canisters'",
}
"""Methods of the specification (and one that only the NNS may call) that do nothing here, each with its error."""
SPECIFIED_METHODS = (
    *("canister_info", "canister_metadata", "canister_status", "clear_chunk_store", "create_canister"),
    *("delete_canister", "delete_canister_snapshot", "deposit_cycles", "fetch_canister_logs", "http_request"),
    *("install_chunked_code", "install_code", "list_canister_snapshots", "load_canister_snapshot"),
    *("node_metrics_history", "provisional_create_canister_with_cycles", "provisional_top_up_canister", "raw_rand"),
    *("read_canister_snapshot_data", "read_canister_snapshot_metadata", "start_canister", "stop_canister"),
    *("stored_chunks", "subnet_info", "take_canister_snapshot", "uninstall_code", "update_settings"),
    *("upload_canister_snapshot_data", "upload_canister_snapshot_metadata", "upload_chunk"),
)
_HEAD = """# The system API and the management canister

Every function and method of the interface specification: supported, with what shows it, or refused, with its error.
`tests/conformance/test_system_api.py` holds this page against the replica; `tests/support/system_api_page.py`
writes it.

## Functions of `ic0`

"Where" has the specification's letters: `I` init and post_upgrade, `G` pre_upgrade, `U` update, `RQ` and `NRQ`
query in replicated and in non-replicated mode, `CQ` composite query, `Ry` and `Rt` reply and reject callback, `CRy`
and `CRt` the same of composite queries, `C` and `CC` cleanup, `F` inspect_message, `T` heartbeat, timer and low
memory hook, `s` start; `*` all but `s`. Elsewhere a call ends the message with `"ic0_…" cannot be executed in …
mode`. Where the genuine replica differs from the specification, it decides, and the last column says how. Each
function is called from each entry point by `tests/conformance/test_system_api.py`, and what it answers is replayed
from recordings.
"""


@cache
def _recorded(subject: str) -> str:
    """All that the steps of a subject say; method names in call arguments are hex."""
    text = (RECORDINGS / subject / "recording.json").read_text(encoding="utf-8")
    modules = [path.read_text(encoding="utf-8") for path in sorted((RECORDINGS / subject).glob("*.wat"))]
    return text + "\n".join(modules)


@cache
def _test_text(path: Path) -> str:
    return path.read_text(encoding="utf-8")


def shown_by(name: str) -> str:
    """Where a function or method is used by a recording or a test; empty when it is nowhere."""
    for subject in SUBJECTS:
        recorded = _recorded(subject)
        if f'"{name}"' in recorded or f'\\"{name}\\"' in recorded or name.encode().hex() in recorded:
            return f"recording `{subject}`"
    for path in TESTS:
        if re.search(rf'"{name}"', _test_text(path)):
            return f"`{path.relative_to(ROOT)}`"
    return ""


def _where(letters: list[str]) -> str:
    everywhere = [letter for letter in ENTRIES if letter != "s"]
    if set(everywhere) <= set(letters):
        return "* s" if "s" in letters else "*"
    return " ".join(letter for letter in ENTRIES if letter in letters)


def _difference(name: str) -> str:
    here, specified = set(permitted(name)), set(SPECIFIED[name])
    missing = " ".join(letter for letter in ENTRIES if letter in specified - here)
    more = " ".join(letter for letter in ENTRIES if letter in here - specified)
    return "; ".join(([f"not in {missing}"] if missing else []) + ([f"also in {more}"] if more else []))


def rendered() -> str:
    """The page."""
    lines = [_HEAD, "| function | where | shown by | unlike the specification |", "|---|---|---|---|"]
    for name in SPECIFIED:
        if name in REFUSED:
            refusal = "refused when installing: newer than PocketIC 10"
            lines.append(f"| `{name}` | | | {refusal} |")
        else:
            lines.append(f"| `{name}` | {_where(permitted(name))} | {shown_by(name)} | {_difference(name)} |")
    lines += ["", "## Methods of the management canister", "", "| method | shown by | refused with |", "|---|---|---|"]
    for name in sorted({*SPECIFIED_METHODS, *REFUSED_METHODS}):
        lines.append(f"| `{name}` | {shown_by(name)} | {REFUSED_METHODS.get(name, '')} |")
    return "\n".join(lines) + "\n"


def offered_methods() -> set[str]:
    """Methods that the replica knows."""
    return set(METHODS)


if __name__ == "__main__":
    PAGE.write_text(rendered(), encoding="utf-8")
    print(json.dumps({"written": str(PAGE)}))  # noqa: T201 - a script
