"""Memory that management methods give to a canister (chunks, snapshots, modules): is there room, can it be paid."""

from local_replica.canister import Canister
from local_replica.cycles import balance, memory
from local_replica.management.rejections import (
    GrowthUnpaid,
    MemoryAllocationTooSmall,
    ReservedTooMuchForGrowth,
    SnapshotUnpaid,
    SubnetOversubscribed,
)
from local_replica.management.request import ManagementCall


def take_room(call: ManagementCall, canister: Canister, change: int, fee: int = 0) -> None:
    """Pay `fee` cycles for instructions and reserve what `change` more bytes (fewer: negative) cost.

    Raises MemoryAllocationTooSmall, SubnetOversubscribed, GrowthUnpaid, SnapshotUnpaid, ReservedTooMuchForGrowth, and
    changes nothing then.
    """
    fees, record = call.subnet.fees, canister.record
    growth = _allocated(call, canister, change)
    limit = balance.freezing_limit(fees, canister, growth=change)
    if record.balance < limit:
        raise GrowthUnpaid(growth, limit - record.balance)
    if record.balance < limit + fee:
        raise SnapshotUnpaid(canister.canister_id, limit + fee - record.balance)
    reservation = memory.reservation(call.subnet, growth)
    check_reservation(canister, growth, reservation, record.balance - fee)
    record.balance -= fee + reservation
    record.reserved += reservation


def check_reservation(canister: Canister, growth: int, reservation: int, cycles: int) -> None:
    """Whether so many cycles may be reserved out of `cycles`. Raises ReservedTooMuchForGrowth, GrowthUnpaid."""
    requested, limit = canister.record.reserved + reservation, canister.record.settings.reserved_cycles_limit
    if reservation and requested > limit:
        raise ReservedTooMuchForGrowth(growth, requested, limit)
    if reservation > cycles:
        raise GrowthUnpaid(growth, reservation - cycles)


def _allocated(call: ManagementCall, canister: Canister, change: int) -> int:
    """Bytes that the subnet gives for the change; none within a memory allocation."""
    allocation, used = canister.record.settings.memory_allocation, balance.memory_usage(canister)
    if allocation:
        if used + change > allocation:
            raise MemoryAllocationTooSmall(allocation, used + change)
        return 0
    growth, offered = max(0, change), memory.available(call.subnet)
    if growth > offered:
        raise SubnetOversubscribed(growth, max(0, offered))
    return growth
