"""State as values: per block, as a whole, forked, and gone back to."""

import pickle
from io import BytesIO
from typing import Any

import pytest

from local_replica.config import ReplicaConfig
from local_replica.execution.port import InstanceDelta, InstanceState
from local_replica.ingress import Ingress, Refused
from local_replica.replica import Replica
from local_replica.state import CanisterState, Changes, ReplicaState
from support.replicas import ANONYMOUS, EXECUTOR, created, install, installed, manage, new_replica, query, update
from support.small_modules import COUNTER, RELAY

PAGE = 4096
STAYING = {
    "local_replica." + name
    for name in (
        "block_makers",
        "call_context",
        "canister",
        "canister_log",
        "execution.port",
        "messages",
        "query_statistics",
        "queues",
        "subnet",
    )
}
"""Files whose classes stored state names: one that moves takes everybody's way back to their state with it."""


@pytest.fixture
def replica() -> Replica:
    return new_replica()


class Disk:
    """What a store makes of changes."""

    def __init__(self) -> None:
        self.state = ReplicaState(b"", {}, {}, {})

    def commit(self, changes: Changes) -> None:
        self.state.system = changes.system
        for key in changes.deleted:
            self.state.canisters.pop(key, None)
        for key, change in changes.canisters.items():
            stored = self.state.canisters.setdefault(key, CanisterState(b"", None))
            stored.record = change.record
            if change.empty or change.anew:
                stored.memory = None
            if change.memory is not None:
                stored.memory = applied(stored.memory or InstanceState(b"", b"", ()), change.memory)
        for message_id, status in changes.ingress.items():
            if status is None:
                self.state.ingress.pop(message_id, None)
            else:
                self.state.ingress[message_id] = status
        self.state.blobs |= changes.blobs
        for key in changes.dropped_blobs:
            del self.state.blobs[key]


def applied(state: InstanceState, delta: InstanceDelta) -> InstanceState:
    """The memories with changed pages put in."""
    memories = []
    for content, size, pages in (
        (state.heap, delta.heap_size, delta.heap_pages),
        (state.stable, delta.stable_size, delta.stable_pages),
    ):
        memory = bytearray(content.ljust(size, b"\0"))
        for number, page in pages.items():
            memory[number * PAGE : number * PAGE + len(page)] = page
        memories.append(bytes(memory))
    return InstanceState(memories[0], memories[1], delta.globals)


def plain(state: ReplicaState) -> object:
    """The state's values; equal records need not be equal pickles."""
    canisters = {key: (unpickled(one.record), one.memory) for key, one in state.canisters.items()}
    return unpickled(state.system), canisters, state.ingress, state.blobs


def unpickled(content: bytes) -> Any:
    """What the replica itself pickled."""
    return pickle.loads(content)  # noqa: S301 - made a moment ago by this process


def test_stored_changes_make_the_whole_state(replica: Replica) -> None:
    disk = Disk()
    counter, gone = installed(replica, COUNTER), installed(replica, COUNTER)
    disk.commit(replica.take_changes())
    for _ in range(3):
        update(replica, counter, "inc")
        disk.commit(replica.take_changes())
    install(replica, counter, COUNTER, "upgrade")
    update(replica, counter, "inc")
    manage(replica, "stop_canister", canister_id=gone)
    manage(replica, "delete_canister", canister_id=gone)
    disk.commit(replica.take_changes())
    assert plain(disk.state) == plain(replica.dump())


def test_nothing_is_stored_for_a_round_without_messages(replica: Replica) -> None:
    installed(replica, COUNTER)
    replica.take_changes()
    replica.run_round()
    assert replica.take_changes().is_empty


def test_a_loaded_replica_goes_on_where_the_other_was(replica: Replica) -> None:
    counter, relay = installed(replica, COUNTER), installed(replica, RELAY)
    message = replica.submit_ingress(Ingress(ANONYMOUS, relay, "relay", counter + b"inc"))
    state = unpickled(pickle.dumps(replica.dump()))
    loaded = Replica.load(ReplicaConfig(), EXECUTOR, None, state)
    assert loaded.run_until_answered(message) == replica.run_until_answered(message)
    assert plain(loaded.dump()) == plain(replica.dump())


class Naming(pickle.Unpickler):
    """Notes which files the classes of what it reads are in."""

    def __init__(self, content: bytes) -> None:
        super().__init__(BytesIO(content))
        self.files: set[str] = set()

    def find_class(self, module: str, name: str) -> Any:
        self.files.add(module)
        return super().find_class(module, name)


def test_stored_state_names_only_files_that_stay_where_they_are(replica: Replica) -> None:
    counter, relay = installed(replica, COUNTER), installed(replica, RELAY)
    replica.submit_ingress(Ingress(ANONYMOUS, relay, "relay", counter + b"inc"))
    manage(replica, "take_canister_snapshot", canister_id=counter, replace_snapshot=None)
    with pytest.raises(Refused):
        update(replica, counter, "inc_and_trap")
    state = replica.dump()
    named: set[str] = set()
    for content in (state.system, *(one.record for one in state.canisters.values())):
        reader = Naming(content)
        reader.load()
        named |= reader.files
    ours = {name for name in named if name.startswith("local_replica")}
    assert ours <= STAYING
    assert "local_replica.canister" in ours


def test_a_fork_is_independent(replica: Replica) -> None:
    counter = installed(replica, COUNTER)
    fork = replica.fork()
    update(fork, counter, "inc")
    assert query(replica, counter, "get")[:4] == bytes(4)
    assert query(fork, counter, "get")[:4] == b"\1\0\0\0"


def test_a_restored_snapshot_undoes_everything_since(replica: Replica) -> None:
    counter, idle = installed(replica, COUNTER), installed(replica, COUNTER)
    update(replica, counter, "inc")
    snapshot = replica.snapshot()
    kept = replica.canister(idle)
    instance = kept.instance if kept is not None else None
    for _ in range(2):
        update(replica, counter, "inc")
        late = created(replica)
        replica.restore(snapshot)
        assert query(replica, counter, "get")[:4] == b"\1\0\0\0"
        assert replica.canister(late) is None
        assert plain(replica.dump()) == plain(snapshot)
    unchanged = replica.canister(idle)
    assert unchanged is not None
    assert unchanged.instance is instance


def test_a_restore_is_stored_as_any_change(replica: Replica) -> None:
    disk = Disk()
    counter = installed(replica, COUNTER)
    snapshot = replica.snapshot()
    update(replica, counter, "inc")
    disk.commit(replica.take_changes())
    replica.restore(snapshot)
    disk.commit(replica.take_changes())
    assert plain(disk.state) == plain(snapshot)


def test_one_seed_gives_one_history() -> None:
    def history(seed: bytes) -> object:
        replica = new_replica(ReplicaConfig(seed=seed))
        counter, relay = installed(replica, COUNTER), installed(replica, RELAY)
        update(replica, relay, "relay", counter + b"inc")
        return plain(replica.dump())

    assert history(b"a") == history(b"a")


def test_randomness_follows_the_seed() -> None:
    def drawn(seed: bytes) -> list[bytes]:
        subnet = next(iter(new_replica(ReplicaConfig(seed=seed)).subnets.values()))
        return [subnet.draw_randomness(), subnet.draw_randomness()]

    assert drawn(b"a") == drawn(b"a")
    assert len({*drawn(b"a"), *drawn(b"b")}) == 4


def test_a_record_of_an_earlier_version_gets_the_fields_that_came_later(replica: Replica) -> None:
    canister_id = installed(replica, COUNTER)
    state = replica.dump()
    record = pickle.loads(state.canisters[canister_id].record)  # noqa: S301 - our own bytes
    del record.install_debit
    state.canisters[canister_id].record = pickle.dumps(record)
    times, submitted, subnets = pickle.loads(state.system)  # noqa: S301 - our own bytes
    del subnets[0].blocks
    state.system = pickle.dumps((times, submitted, subnets))
    loaded = Replica.load(replica.config, EXECUTOR, None, state)
    install(loaded, canister_id, COUNTER, "reinstall")


def test_what_was_loaded_is_not_stored_again(replica: Replica) -> None:
    counter = installed(replica, COUNTER)
    other = installed(replica, COUNTER)
    loaded = Replica.load(replica.config, EXECUTOR, None, replica.dump())
    assert loaded.take_changes().is_empty
    update(loaded, counter, "inc")
    changes = loaded.take_changes()
    change = changes.canisters[counter]
    assert (changes.blobs, change.anew, other in changes.canisters) == ({}, False, False)
    assert change.memory is not None
    assert len(change.memory.heap_pages) == 1


def test_a_blob_that_was_loaded_and_is_needed_no_more_is_dropped(replica: Replica) -> None:
    counter = installed(replica, COUNTER)
    loaded = Replica.load(replica.config, EXECUTOR, None, replica.dump())
    manage(loaded, "uninstall_code", canister_id=counter)
    assert loaded.take_changes().dropped_blobs == tuple(replica.dump().blobs)
