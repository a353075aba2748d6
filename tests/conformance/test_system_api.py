"""Each function of the system API from each entry point, each management method, and the page that lists them."""

import pytest

from local_replica.execution.contexts import mode, name_in_error
from local_replica.execution.port import Callback, Entry, Outcome
from local_replica.ingress import Refused
from support import system_api_page
from support.executing import request
from support.replicas import EXECUTOR, call_through, created, encoded, install, installed, new_replica
from support.small_modules import PROXY, compiled
from support.system_api import ENTRIES, REFUSED, SPECIFIED, permitted, using

OFFERED = [name for name in SPECIFIED if name not in REFUSED]
CALLBACKS = frozenset(ENTRIES["Ry"] + ENTRIES["Rt"] + ENTRIES["CRy"] + ENTRIES["CRt"] + ENTRIES["C"] + ENTRIES["CC"])
METHODS = {Entry.UPDATE: "u", Entry.REPLICATED_QUERY: "q", Entry.QUERY: "q", Entry.COMPOSITE_QUERY: "c"}


def entered(name: str, entry: Entry) -> Outcome:
    """The function called from that entry point."""
    instance = EXECUTOR.instantiate(compiled(using(name, at_start=entry is Entry.START)))
    callback = Callback(0, 0) if entry in CALLBACKS else None
    code, text = (4, "no") if entry in ENTRIES["Rt"] + ENTRIES["CRt"] else (0, "")
    try:
        return instance.execute(
            request(
                entry,
                METHODS.get(entry, ""),
                callback=callback,
                reject_code=code,
                reject_message=text,
                certificate=b"certificate",
            )
        )
    finally:
        instance.close()


@pytest.mark.parametrize("name", OFFERED)
def test_a_function_may_be_called_where_the_page_says_and_nowhere_else(name: str) -> None:
    allowed = permitted(name)
    for letters, entries in ENTRIES.items():
        for entry in entries:
            error = entered(name, entry).error
            refusal = f'"{name_in_error(name)}" cannot be executed in {mode(entry)} mode'
            told = error.message if error is not None else ""
            assert (refusal in told) == (letters not in allowed), (entry, told)


@pytest.mark.parametrize("name", REFUSED)
def test_a_module_with_a_newer_function_is_not_installed(name: str) -> None:
    replica = new_replica()
    canister = created(replica)
    with pytest.raises(Refused, match=f"`ic0::{name}`|{name}"):
        install(replica, canister, using(name))


def test_every_function_and_method_is_either_supported_or_refused() -> None:
    from local_replica.execution.signatures import SIGNATURES  # noqa: PLC0415 - only here

    assert set(SIGNATURES[False]) == set(OFFERED)
    known = system_api_page.offered_methods()
    assert set(system_api_page.SPECIFIED_METHODS) <= known
    assert known <= {*system_api_page.SPECIFIED_METHODS, *system_api_page.REFUSED_METHODS}


@pytest.mark.parametrize("name", [*OFFERED, *system_api_page.SPECIFIED_METHODS])
def test_what_is_supported_is_shown_somewhere(name: str) -> None:
    assert system_api_page.shown_by(name)


KEY = {"curve": {"secp256k1": None}, "name": "key_1"}
SCHNORR = {"algorithm": {"ed25519": None}, "name": "key_1"}
VETKD = {"curve": {"bls12_381_g2": None}, "name": "key_1"}
NETWORK = {"mainnet": None}
RENAMED = {"canister_id": b"\xff" * 8 + b"\1\1", "version": 1, "total_num_changes": 1}
ARGUMENTS = {
    "ecdsa_public_key": {"derivation_path": [], "key_id": KEY},
    "sign_with_ecdsa": {"message_hash": bytes(32), "derivation_path": [], "key_id": KEY},
    "schnorr_public_key": {"derivation_path": [], "key_id": SCHNORR},
    "sign_with_schnorr": {"message": b"", "derivation_path": [], "key_id": SCHNORR},
    "vetkd_public_key": {"context": b"", "key_id": VETKD},
    "vetkd_derive_key": {"input": b"", "context": b"", "transport_public_key": b"", "key_id": VETKD},
    "bitcoin_get_balance": {"network": NETWORK, "address": ""},
    "bitcoin_get_block_headers": {"network": NETWORK, "start_height": 0},
    "bitcoin_get_current_fee_percentiles": {"network": NETWORK},
    "bitcoin_get_utxos": {"network": NETWORK, "address": ""},
    "bitcoin_send_transaction": {"network": NETWORK, "transaction": b""},
    "rename_canister": {
        "canister_id": b"\xff" * 5 + b"\xe0\0\0\1\1",
        "rename_to": RENAMED,
        "sender_canister_version": 1,
    },
}


@pytest.mark.parametrize("method", system_api_page.REFUSED_METHODS)
def test_a_refused_method_says_what_the_page_says(method: str) -> None:
    replica = new_replica()
    proxy = installed(replica, PROXY)
    arg = encoded(method, ARGUMENTS[method]) if method in ARGUMENTS else b"DIDL\x00\x00"
    answer = call_through(replica, proxy, method, arg)
    told = system_api_page.REFUSED_METHODS[method].split(": ", 1)[1]
    assert answer.code in {3, 4, 5}
    for part in told.split("…"):
        assert part in answer.message


def test_the_page_is_up_to_date() -> None:
    written = system_api_page.PAGE.read_text(encoding="utf-8")
    assert written == system_api_page.rendered(), "write it anew: `python -m support.system_api_page` in tests/"
