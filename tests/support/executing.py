"""Runs small modules on an executor without a scheduler, and reads the recordings' steps."""

import json
import re
import resource
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

from local_replica.execution.instance import WasmInstance
from local_replica.execution.port import Entry, Outcome, Request
from support.recorded_modules import RECORDINGS, recorded_module

CANISTER = bytes.fromhex("ffffffffffe000000101")
ANONYMOUS = b"\x04"
THREE_GIB = 3 << 30

QUERIES = frozenset(
    (
        Entry.INSPECT,
        Entry.QUERY,
        Entry.REPLICATED_QUERY,
        Entry.COMPOSITE_QUERY,
        Entry.COMPOSITE_REPLY_CALLBACK,
        Entry.COMPOSITE_REJECT_CALLBACK,
        Entry.COMPOSITE_CLEANUP,
    )
)


def request(entry: Entry, method: str = "", arg: bytes = b"", **more: Any) -> Request:
    """A request of the anonymous caller to a canister with plenty of cycles."""
    given = {"canister_id": CANISTER, "time": 1_620_328_630_000_000_000, "caller": ANONYMOUS, "balance": 10**14}
    return Request(entry, method=method, arg=arg, **{"wasm_memory_limit": THREE_GIB, **given, **more})


def run(instance: WasmInstance, entry: Entry, method: str = "", arg: bytes = b"", **more: Any) -> Outcome:
    """Run an entry point and keep or drop what it did, as its kind asks for."""
    outcome = instance.execute(request(entry, method, arg, **more))
    if outcome.error is None:
        if entry in QUERIES:
            instance.rollback()
        else:
            instance.commit()
    return outcome


def update(instance: WasmInstance, method: str, arg: bytes = b"", **more: Any) -> Outcome:
    return run(instance, Entry.UPDATE, method, arg, **more)


def query(instance: WasmInstance, method: str, arg: bytes = b"", **more: Any) -> Outcome:
    return run(instance, Entry.QUERY, method, arg, **more)


@cache
def steps(subject: str) -> list[dict[str, Any]]:
    """The steps of a recording."""
    recording: dict[str, Any] = json.loads((RECORDINGS / subject / "recording.json").read_text())
    return list(recording["steps"])


def cases(subject: str) -> Iterator[tuple[str, list[dict[str, Any]]]]:
    """A recording's cases: name and steps."""
    name, found = "", []
    for step in steps(subject):
        if step["do"] == "new_instance":
            if found:
                yield name, found
            name, found = step["case"], []
        else:
            found.append(step)
    yield name, found


def recorded_bytes(text: str) -> bytes:
    """Bytes as a recording writes them; a canister's id is CANISTER."""
    parts = []
    for part in re.split(r"(<[^>]*>)", text):
        if repeat := re.fullmatch(r"<repeat:([0-9a-f]*):(\d+)>", part):
            parts.append(bytes.fromhex(repeat[1]) * int(repeat[2]))
        elif part.startswith("<canister:"):
            parts.append(CANISTER)
        else:
            parts.append(bytes.fromhex(part))
    return b"".join(parts)


def module_of(subject: str, step: dict[str, Any]) -> bytes:
    """The module that an install_code step installs."""
    return recorded_module(subject, step, recorded_bytes)


def recorded_error(step: dict[str, Any]) -> tuple[str, str] | None:
    """(error code, text behind "Error from Canister …: ") that a step expects."""
    reject = step["expect"].get("reject")
    if reject is None:
        return None
    return reject["error_code"], re.sub(r"^Error from Canister \S+: ", "", reject["reject_message"])


def resident_bytes() -> int:
    """What this process has in memory at present."""
    return int(Path("/proc/self/statm").read_text().split()[1]) * resource.getpagesize()
