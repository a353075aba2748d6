"""Loading a canister's snapshot, and reading it out piece by piece."""

from typing import Any

from local_replica.canister import Canister, InstalledModule, Snapshot
from local_replica.cycles import balance, compilation, costs
from local_replica.execution.binary import read_module
from local_replica.execution.port import InstanceState, ModuleRefused
from local_replica.management import growth, snapshot_upload, snapshots
from local_replica.management.rejections import ChunkStoreError, InvalidPayload
from local_replica.management.request import ManagementCall
from local_replica.management.snapshot_rejections import SnapshotElsewhere, SnapshotNotControlled, SnapshotNotFound
from local_replica.management.snapshot_upload import OTHER_GLOBALS
from local_replica.rejections import ExecutionFailed, Rejection

MAX_SLICE_BYTES = 2_000_000
READING_INSTRUCTIONS = 5_000_000
"""What reading a piece counts besides its bytes."""
ROUNDS_TO_DISK, ROUNDS_TO_DISK_SYSTEM = 500, 200
"""Rounds between checkpoints; only what a checkpoint holds can be loaded into another canister."""
SHA256_BYTES = 32
HOOK_STATUSES = {"not_due": "condition_not_satisfied", "due": "ready", "done": "executed"}


def load(call: ManagementCall) -> None:
    """`load_canister_snapshot`: of this canister, or of another that the sender controls once it is on disk."""
    canister = call.controlled()
    record = canister.record
    before = record.balance, record.reserved
    try:
        _load(call, canister)
    except Rejection:
        record.balance, record.reserved = before
        raise


def _load(call: ManagementCall, canister: Canister) -> None:
    record, network = canister.record, call.subnet.network
    snapshot = _loadable(call, canister)
    snapshots.charge(call, canister, costs.SNAPSHOT_INSTRUCTIONS)
    module = snapshot_upload.checked_module(call, canister, snapshot) if snapshot.is_uploaded else snapshot.module
    _check_hook(canister, snapshot)
    instructions = compilation.instructions(call.subnet, network.blobs[module.blob]) + snapshot.size
    fee = call.subnet.fees.execution(instructions, is_64=module.is_64)
    growth.take_room(call, canister, _growth(canister, snapshot, module), fee)
    memory = InstanceState(network.blobs[snapshot.heap], network.blobs[snapshot.stable], snapshot.globals)
    try:
        canister.place(network.executor.restore(network.blobs[module.blob], memory))
    except ValueError:
        raise InvalidPayload(OTHER_GLOBALS) from None
    except ModuleRefused as refused:
        raise ExecutionFailed(canister.canister_id, refused.error) from None
    record.module = module
    record.certified_data = snapshot.certified_data
    record.chunks = dict(snapshot.chunks)
    if snapshot.is_uploaded:
        record.global_timer = record.global_timer if snapshot.global_timer is None else snapshot.global_timer
        record.low_memory_hook = snapshot.hook or record.low_memory_hook
    record.version += 1
    call.subnet.watch(canister)
    call.record_change(canister, {"load_snapshot": _loaded(snapshot, canister)})


def _loadable(call: ManagementCall, canister: Canister) -> Snapshot:
    """The snapshot to load. Raises SnapshotNotFound, SnapshotNotControlled, SnapshotElsewhere."""
    wanted = call.argument["snapshot_id"]
    owner = snapshots.owner_of(call, wanted)
    if owner is None:
        raise SnapshotNotFound(canister.canister_id, wanted)
    snapshot = owner.record.snapshots[wanted]
    if owner is canister:
        return snapshot
    if call.sender not in owner.controllers:
        raise SnapshotNotControlled(canister.canister_id, wanted, call.sender)
    interval = ROUNDS_TO_DISK_SYSTEM if call.subnet.kind.is_free else ROUNDS_TO_DISK
    if snapshot.taken_at_height // interval == call.subnet.network.clock.height // interval:
        raise SnapshotElsewhere(canister.canister_id, wanted)
    return snapshot


def _check_hook(canister: Canister, snapshot: Snapshot) -> None:
    """Raises InvalidPayload where an uploaded snapshot tells of a hook what its memory belies."""
    if not snapshot.is_uploaded or not snapshot.hook:
        return
    is_low = canister.is_low_with(snapshot.heap_size)
    if is_low != (snapshot.hook != "not_due"):
        status = "".join(word.capitalize() for word in HOOK_STATUSES[snapshot.hook].split("_"))
        raise InvalidPayload(
            f"Hook status (Some({status})) of uploaded snapshot is inconsistent with the canister's state (hook "
            f"condition satisfied: {str(is_low).lower()})."
        )


def _growth(canister: Canister, snapshot: Snapshot, module: InstalledModule) -> int:
    """Bytes that the canister holds more with the snapshot loaded."""
    record = canister.record
    held = canister.memory_bytes() + balance.module_bytes(record.module) + balance.chunk_store_bytes(canister)
    loaded = snapshot.heap_size + snapshot.stable_size + balance.module_bytes(module)
    return loaded + len(snapshot.chunks) * balance.CHUNK_BYTES - held


def _loaded(snapshot: Snapshot, canister: Canister) -> dict[str, object]:
    owner = snapshot.snapshot_id[snapshots.NUMBER_BYTES :]
    return {
        "canister_version": snapshot.version,
        "snapshot_id": snapshot.snapshot_id,
        "taken_at_timestamp": snapshot.taken_at_ns,
        "source": _source(snapshot),
        "from_canister_id": None if owner == canister.canister_id else owner,
    }


def _source(snapshot: Snapshot) -> dict[str, object]:
    return {"metadata_upload": None} if snapshot.is_uploaded else {"taken_from_canister": None}


def metadata(call: ManagementCall) -> dict[str, object]:
    """`read_canister_snapshot_metadata`."""
    snapshot = snapshots.find(call, call.controlled(), call.argument["snapshot_id"])
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
        "global_timer": _timer(snapshot),
        "on_low_wasm_memory_hook_status": {HOOK_STATUSES[snapshot.hook]: None} if snapshot.hook else None,
    }


def _timer(snapshot: Snapshot) -> dict[str, object] | None:
    if snapshot.global_timer is None:
        return None
    return {"active": snapshot.global_timer} if snapshot.global_timer else {"inactive": None}


def _globals(call: ManagementCall, snapshot: Snapshot) -> list[dict[str, Any]]:
    """Mutable globals by kind; integers are kept as bits, floats as numbers of theirs."""
    if snapshot.is_uploaded:
        return [{kind: value} for kind, value in snapshot_upload.globals_of(snapshot)]
    module = read_module(call.subnet.network.blobs[snapshot.module.blob])
    kinds = [kind for kind, mutable in module.globals if mutable]
    return [{kind: snapshot_upload.from_bits(kind, value)} for kind, value in zip(kinds, snapshot.globals, strict=True)]


def content(call: ManagementCall) -> dict[str, object]:
    """`read_canister_snapshot_data`: a piece of the module or of a memory, or a stored chunk."""
    canister = call.controlled()
    snapshot = snapshots.find(call, canister, call.argument["snapshot_id"])
    kind, piece = next(iter(call.argument["kind"].items()))
    size = balance.CHUNK_BYTES if kind == "wasm_chunk" else piece["size"]
    if kind != "wasm_chunk" and size > MAX_SLICE_BYTES:
        raise InvalidPayload(f"Requested slice too large: {size} > {MAX_SLICE_BYTES}")
    snapshots.charge(call, canister, READING_INSTRUCTIONS + size)
    blobs = call.subnet.network.blobs
    if kind == "wasm_chunk":
        return {"chunk": blobs[_chunk(snapshot, piece["hash"])]}
    sources = {
        "wasm_module": snapshot.module.given_blob,
        "wasm_memory": snapshot.heap,
        "stable_memory": snapshot.stable,
    }
    whole, offset = blobs[sources[kind]], piece["offset"]
    if offset + size > len(whole):
        raise InvalidPayload(
            f"Invalid subslice into wasm module / main memory / stable memory: offset: {offset}, size: {size}"
        )
    return {"chunk": whole[offset : offset + size]}


def _chunk(snapshot: Snapshot, key: bytes) -> bytes:
    """The key of a chunk that the snapshot has. Raises ChunkStoreError."""
    printed = f"[{', '.join(f'{byte:02x}' for byte in key)}]"
    if len(key) != SHA256_BYTES:
        raise ChunkStoreError(f"Bytes {printed} are not a valid WasmChunkHash.")
    if key not in dict(snapshot.chunks):
        raise ChunkStoreError(f"WasmChunkHash {printed} not found.")
    return key
