"""Snapshots of a canister: module, memories, certified data, chunk store."""

from local_replica.canister import Canister, Snapshot
from local_replica.cycles import balance, costs
from local_replica.management import growth, lifecycle
from local_replica.management.request import ManagementCall
from local_replica.management.snapshot_rejections import (
    SnapshotNotFound,
    SnapshotOfAnother,
    SnapshotOfEmpty,
    SnapshotUnpaid,
    TooManySnapshots,
)

MAX_SNAPSHOTS = 10
NUMBER_BYTES = 8
"""A snapshot's id is a number and the id of its canister."""


def take(call: ManagementCall) -> dict[str, object]:
    """`take_canister_snapshot`."""
    canister = call.controlled()
    record = canister.record
    replaced = check_room(call, canister)
    snapshot = _snapshot(call, canister, replaced)
    keep(call, canister, snapshot)
    if call.argument["uninstall_code"]:
        lifecycle.clear_code(call.subnet, canister)
        record.version += 1
        call.record_change(canister, {"code_uninstall": None})
    return _described(snapshot)


def check_room(call: ManagementCall, canister: Canister) -> int:
    """Bytes of the snapshot to replace, 0 for none.

    Raises SnapshotNotFound and SnapshotOfAnother for one that is not there, TooManySnapshots for one more than fits.
    """
    replaced = call.argument["replace_snapshot"]
    if replaced is not None:
        return find(call, canister, replaced).size
    if len(canister.record.snapshots) >= MAX_SNAPSHOTS:
        raise TooManySnapshots(canister.canister_id, MAX_SNAPSHOTS)
    return 0


def keep(call: ManagementCall, canister: Canister, snapshot: Snapshot) -> None:
    """Add a snapshot, in the place of another where the call says so."""
    record, replaced = canister.record, call.argument["replace_snapshot"]
    if replaced is not None:
        del record.snapshots[replaced]
        call.subnet.network.garbage = True
    record.snapshots[snapshot.snapshot_id] = snapshot
    record.snapshots_taken += 1


def _snapshot(call: ManagementCall, canister: Canister, replaced: int) -> Snapshot:
    record = canister.record
    if canister.instance is None or record.module is None:
        size = balance.chunk_store_bytes(canister) + len(record.certified_data)
        growth.check_room(call, canister, size - replaced, fee_of(call, size))
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
    growth.take_room(call, canister, size - replaced, fee_of(call, size))
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
        hook=record.low_memory_hook,
        taken_at_height=call.subnet.network.clock.height,
    )


def fee_of(call: ManagementCall, size: int) -> int:
    """Cycles for taking, making or loading a snapshot of so many bytes."""
    return call.subnet.fees.execution(costs.SNAPSHOT_INSTRUCTIONS + size)


def charge(call: ManagementCall, canister: Canister, instructions: int) -> None:
    """Take what so many instructions cost. Raises SnapshotUnpaid."""
    fee = call.subnet.fees.execution(instructions)
    missing = fee + balance.freezing_limit(call.subnet.fees, canister) - canister.record.balance
    if missing > 0 and fee:
        raise SnapshotUnpaid(canister.canister_id, missing)
    canister.record.balance -= fee


def listed(call: ManagementCall) -> list[dict[str, object]]:
    """`list_canister_snapshots`, oldest first."""
    return [_described(snapshot) for snapshot in call.controlled().record.snapshots.values()]


def delete(call: ManagementCall) -> None:
    """`delete_canister_snapshot`."""
    canister = call.controlled()
    growth.take_room(call, canister, -find(call, canister, call.argument["snapshot_id"]).size)
    del canister.record.snapshots[call.argument["snapshot_id"]]
    call.subnet.network.garbage = True


def find(call: ManagementCall, canister: Canister, snapshot_id: bytes) -> Snapshot:
    """The canister's snapshot of that id. Raises SnapshotNotFound, SnapshotOfAnother."""
    snapshot = canister.record.snapshots.get(snapshot_id)
    if snapshot is None and owner_of(call, snapshot_id) is not None:
        raise SnapshotOfAnother(canister.canister_id, snapshot_id)
    if snapshot is None:
        raise SnapshotNotFound(canister.canister_id, snapshot_id)
    return snapshot


def owner_of(call: ManagementCall, snapshot_id: bytes) -> Canister | None:
    """The canister on the subnet that has the snapshot."""
    owner = call.subnet.canisters.get(snapshot_id[NUMBER_BYTES:])
    return owner if owner is not None and snapshot_id in owner.record.snapshots else None


def _described(snapshot: Snapshot) -> dict[str, object]:
    return {"id": snapshot.snapshot_id, "taken_at_timestamp": snapshot.taken_at_ns, "total_size": snapshot.size}
