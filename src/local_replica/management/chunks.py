"""The chunk store: pieces of modules by hash, up to 1 MiB each and 100 per canister."""

from hashlib import sha256
from typing import Any

from local_replica.canister import Canister
from local_replica.cycles import balance, costs
from local_replica.execution.remembering import digest
from local_replica.management import growth
from local_replica.management.rejections import ChunkStoreError, NotAController, StoreNotFound
from local_replica.management.request import ManagementCall
from local_replica.rejections import OutOfCycles
from local_replica.subnet import Subnet

MAX_CHUNK_BYTES = 1024 * 1024
MAX_CHUNKS = 100
FULL = (
    f"Wasm chunk store has already reached maximum capacity of {MAX_CHUNKS * MAX_CHUNK_BYTES} bytes or the maximum "
    f"number of entries, {MAX_CHUNKS}"
)


def _store(call: ManagementCall) -> Canister:
    """The named canister, if the sender controls it or is it."""
    canister = call.target()
    if call.sender not in (*canister.controllers, canister.canister_id):
        raise NotAController(canister.canister_id, canister.controllers, call.sender)
    return canister


def upload(call: ManagementCall) -> dict[str, object]:
    """`upload_chunk`; it costs the same whether or not the chunk is there already."""
    canister = _store(call)
    chunk = call.argument["chunk"]
    _charge(call.subnet, canister)
    if len(chunk) > MAX_CHUNK_BYTES:
        raise ChunkStoreError(f"Wasm chunk size {len(chunk)} exceeds the maximum chunk size of {MAX_CHUNK_BYTES}")
    key = sha256(chunk).digest()
    stored = canister.record.chunks
    if key not in stored:
        if len(stored) >= MAX_CHUNKS:
            raise ChunkStoreError(FULL)
        growth.take_room(call, canister, MAX_CHUNK_BYTES)
        call.subnet.network.blobs.put(chunk)
        stored[key] = len(chunk)
    return {"hash": key}


def _charge(subnet: Subnet, canister: Canister) -> None:
    """Storing a chunk costs the same whatever its size."""
    fee = subnet.fees.execution(costs.CHUNK_INSTRUCTIONS)
    missing = fee + balance.freezing_limit(subnet.fees, canister) - canister.record.balance
    if missing > 0:
        raise ChunkStoreError(
            f"Error charging for 'upload_chunk': {OutOfCycles(canister.canister_id, missing).message}"
        )
    canister.record.balance -= fee


def clear(call: ManagementCall) -> None:
    """`clear_chunk_store`."""
    _store(call).record.chunks.clear()
    call.subnet.network.garbage = True


def stored(call: ManagementCall) -> list[dict[str, object]]:
    """`stored_chunks`, by hash."""
    return [{"hash": key} for key in sorted(_store(call).record.chunks)]


def _assembled(subnet: Subnet, store: Canister, hashes: list[dict[str, Any]]) -> bytes:
    """The module that the listed chunks make."""
    parts = []
    for item in hashes:
        key = item["hash"]
        if len(key) != 32:
            raise ChunkStoreError("Chunk hash is invalid. The length is not 32")
        if key not in store.record.chunks:
            raise ChunkStoreError(f"Chunk hash {list(key)} was not found")
        parts.append(subnet.network.blobs[key])
    return b"".join(parts)


def named_store(call: ManagementCall) -> Canister:
    """The canister whose chunk store is named (the target's otherwise). Raises StoreNotFound, NotAController."""
    target = call.argument["target_canister"]
    named = call.argument["store_canister"] or target
    store = call.subnet.canisters.get(named)
    if store is None:
        raise StoreNotFound(named, call.subnet.subnet_id, target)
    if call.sender not in (*store.controllers, store.canister_id):
        raise NotAController(store.canister_id, store.controllers, call.sender)
    return store


def module_of(call: ManagementCall, store: Canister, hashes: list[dict[str, Any]]) -> bytes:
    """The module that the chunks make. Raises ChunkStoreError."""
    expected = call.argument["wasm_module_hash"]
    module = _assembled(call.subnet, store, hashes)
    found = digest(module)
    if found != expected:
        raise ChunkStoreError(f"Wasm module hash {list(found)} does not match given hash WasmHash({list(expected)})")
    return module
