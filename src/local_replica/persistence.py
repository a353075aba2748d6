"""State as plain bytes: what changed in a block, the whole of it, and the way back."""

import pickle
from collections.abc import Mapping
from dataclasses import MISSING, fields

from local_replica.canister import Canister, CanisterRecord, Snapshot
from local_replica.execution.port import Instance
from local_replica.network import Clock, Network
from local_replica.query_statistics import QueryStatistics
from local_replica.state import CanisterChange, CanisterState, Changes, ReplicaState
from local_replica.subnet import Subnet, SubnetState


def take_changes(network: Network[Subnet], submitted: int) -> Changes:
    """What changed since the last call."""
    if network.garbage:
        collect_garbage(network)
    changes = Changes(system=_system(network, submitted))
    for subnet in network.subnets.values():
        for canister_id in sorted(subnet.changed):
            changes.canisters[canister_id] = _change(subnet.canisters[canister_id])
        changes.deleted += tuple(sorted(subnet.deleted))
        subnet.changed.clear()
        subnet.deleted.clear()
    history, blobs = network.history, network.blobs
    changes.ingress = {key: history.statuses.get(key) for key in history.changed}
    changes.blobs = {key: blobs.contents[key] for key in blobs.added}
    changes.dropped_blobs = tuple(sorted(blobs.dropped))
    history.changed.clear()
    blobs.added.clear()
    blobs.dropped.clear()
    return changes


def _change(canister: Canister) -> CanisterChange:
    change = CanisterChange(pickle.dumps(canister.record, pickle.HIGHEST_PROTOCOL))
    if canister.instance is None:
        change.empty = True
    elif canister.fresh or canister.dirty:
        change.memory, change.anew = canister.instance.take_dirty(), canister.fresh
    canister.fresh = canister.dirty = False
    return change


def _system(network: Network[Subnet], submitted: int) -> bytes:
    clock = network.clock
    states = [subnet.state for subnet in network.subnets.values()]
    times = (clock.time_ns, clock.last_round_ns, clock.height)
    return pickle.dumps((times, submitted, states), pickle.HIGHEST_PROTOCOL)


def dump(network: Network[Subnet], submitted: int) -> ReplicaState:
    """The whole state."""
    state = ReplicaState(_system(network, submitted), {}, dict(network.history.statuses), dict(network.blobs.contents))
    for subnet in network.subnets.values():
        for canister_id, canister in subnet.canisters.items():
            memory = canister.instance.dump() if canister.instance is not None else None
            record = pickle.dumps(canister.record, pickle.HIGHEST_PROTOCOL)
            state.canisters[canister_id] = CanisterState(record, memory)
            state.generations[canister_id] = canister.generation
    return state


def load(network: Network[Subnet], state: ReplicaState) -> int:
    """Fill a new network with a state, which counts as stored; returns the count of submitted messages."""
    submitted = _fill(network, state, {})
    network.blobs.added.clear()
    for subnet in network.subnets.values():
        subnet.changed.clear()
        for canister in subnet.canisters.values():
            canister.fresh = canister.dirty = False
            if canister.instance is not None:
                canister.instance.forget_dirty()
    return submitted


def restore(network: Network[Subnet], state: ReplicaState, subnets: Mapping[bytes, Subnet]) -> int:
    """Bring a network back to a snapshot of its own, with the instances that have not changed since.

    `subnets`: those that there were then.
    """
    kept: dict[bytes, Canister] = {}
    for subnet in network.subnets.values():
        for canister_id, canister in subnet.canisters.items():
            if state.generations.get(canister_id) == canister.generation:
                kept[canister_id] = canister
            else:
                canister.place(None)
            if canister_id not in state.canisters:
                subnet.deleted.add(canister_id)
        _empty(subnet)
    network.subnets = dict(subnets)
    former = set(network.history.statuses)
    submitted = _fill(network, state, kept)
    network.history.changed = former | set(state.ingress)
    return submitted


def _empty(subnet: Subnet) -> None:
    subnet.canisters.clear()
    subnet.ready.clear()
    subnet.with_output.clear()
    subnet.with_heartbeat.clear()
    subnet.low_on_memory.clear()
    subnet.stopping.clear()
    subnet.timers.clear()
    subnet.armed.clear()
    subnet.deadlines.clear()
    subnet.query_statistics = QueryStatistics(subnet.kind.nodes)


def _fill(network: Network[Subnet], state: ReplicaState, kept: dict[bytes, Canister]) -> int:
    (time_ns, last_round_ns, height), submitted, states = pickle.loads(state.system)  # noqa: S301 - our own bytes
    network.clock = Clock(time_ns, last_round_ns, height)
    for subnet, its_state in zip(network.subnets.values(), states, strict=True):
        _complete(its_state)
        subnet.state = its_state
    network.history.load(state.ingress.items())
    network.blobs.added |= state.blobs.keys() - network.blobs.contents.keys()
    network.blobs.dropped |= network.blobs.contents.keys() - state.blobs.keys()
    network.blobs.contents = dict(state.blobs)
    for canister_id, stored in state.canisters.items():
        record = _record(stored.record)
        canister = _canister(network, record, stored, kept.get(canister_id))
        canister.generation = state.generations.get(canister_id, canister.generation)
        network.subnets[record.subnet_id].add(canister)
    return int(submitted)


def _record(stored: bytes) -> CanisterRecord:
    record: CanisterRecord = pickle.loads(stored)  # noqa: S301 - our own bytes
    _complete(record)
    for snapshot in record.snapshots.values():
        _complete(snapshot)
    return record


def _complete(part: CanisterRecord | Snapshot | SubnetState) -> None:
    """Give a stored value the fields that it did not have when it was stored."""
    for field in fields(part):
        if not hasattr(part, field.name):
            value = field.default if field.default_factory is MISSING else field.default_factory()
            object.__setattr__(part, field.name, value)


def _canister(
    network: Network[Subnet], record: CanisterRecord, stored: CanisterState, kept: Canister | None
) -> Canister:
    if kept is not None:
        kept.record = record
        return kept
    return Canister(record, _instance(network, record, stored))


def _instance(network: Network[Subnet], record: CanisterRecord, stored: CanisterState) -> Instance | None:
    if record.module is None or stored.memory is None:
        return None
    return network.executor.restore(network.blobs[record.module.blob], stored.memory)


def collect_garbage(network: Network[Subnet]) -> None:
    """Drop blobs that no canister refers to."""
    used: set[bytes] = set()
    for subnet in network.subnets.values():
        for canister in subnet.canisters.values():
            record = canister.record
            used.update(record.chunks)
            if record.module is not None:
                used.update((record.module.blob, record.module.given))
            for snapshot in record.snapshots.values():
                used.update((snapshot.module.blob, snapshot.module.given, snapshot.heap, snapshot.stable))
                used.update(key for key, _ in snapshot.chunks)
    network.blobs.keep_only(used)
    network.garbage = False
