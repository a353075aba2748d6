"""Snapshots of a canister: module, memories, certified data, chunk store."""

from local_replica.canister import Canister, Snapshot
from local_replica.cycles import balance, costs
from local_replica.execution.binary import read_module
from local_replica.execution.port import InstanceState
from local_replica.management import lifecycle
from local_replica.management.rejections import (
    InvalidPayload,
    SnapshotElsewhere,
    SnapshotNotFound,
    SnapshotOfEmpty,
    TooManySnapshots,
)
from local_replica.management.request import ManagementCall
from local_replica.rejections import OutOfCycles

MAX_SNAPSHOTS = 10


def take(call: ManagementCall) -> dict[str, object]:
    """`take_canister_snapshot`."""
    canister = call.controlled()
    record = canister.record
    replaced = call.argument["replace_snapshot"]
    if replaced is not None:
        _find(canister, replaced)
    elif len(record.snapshots) >= MAX_SNAPSHOTS:
        raise TooManySnapshots(record.canister_id, MAX_SNAPSHOTS)
    snapshot = _snapshot(call, canister)
    if replaced is not None:
        del record.snapshots[replaced]
        call.subnet.network.garbage = True
    record.snapshots[snapshot.snapshot_id] = snapshot
    record.snapshots_taken += 1
    if call.argument["uninstall_code"]:
        lifecycle.clear_code(call.subnet, canister)
        record.version += 1
        call.record_change(canister, {"code_uninstall": None})
    return _described(snapshot)


def _snapshot(call: ManagementCall, canister: Canister) -> Snapshot:
    record = canister.record
    if canister.instance is None or record.module is None:
        raise SnapshotOfEmpty(record.canister_id)
    memory, blobs = canister.instance.dump(), call.subnet.network.blobs
    size = (
        len(memory.heap)
        + len(memory.stable)
        + record.module.size
        + record.module.globals_bytes
        + balance.chunk_store_bytes(canister)
        + len(record.certified_data)
    )
    _charge(call, canister, size)
    return Snapshot(
        snapshot_id=record.snapshots_taken.to_bytes(8, "big") + record.canister_id,
        taken_at_ns=call.now_ns,
        version=record.version,
        module=record.module,
        globals=memory.globals,
        heap=blobs.put(memory.heap),
        stable=blobs.put(memory.stable),
        heap_size=len(memory.heap),
        stable_size=len(memory.stable),
        certified_data=record.certified_data,
        chunks=tuple(record.chunks.items()),
        size=size,
        global_timer=record.global_timer,
    )


def _charge(call: ManagementCall, canister: Canister, size: int) -> None:
    fee = call.subnet.fees.execution(costs.SNAPSHOT_INSTRUCTIONS + size)
    missing = fee + balance.freezing_limit(call.subnet.fees, canister) - canister.record.balance
    if missing > 0:
        raise OutOfCycles(canister.canister_id, missing)
    canister.record.balance -= fee


def load(call: ManagementCall) -> None:
    """`load_canister_snapshot`: of this canister only."""
    canister = call.controlled()
    record = canister.record
    wanted = call.argument["snapshot_id"]
    if wanted[8:] != record.canister_id and wanted[8:] in call.subnet.canisters:
        raise SnapshotElsewhere(record.canister_id, wanted)
    snapshot = _find(canister, wanted)
    _charge(call, canister, snapshot.size)
    network = call.subnet.network
    memory = InstanceState(network.blobs[snapshot.heap], network.blobs[snapshot.stable], snapshot.globals)
    canister.place(network.executor.restore(network.blobs[snapshot.module.blob], memory))
    record.module = snapshot.module
    record.certified_data = snapshot.certified_data
    record.chunks = dict(snapshot.chunks)
    record.global_timer = 0
    record.version += 1
    call.subnet.watch(canister)
    call.record_change(canister, {"load_snapshot": _loaded(snapshot)})


def _loaded(snapshot: Snapshot) -> dict[str, object]:
    return {
        "canister_version": snapshot.version,
        "snapshot_id": snapshot.snapshot_id,
        "taken_at_timestamp": snapshot.taken_at_ns,
        "source": {"taken_from_canister": None},
        "from_canister_id": None,
    }


def metadata(call: ManagementCall) -> dict[str, object]:
    """`read_canister_snapshot_metadata`."""
    snapshot = _find(call.controlled(), call.argument["snapshot_id"])
    module = read_module(call.subnet.network.blobs[snapshot.module.blob])
    kinds = [kind for kind, mutable in module.globals if mutable]
    timer: dict[str, object] = {"active": snapshot.global_timer} if snapshot.global_timer else {"inactive": None}
    return {
        "source": {"taken_from_canister": None},
        "taken_at_timestamp": snapshot.taken_at_ns,
        "wasm_module_size": snapshot.module.size,
        "globals": [{kind: value} for kind, value in zip(kinds, snapshot.globals, strict=True)],
        "wasm_memory_size": snapshot.heap_size,
        "stable_memory_size": snapshot.stable_size,
        "wasm_chunk_store": [{"hash": key} for key, _ in snapshot.chunks],
        "canister_version": snapshot.version,
        "certified_data": snapshot.certified_data,
        "global_timer": timer,
        "on_low_wasm_memory_hook_status": {"condition_not_satisfied": None},
    }


def content(call: ManagementCall) -> dict[str, object]:
    """`read_canister_snapshot_data`: a piece of the module or of a memory, or a stored chunk."""
    snapshot = _find(call.controlled(), call.argument["snapshot_id"])
    blobs = call.subnet.network.blobs
    kind, piece = next(iter(call.argument["kind"].items()))
    if kind == "wasm_chunk":
        if piece["hash"] not in dict(snapshot.chunks):
            raise InvalidPayload(f"Chunk hash {list(piece['hash'])} was not found")
        return {"chunk": blobs[piece["hash"]]}
    sources = {"wasm_module": snapshot.module.blob, "wasm_memory": snapshot.heap, "stable_memory": snapshot.stable}
    whole, offset, size = blobs[sources[kind]], piece["offset"], piece["size"]
    if offset + size > len(whole):
        raise InvalidPayload(
            f"Invalid subslice into wasm module / main memory / stable memory: offset: {offset}, size: {size}"
        )
    return {"chunk": whole[offset : offset + size]}


def listed(call: ManagementCall) -> list[dict[str, object]]:
    """`list_canister_snapshots`, oldest first."""
    return [_described(snapshot) for snapshot in call.controlled().record.snapshots.values()]


def delete(call: ManagementCall) -> None:
    """`delete_canister_snapshot`."""
    canister = call.controlled()
    _find(canister, call.argument["snapshot_id"])
    del canister.record.snapshots[call.argument["snapshot_id"]]
    call.subnet.network.garbage = True


def _find(canister: Canister, snapshot_id: bytes) -> Snapshot:
    snapshot = canister.record.snapshots.get(snapshot_id)
    if snapshot is None:
        raise SnapshotNotFound(canister.canister_id, snapshot_id)
    return snapshot


def _described(snapshot: Snapshot) -> dict[str, object]:
    return {"id": snapshot.snapshot_id, "taken_at_timestamp": snapshot.taken_at_ns, "total_size": snapshot.size}
