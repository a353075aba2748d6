"""Memory that management methods give to a canister (chunks, snapshots, modules): is there room, can it be paid."""

from local_replica.canister import Canister, InstalledModule
from local_replica.cycles import balance, memory
from local_replica.execution.binary import read_module
from local_replica.execution.port import Instance
from local_replica.management.request import ManagementCall
from local_replica.management.resource_rejections import (
    GrowthUnpaid,
    MemoryAllocationTooSmall,
    ReservedTooMuchForGrowth,
    SubnetOversubscribed,
)
from local_replica.management.snapshot_rejections import SnapshotUnpaid

WASM_PAGE_BYTES = 65_536


def take_room(call: ManagementCall, canister: Canister, change: int, fee: int = 0) -> None:
    """Pay `fee` cycles for instructions and reserve what `change` more bytes (fewer: negative) cost.

    Raises MemoryAllocationTooSmall, SubnetOversubscribed, GrowthUnpaid, SnapshotUnpaid, ReservedTooMuchForGrowth, and
    changes nothing then.
    """
    reservation = check_room(call, canister, change, fee)
    canister.record.balance -= fee + reservation
    canister.record.reserved += reservation


def check_room(call: ManagementCall, canister: Canister, change: int, fee: int = 0) -> int:
    """The cycles that `take_room` would reserve. Raises as it does."""
    fees, record = call.subnet.fees, canister.record
    growth = _allocated(call, canister, change)
    limit = balance.freezing_limit(fees, canister, growth=change)
    if record.balance < limit:
        raise GrowthUnpaid(growth, limit - record.balance)
    if record.balance < limit + fee:
        raise SnapshotUnpaid(canister.canister_id, limit + fee - record.balance)
    reservation = memory.reservation(call.subnet, growth)
    check_reservation(canister, growth, reservation, record.balance - fee)
    return reservation


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


def check_allocation(canister: Canister, module: bytes, installed: InstalledModule, *, is_upgrade: bool) -> None:
    """Raises MemoryAllocationTooSmall where the module does not fit into the canister's allocation."""
    allocation = canister.record.settings.memory_allocation
    memories = read_module(module).memories
    heap = memories[0].minimum * WASM_PAGE_BYTES if memories else 0
    needed = _held_without_code(canister) + balance.module_bytes(installed) + heap
    if is_upgrade and canister.instance is not None:
        needed += canister.instance.stable_bytes()
    if 0 < allocation < needed:
        raise MemoryAllocationTooSmall(allocation, needed)


def take_module_room(call: ManagementCall, canister: Canister, installed: InstalledModule, instance: Instance) -> None:
    """Reserve cycles for what the canister grows by with this module in place of its own.

    Raises ReservedTooMuchForGrowth, GrowthUnpaid, SubnetOversubscribed, and changes nothing then.
    """
    used = balance.memory_usage(canister)
    memories = instance.heap_bytes() + instance.stable_bytes()
    grown = _held_without_code(canister) + balance.module_bytes(installed) + memories - used
    change = 0 if canister.record.settings.memory_allocation else grown
    if change > 0:
        _reserve(call, canister, change)


def _reserve(call: ManagementCall, canister: Canister, change: int) -> None:
    subnet, record = call.subnet, canister.record
    reservation = memory.reservation(subnet, change)
    check_reservation(canister, change, reservation, record.balance)
    limit = balance.freezing_limit(subnet.fees, canister, growth=change, reserved=reservation)
    if record.balance - reservation < limit:
        raise GrowthUnpaid(change, limit + reservation - record.balance)
    offered = memory.available(subnet)
    if change > offered:
        raise SubnetOversubscribed(change, max(0, offered))
    record.balance -= reservation
    record.reserved += reservation


def _held_without_code(canister: Canister) -> int:
    module = canister.record.module
    return balance.memory_usage(canister) - canister.memory_bytes() - balance.module_bytes(module)
