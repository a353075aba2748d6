"""The state directory: what is committed comes back, all of a block or nothing of it."""

import resource
import sqlite3
from pathlib import Path

import pytest

from local_replica.errors import Reject
from local_replica.execution.port import InstanceDelta, InstanceState
from local_replica.ingress import IngressState, IngressStatus
from local_replica.state import CanisterChange, Changes
from local_replica.store import StateDirBusy, StateNotStored, StateStore, Unreadable, WrongSchema, schema

PAGE = 4096
CANISTER = b"\0\0\0\0\0\0\0\1\1\1"
REPLIED = IngressStatus(IngressState.REPLIED, b"\4", CANISTER, b"subnet", 17, reply=b"DIDL\0\0")
REJECTED = IngressStatus(
    IngressState.REJECTED, b"\4", CANISTER, b"subnet", 18, reject=Reject(5, "CanisterTrapped", "oh", True)
)


def installed(record: bytes = b"r1") -> Changes:
    memory = InstanceDelta(3 * PAGE, PAGE, {0: b"\1" * PAGE, 2: b"\2" * PAGE}, {0: b"\3" * PAGE}, (7, 2.5))
    return Changes(b"s1", canisters={CANISTER: CanisterChange(record, memory, anew=True)}, blobs={b"h": b"module"})


def test_a_new_directory_has_no_state(tmp_path: Path) -> None:
    assert StateStore(tmp_path).load() is None


def test_memories_come_back_with_the_pages_changed_since(tmp_path: Path) -> None:
    store = StateStore(tmp_path)
    store.commit([installed()])
    delta = InstanceDelta(4 * PAGE, 2 * PAGE, {1: b"\4" * PAGE, 2: bytes(PAGE)}, {1: b"\5" * PAGE}, (8, 2.5))
    answered = {b"a": REPLIED, b"b": REJECTED}
    store.commit([Changes(b"s2", canisters={CANISTER: CanisterChange(b"r2", delta)}, ingress=answered)])
    store.close()
    state = StateStore(tmp_path).load()
    assert state is not None
    assert state.system == b"s2"
    assert state.canisters[CANISTER].record == b"r2"
    assert state.canisters[CANISTER].memory == InstanceState(
        b"\1" * PAGE + b"\4" * PAGE + bytes(2 * PAGE), b"\3" * PAGE + b"\5" * PAGE, (8, 2.5)
    )
    assert state.ingress == {b"a": REPLIED, b"b": REJECTED}
    assert state.blobs == {b"h": b"module"}


def test_a_new_module_leaves_no_page_of_the_old_one(tmp_path: Path) -> None:
    store = StateStore(tmp_path)
    store.commit([installed()])
    store.commit(
        [Changes(b"s", canisters={CANISTER: CanisterChange(b"r", InstanceDelta(PAGE, 0, {}, {}, ()), anew=True)})]
    )
    state = store.load()
    assert state is not None
    assert state.canisters[CANISTER].memory == InstanceState(bytes(PAGE), b"", ())


def test_uninstalled_and_deleted_canisters_are_gone(tmp_path: Path) -> None:
    store = StateStore(tmp_path)
    store.commit([installed()])
    store.commit([Changes(b"s", canisters={CANISTER: CanisterChange(b"r", empty=True)})])
    state = store.load()
    assert state is not None
    assert state.canisters[CANISTER].memory is None
    store.commit([Changes(b"s", deleted=(CANISTER,), dropped_blobs=(b"h",), ingress={b"a": None})])
    state = store.load()
    assert state is not None
    assert (state.canisters, state.blobs, state.ingress) == ({}, {}, {})


def test_a_directory_serves_one_process(tmp_path: Path) -> None:
    store = StateStore(tmp_path)
    with pytest.raises(StateDirBusy):
        StateStore(tmp_path)
    store.close()
    StateStore(tmp_path).close()


def test_another_version_is_refused_and_left_alone(tmp_path: Path) -> None:
    StateStore(tmp_path).close()
    other = sqlite3.connect(tmp_path / "state.sqlite3")
    other.execute("PRAGMA user_version = 99")
    other.close()
    with pytest.raises(WrongSchema, match="version 99"):
        StateStore(tmp_path)


def test_a_file_that_is_no_database_is_refused(tmp_path: Path) -> None:
    (tmp_path / "state.sqlite3").write_bytes(b"something else" * 100)
    with pytest.raises(WrongSchema):
        StateStore(tmp_path)


def test_without_room_a_block_is_refused_whole(tmp_path: Path) -> None:
    store = StateStore(tmp_path)
    store.commit([installed()])
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (1 << 20, hard))
    try:
        big = Changes(b"s2", ingress={b"a": REPLIED}, blobs={bytes([n]): bytes([n]) * (1 << 20) for n in range(4)})
        with pytest.raises(StateNotStored):
            store.commit([installed(), big])
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
    state = store.load()
    assert state is not None
    assert (state.system, state.ingress) == (b"s1", {})


def test_a_time_of_the_last_century_that_a_clock_can_show_comes_back(tmp_path: Path) -> None:
    store = StateStore(tmp_path)
    late = IngressStatus(IngressState.REPLIED, b"\4", CANISTER, b"subnet", (1 << 64) - 1, reply=b"")
    store.commit([Changes(b"s", ingress={b"a": late, b"b": REPLIED})])
    state = store.load()
    assert state is not None
    assert state.ingress == {b"a": late, b"b": REPLIED}


def test_a_blob_of_any_length_comes_back_and_goes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(schema, "PIECE_BYTES", 10)
    store = StateStore(tmp_path)
    blobs = {bytes([length]) * 32: bytes(range(length)) for length in (0, 9, 10, 11, 20, 255)}
    store.commit([Changes(b"s", blobs=blobs)])
    state = store.load()
    assert state is not None
    assert state.blobs == blobs
    store.commit([Changes(b"s", dropped_blobs=tuple(blobs)[1:])])
    state = store.load()
    assert state is not None
    assert state.blobs == {bytes(32): b""}


def test_a_place_where_no_database_can_be_is_refused_and_left_to_others(tmp_path: Path) -> None:
    database = tmp_path / "state.sqlite3"
    database.mkdir()
    with pytest.raises(Unreadable):
        StateStore(tmp_path)
    database.rmdir()
    StateStore(tmp_path).close()
