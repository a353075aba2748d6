"""Loading a canister's snapshot, and reading it out piece by piece."""

from typing import Any

from local_replica.canister import Snapshot
from local_replica.execution.binary import read_module
from local_replica.execution.port import InstanceState
from local_replica.management import snapshot_upload, snapshots
from local_replica.management.rejections import InvalidPayload, SnapshotElsewhere
from local_replica.management.request import ManagementCall

MAX_SLICE_BYTES = 2_000_000
HOOK_STATUSES = {"not_due": "condition_not_satisfied", "due": "ready", "done": "executed"}


def load(call: ManagementCall) -> None:
    """`load_canister_snapshot`: of this canister only."""
    canister = call.controlled()
    record = canister.record
    wanted = call.argument["snapshot_id"]
    if wanted[8:] != record.canister_id and wanted[8:] in call.subnet.canisters:
        raise SnapshotElsewhere(record.canister_id, wanted)
    snapshot = snapshots.find(canister, wanted)
    snapshots.charge(call, canister, snapshot.size)
    network = call.subnet.network
    module = snapshot_upload.checked_module(call, canister, snapshot) if snapshot.is_uploaded else snapshot.module
    memory = InstanceState(network.blobs[snapshot.heap], network.blobs[snapshot.stable], snapshot.globals)
    try:
        canister.place(network.executor.restore(network.blobs[module.blob], memory))
    except ValueError:
        raise InvalidPayload("The snapshot's memory or globals do not fit its module.") from None
    record.module = module
    record.certified_data = snapshot.certified_data
    record.chunks = dict(snapshot.chunks)
    record.global_timer = snapshot.global_timer if snapshot.is_uploaded else 0
    record.low_memory_hook = snapshot.hook
    record.version += 1
    call.subnet.watch(canister)
    call.record_change(canister, {"load_snapshot": _loaded(snapshot)})


def _loaded(snapshot: Snapshot) -> dict[str, object]:
    return {
        "canister_version": snapshot.version,
        "snapshot_id": snapshot.snapshot_id,
        "taken_at_timestamp": snapshot.taken_at_ns,
        "source": _source(snapshot),
        "from_canister_id": None,
    }


def _source(snapshot: Snapshot) -> dict[str, object]:
    return {"metadata_upload": None} if snapshot.is_uploaded else {"taken_from_canister": None}


def metadata(call: ManagementCall) -> dict[str, object]:
    """`read_canister_snapshot_metadata`."""
    snapshot = snapshots.find(call.controlled(), call.argument["snapshot_id"])
    timer: dict[str, object] = {"active": snapshot.global_timer} if snapshot.global_timer else {"inactive": None}
    return {
        "source": _source(snapshot),
        "taken_at_timestamp": snapshot.taken_at_ns,
        "wasm_module_size": snapshot.module.size,
        "globals": _globals(call, snapshot),
        "wasm_memory_size": snapshot.heap_size,
        "stable_memory_size": snapshot.stable_size,
        "wasm_chunk_store": [{"hash": key} for key, _ in snapshot.chunks],
        "canister_version": snapshot.version,
        "certified_data": snapshot.certified_data,
        "global_timer": timer,
        "on_low_wasm_memory_hook_status": {HOOK_STATUSES[snapshot.hook]: None},
    }


def _globals(call: ManagementCall, snapshot: Snapshot) -> list[dict[str, Any]]:
    """Mutable globals by kind; integers are kept as bits, floats as numbers of theirs."""
    if snapshot.is_uploaded:
        return [{kind: value} for kind, value in snapshot_upload.globals_of(snapshot)]
    module = read_module(call.subnet.network.blobs[snapshot.module.blob])
    kinds = [kind for kind, mutable in module.globals if mutable]
    return [{kind: snapshot_upload.from_bits(kind, value)} for kind, value in zip(kinds, snapshot.globals, strict=True)]


def content(call: ManagementCall) -> dict[str, object]:
    """`read_canister_snapshot_data`: a piece of the module or of a memory, or a stored chunk."""
    snapshot = snapshots.find(call.controlled(), call.argument["snapshot_id"])
    blobs = call.subnet.network.blobs
    kind, piece = next(iter(call.argument["kind"].items()))
    if kind == "wasm_chunk":
        if piece["hash"] not in dict(snapshot.chunks):
            raise InvalidPayload(f"Chunk hash {list(piece['hash'])} was not found")
        return {"chunk": blobs[piece["hash"]]}
    sources = {
        "wasm_module": snapshot.module.given_blob,
        "wasm_memory": snapshot.heap,
        "stable_memory": snapshot.stable,
    }
    whole, offset, size = blobs[sources[kind]], piece["offset"], piece["size"]
    if size > MAX_SLICE_BYTES:
        raise InvalidPayload(f"Requested slice too large: {size} > {MAX_SLICE_BYTES}")
    if offset + size > len(whole):
        raise InvalidPayload(
            f"Invalid subslice into wasm module / main memory / stable memory: offset: {offset}, size: {size}"
        )
    return {"chunk": whole[offset : offset + size]}
