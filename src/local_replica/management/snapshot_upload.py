"""Snapshots made from outside: metadata first, then the module and the memories piece by piece."""

import struct
from dataclasses import replace
from hashlib import sha256
from typing import Any

from local_replica.canister import Canister, InstalledModule, Snapshot
from local_replica.cycles import balance, costs
from local_replica.execution.binary import read_module
from local_replica.execution.port import ExecutionError
from local_replica.management import chunks, growth, snapshots
from local_replica.management.given_module import described
from local_replica.management.rejections import ChunkStoreError, InvalidPayload
from local_replica.management.request import ManagementCall
from local_replica.management.snapshot_rejections import BadSnapshotMetadata, SnapshotImmutable
from local_replica.management.unpacking import MAX_MODULE_BYTES, gunzipped
from local_replica.rejections import ExecutionFailed

_HOOKS = {"condition_not_satisfied": "not_due", "ready": "due", "executed": "done"}
_FORMATS = {"i32": ("<I", "<i"), "i64": ("<Q", "<q"), "f32": ("<I", "<f"), "f64": ("<Q", "<d")}
"""How a global's bits are packed, and its value."""
_PAGE = 65_536
GLOBAL_BYTES = 32
MAX_HEAP_BYTES, MAX_HEAP_64_BYTES = 4 * costs.GIB, 6 * costs.GIB
MAX_STABLE_BYTES = 4 * costs.GIB
"""A genuine replica takes 500 GiB; here the zeros lie in memory."""
MAX_GLOBALS, MAX_CERTIFIED_BYTES = 1000, 32
OTHER_GLOBALS = "Wasm exported globals of canister module and snapshot metadata do not match."


def metadata(call: ManagementCall) -> dict[str, object]:
    """`upload_canister_snapshot_metadata`: a snapshot of these sizes, all zeros."""
    canister = call.controlled()
    argument, blobs = call.argument, call.subnet.network.blobs
    _check_metadata(argument, is_64=canister.is_64)
    replaced = snapshots.check_room(call, canister)
    sizes = argument["wasm_module_size"], argument["wasm_memory_size"], argument["stable_memory_size"]
    globals_ = tuple(next(iter(value.items())) for value in argument["globals"])
    size = sum(sizes) + len(argument["certified_data"]) + GLOBAL_BYTES * len(globals_)
    growth.take_room(call, canister, size - replaced, snapshots.fee_of(call, size))
    snapshot = Snapshot(
        snapshot_id=canister.record.snapshots_taken.to_bytes(8, "big") + canister.canister_id,
        taken_at_ns=call.now_ns,
        version=canister.record.version,
        module=InstalledModule(b"", blobs.put(bytes(sizes[0])), sizes[0]),
        globals=tuple(_bits(kind, value) for kind, value in globals_),
        heap=blobs.put(bytes(sizes[1])),
        stable=blobs.put(bytes(sizes[2])),
        heap_size=sizes[1],
        stable_size=sizes[2],
        certified_data=argument["certified_data"],
        chunks=(),
        size=size,
        global_timer=_timer(argument["global_timer"]),
        is_uploaded=True,
        hook=_hook(argument["on_low_wasm_memory_hook_status"]),
        kinds=tuple(kind for kind, _ in globals_),
        taken_at_height=call.subnet.network.clock.height,
    )
    snapshots.keep(call, canister, snapshot)
    return {"snapshot_id": snapshot.snapshot_id}


def _timer(given: dict[str, Any] | None) -> int | None:
    return None if given is None else given.get("active") or 0


def _hook(given: dict[str, Any] | None) -> str:
    return "" if given is None else _HOOKS[next(iter(given))]


def _check_metadata(argument: dict[str, Any], *, is_64: bool) -> None:
    """Raises BadSnapshotMetadata for the first thing wrong."""
    module, heap, stable = argument["wasm_module_size"], argument["wasm_memory_size"], argument["stable_memory_size"]
    faults = {
        "WasmModuleEmpty": module == 0,
        "WasmModuleTooLarge": module > MAX_MODULE_BYTES,
        "WasmMemoryNotPageAligned": heap % _PAGE != 0,
        "WasmMemoryTooLarge": heap > (MAX_HEAP_64_BYTES if is_64 else MAX_HEAP_BYTES),
        "StableMemoryNotPageAligned": stable % _PAGE != 0,
        "StableMemoryTooLarge": stable > MAX_STABLE_BYTES,
        "ExportedGlobalsTooLarge": len(argument["globals"]) > MAX_GLOBALS,
        "CertifiedDataTooLarge": len(argument["certified_data"]) > MAX_CERTIFIED_BYTES,
    }
    for fault, is_there in faults.items():
        if is_there:
            raise BadSnapshotMetadata(fault)


def content(call: ManagementCall) -> None:
    """`upload_canister_snapshot_data`: one piece of at most two million bytes."""
    canister = call.controlled()
    snapshot = snapshots.find(call, canister, call.argument["snapshot_id"])
    if not snapshot.is_uploaded:
        raise SnapshotImmutable
    chunk = call.argument["chunk"]
    kind, place = next(iter(call.argument["kind"].items()))
    snapshots.charge(call, canister, balance.CHUNK_BYTES if kind == "wasm_chunk" else len(chunk))
    if kind == "wasm_chunk":
        changed = _with_chunk(call, canister, snapshot, chunk)
    else:
        changed = _with_piece(call, snapshot, kind, place["offset"])
    changed = replace(changed, taken_at_height=call.subnet.network.clock.height)
    canister.record.snapshots[snapshot.snapshot_id] = changed
    call.subnet.network.garbage = True


def _with_chunk(call: ManagementCall, canister: Canister, snapshot: Snapshot, chunk: bytes) -> Snapshot:
    if len(chunk) > chunks.MAX_CHUNK_BYTES:
        raise ChunkStoreError(
            f"Wasm chunk size {len(chunk)} exceeds the maximum chunk size of {chunks.MAX_CHUNK_BYTES}"
        )
    key = sha256(chunk).digest()
    if key in dict(snapshot.chunks):
        return snapshot
    if len(snapshot.chunks) >= chunks.MAX_CHUNKS:
        raise ChunkStoreError(chunks.FULL)
    growth.take_room(call, canister, balance.CHUNK_BYTES)
    call.subnet.network.blobs.put(chunk)
    return replace(snapshot, chunks=(*snapshot.chunks, (key, len(chunk))), size=snapshot.size + balance.CHUNK_BYTES)


def _with_piece(call: ManagementCall, snapshot: Snapshot, kind: str, offset: int) -> Snapshot:
    """The snapshot with the chunk written into its module or a memory. Raises InvalidPayload beyond their end."""
    blobs, chunk = call.subnet.network.blobs, call.argument["chunk"]
    sources = {"wasm_module": snapshot.module.blob, "wasm_memory": snapshot.heap, "stable_memory": snapshot.stable}
    whole = bytearray(blobs[sources[kind]])
    if offset + len(chunk) > len(whole):
        raise InvalidPayload(
            f"Invalid subslice into wasm module / main memory / stable memory: offset: {offset}, size: {len(chunk)}"
        )
    whole[offset : offset + len(chunk)] = chunk
    key = blobs.put(bytes(whole))
    if kind == "wasm_module":
        return replace(snapshot, module=replace(snapshot.module, blob=key))
    return replace(snapshot, heap=key) if kind == "wasm_memory" else replace(snapshot, stable=key)


def checked_module(call: ManagementCall, canister: Canister, snapshot: Snapshot) -> InstalledModule:
    """The uploaded module, ready to be installed. Raises ExecutionFailed, or InvalidPayload for other globals."""
    network = call.subnet.network
    given = network.blobs[snapshot.module.blob]
    module = gunzipped(given)
    if isinstance(module, ExecutionError):
        raise ExecutionFailed(canister.canister_id, module)
    refusal = network.executor.validate(module, was_compressed=module is not given)
    if refusal is not None:
        raise ExecutionFailed(canister.canister_id, refusal)
    declared = tuple(kind for kind, mutable in read_module(module).globals if mutable)
    if declared != snapshot.kinds:
        raise InvalidPayload(OTHER_GLOBALS)
    return described(call.subnet, given, module)


def globals_of(snapshot: Snapshot) -> list[tuple[str, int | float]]:
    """The globals of an uploaded snapshot with their kinds."""
    return [(kind, from_bits(kind, bits)) for kind, bits in zip(snapshot.kinds, snapshot.globals, strict=True)]


def from_bits(kind: str, bits: float) -> int | float:
    """A global's value from its bits, as an instance's state keeps them."""
    if kind not in _FORMATS:
        return bits
    packed, value = _FORMATS[kind]
    number: int | float = struct.unpack(value, struct.pack(packed, bits))[0]
    return number


def _bits(kind: str, value: float) -> int:
    if kind not in _FORMATS:
        return int(value)
    packed, shape = _FORMATS[kind]
    bits: int = struct.unpack(packed, struct.pack(shape, value))[0]
    return bits
