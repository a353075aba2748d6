"""Snapshots leave a replica piece by piece and come back the same way, to another canister."""

import gzip
from typing import Any

import pytest

from local_replica.ingress import Refused
from local_replica.replica import Replica
from support.replicas import call_through, created, encoded, installed, manage, new_replica, query, update
from support.small_modules import COUNTER, PROXY, compiled

PIECE = 50_000
TARGETS = ("wasm_module", "wasm_memory", "stable_memory")


@pytest.fixture
def replica() -> Replica:
    return new_replica()


def downloaded(replica: Replica, canister: bytes, snapshot: bytes) -> dict[str, Any]:
    """Metadata and contents of a snapshot."""
    told = manage(replica, "read_canister_snapshot_metadata", canister_id=canister, snapshot_id=snapshot)
    for target in TARGETS:
        parts = []
        for offset in range(0, told[f"{target}_size"], PIECE):
            size = min(PIECE, told[f"{target}_size"] - offset)
            kind = {target: {"offset": offset, "size": size}}
            read = manage(replica, "read_canister_snapshot_data", canister_id=canister, snapshot_id=snapshot, kind=kind)
            parts.append(read["chunk"])
        told[target] = b"".join(parts)
    return dict(told)


def uploaded(replica: Replica, canister: bytes, snapshot: dict[str, Any], **more: Any) -> bytes:
    """The id of a copy of the snapshot, made on another canister."""
    names = ("wasm_module_size", "wasm_memory_size", "stable_memory_size", "globals", "certified_data", "global_timer")
    given = {name: snapshot[name] for name in names}
    made = manage(replica, "upload_canister_snapshot_metadata", canister_id=canister, **given, **more)
    for target in TARGETS:
        for offset in range(0, len(snapshot[target]), PIECE):
            piece = snapshot[target][offset:][:PIECE]
            write(replica, canister, made["snapshot_id"], {target: {"offset": offset}}, piece)
    return bytes(made["snapshot_id"])


def write(replica: Replica, canister: bytes, snapshot: bytes, kind: dict[str, Any], chunk: bytes) -> None:
    argument = {"canister_id": canister, "snapshot_id": snapshot, "kind": kind, "chunk": chunk}
    manage(replica, "upload_canister_snapshot_data", **argument)


def counted(replica: Replica) -> tuple[bytes, dict[str, Any]]:
    """A counter that stands at two, and its snapshot downloaded."""
    counter = installed(replica, COUNTER)
    update(replica, counter, "inc")
    update(replica, counter, "inc")
    taken = manage(replica, "take_canister_snapshot", canister_id=counter)
    return counter, downloaded(replica, counter, taken["id"])


def test_a_snapshot_moves_to_another_canister(replica: Replica) -> None:
    counter, snapshot = counted(replica)
    copy = created(replica)
    manage(replica, "load_canister_snapshot", canister_id=copy, snapshot_id=uploaded(replica, copy, snapshot))
    assert query(replica, copy, "get") == query(replica, counter, "get")
    assert update(replica, copy, "inc") == update(replica, counter, "inc")


def test_a_gzipped_module_stays_as_it_was_given(replica: Replica) -> None:
    counter = created(replica)
    module = gzip.compress(compiled(COUNTER), mtime=0)
    manage(replica, "install_code", canister_id=counter, mode={"install": None}, wasm_module=module, arg=b"")
    taken = manage(replica, "take_canister_snapshot", canister_id=counter)
    assert downloaded(replica, counter, taken["id"])["wasm_module"] == module


def test_what_was_uploaded_says_so(replica: Replica) -> None:
    _, snapshot = counted(replica)
    copy = created(replica)
    uploaded_id = uploaded(replica, copy, snapshot)
    told = downloaded(replica, copy, uploaded_id)
    assert told["source"] == {"metadata_upload": None}
    for name in (*TARGETS, "globals"):
        assert told[name] == snapshot[name]


def test_a_snapshot_that_was_taken_cannot_be_written(replica: Replica) -> None:
    counter = installed(replica, COUNTER)
    taken = manage(replica, "take_canister_snapshot", canister_id=counter)
    with pytest.raises(Refused, match="Only canister snapshots created by metadata upload can be mutated"):
        write(replica, counter, taken["id"], {"wasm_memory": {"offset": 0}}, b"x")


def test_nothing_is_written_past_the_end(replica: Replica) -> None:
    _, snapshot = counted(replica)
    copy = created(replica)
    uploaded_id = uploaded(replica, copy, snapshot)
    with pytest.raises(Refused, match=r"Invalid subslice .*: offset: 65536, size: 1"):
        write(replica, copy, uploaded_id, {"wasm_memory": {"offset": 65_536}}, b"x")


def test_a_module_with_other_globals_is_not_loaded(replica: Replica) -> None:
    _, snapshot = counted(replica)
    copy = created(replica)
    uploaded_id = uploaded(replica, copy, {**snapshot, "globals": [{"i64": 1}]})
    with pytest.raises(Refused, match="snapshot metadata do not match"):
        manage(replica, "load_canister_snapshot", canister_id=copy, snapshot_id=uploaded_id)


@pytest.mark.parametrize(
    ("module", "told"),
    [
        ("(module (memory 1) (table 1 funcref) (func $f) (elem (i32.const 5) $f))", "out of bounds table access"),
        ("(module (memory 1) (table 5000000 funcref))", "exceeds table limits"),
    ],
)
def test_a_module_that_cannot_be_set_up_is_not_loaded(replica: Replica, module: str, told: str) -> None:
    counter, snapshot = counted(replica)
    code = {"wasm_module": compiled(module), "wasm_module_size": len(compiled(module)), "globals": []}
    uploaded_id = uploaded(replica, counter, {**snapshot, **code})
    with pytest.raises(Refused, match=told):
        manage(replica, "load_canister_snapshot", canister_id=counter, snapshot_id=uploaded_id)
    assert query(replica, counter, "get")[:4] == b"\2\0\0\0"


def test_a_snapshot_that_does_not_load_costs_nothing(replica: Replica) -> None:
    _, snapshot = counted(replica)
    copy = created(replica)
    uploaded_id = uploaded(replica, copy, {**snapshot, "globals": [{"i64": 1}]})
    proxy = installed(replica, PROXY)
    settings = {"controllers": [proxy]}
    manage(replica, "update_settings", canister_id=copy, settings=settings)
    before = replica.cycles(copy)
    arg = encoded("load_canister_snapshot", {"canister_id": copy, "snapshot_id": uploaded_id})
    assert "do not match" in call_through(replica, proxy, "load_canister_snapshot", arg).message
    assert replica.cycles(copy) == before


@pytest.mark.parametrize(
    ("hook", "told"), [("ready", "Ready"), ("executed", "Executed"), ("condition_not_satisfied", "")]
)
def test_what_a_snapshot_says_of_the_low_memory_hook_must_be_so(replica: Replica, hook: str, told: str) -> None:
    _, snapshot = counted(replica)
    copy = created(replica)
    status = {"on_low_wasm_memory_hook_status": {hook: None}}
    uploaded_id = uploaded(replica, copy, snapshot, **status)
    if not told:
        manage(replica, "load_canister_snapshot", canister_id=copy, snapshot_id=uploaded_id)
        return
    with pytest.raises(Refused) as refused:
        manage(replica, "load_canister_snapshot", canister_id=copy, snapshot_id=uploaded_id)
    assert refused.value.reject.message == (
        f"Hook status (Some({told})) of uploaded snapshot is inconsistent with the canister's state (hook condition "
        "satisfied: false)."
    )


def test_metadata_tell_nothing_that_was_not_uploaded(replica: Replica) -> None:
    _, snapshot = counted(replica)
    copy = created(replica)
    uploaded_id = uploaded(replica, copy, {**snapshot, "global_timer": None})
    told = downloaded(replica, copy, uploaded_id)
    assert (told["global_timer"], told["on_low_wasm_memory_hook_status"]) == (None, None)


def test_large_slices_are_refused(replica: Replica) -> None:
    counter = installed(replica, COUNTER)
    taken = manage(replica, "take_canister_snapshot", canister_id=counter)
    kind = {"wasm_memory": {"offset": 0, "size": 2_000_001}}
    with pytest.raises(Refused, match="Requested slice too large: 2000001 > 2000000"):
        manage(replica, "read_canister_snapshot_data", canister_id=counter, snapshot_id=taken["id"], kind=kind)


def test_uploaded_chunks_are_part_of_the_snapshot(replica: Replica) -> None:
    _, snapshot = counted(replica)
    copy = created(replica)
    uploaded_id = uploaded(replica, copy, snapshot)
    write(replica, copy, uploaded_id, {"wasm_chunk": None}, b"chunk")
    manage(replica, "load_canister_snapshot", canister_id=copy, snapshot_id=uploaded_id)
    assert len(manage(replica, "stored_chunks", canister_id=copy)) == 1
