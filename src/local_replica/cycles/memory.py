"""What memory a subnet has left, and what it costs a canister to take more of it.

Memory is counted for the whole subnet but offered to each of its threads: a canister meets a quarter of what is free.
Above a threshold, growing reserves cycles so that nobody fills a subnet with memory that is not paid for long
(`CyclesAccountManager::storage_reservation_cycles`, `ResourceSaturation` of the replica).
"""

from collections.abc import Callable

from local_replica.canister import Canister
from local_replica.cycles import balance, costs
from local_replica.execution.failures import advice
from local_replica.execution.port import Entry, ExecutionError, Growth
from local_replica.printing import amount
from local_replica.subnet import Subnet

THREADS = 4
CAPACITY_BYTES = 2048 * costs.GIB
KEPT_BACK_BYTES = 10 * costs.GIB
"""Left for callbacks, which must not fail for want of memory."""
BUSY_FROM_BYTES = 750 * costs.GIB
"""From here on growth reserves cycles."""
RESERVATION_SECONDS = 300_000_000
"""How long reserved cycles must last when the subnet is full."""

_WATCHED = {Entry.UPDATE, Entry.HEARTBEAT, Entry.TIMER, Entry.LOW_WASM_MEMORY}
"""Entries that may not grow a canister into being frozen."""
_RESERVING = _WATCHED | {Entry.REPLY_CALLBACK, Entry.REJECT_CALLBACK, Entry.CLEANUP}
"""Entries that pay for growth at once; an installation pays at its end."""
_INSTALLING = {Entry.START, Entry.INIT, Entry.PRE_UPGRADE, Entry.POST_UPGRADE}


def available(subnet: Subnet, asking: Canister | None = None) -> int:
    """Bytes that one canister could take now; negative on a subnet that is too full.

    Of canisters that may be running beside `asking`, what they held when they began counts.
    """
    taken = sum(balance.told_bytes(one) for one in subnet.canisters.values() if one is not asking)
    if asking is not None:
        taken += balance.held_bytes(asking)
    return (CAPACITY_BYTES - KEPT_BACK_BYTES - taken) // THREADS


def reservation(subnet: Subnet, growth: int, before: int = 0, asking: Canister | None = None) -> int:
    """Cycles to reserve for so many bytes more, on top of `before` bytes that are not counted yet."""
    capacity = CAPACITY_BYTES // THREADS
    used = min(capacity, capacity - available(subnet, asking) + before)
    return _reserved_up_to(subnet.fees, min(capacity, used + growth)) - _reserved_up_to(subnet.fees, used)


def _reserved_up_to(fees: costs.Fees, used: int) -> int:
    """Cycles reserved by filling an empty subnet so far: the area under a line that rises from the threshold."""
    threshold = BUSY_FROM_BYTES // THREADS
    above = max(0, used - threshold)
    seconds = RESERVATION_SECONDS * above // (CAPACITY_BYTES // THREADS - threshold)
    return fees.storage_seconds(above, seconds // 2)


def growth_check(
    subnet: Subnet, canister: Canister, entry: Entry, caller: bytes
) -> Callable[[Growth], ExecutionError | int]:
    """What memory growth passes through while `entry` runs: an error, or the cycles that it reserves."""

    def check(growth: Growth) -> ExecutionError | int:
        allocation = canister.record.settings.memory_allocation
        used = balance.memory_usage(canister) + growth.before
        if allocation:
            return OUT_OF_MEMORY if used + growth.additional > allocation else 0
        if entry in _WATCHED:
            missing = _missing(subnet, canister, growth)
            if missing > 0:
                return _insufficient_cycles(growth.additional, missing if caller in canister.controllers else None)
        if entry not in _RESERVING and entry not in _INSTALLING:
            return 0
        if growth.additional > available(subnet, canister) - growth.before:
            return OUT_OF_MEMORY
        return _reserve(subnet, canister, growth, caller) if entry in _RESERVING else 0

    return check


def _missing(subnet: Subnet, canister: Canister, growth: Growth) -> int:
    """Cycles that keep the canister from growing: it would be frozen."""
    if subnet.kind.is_free:
        return 0
    limit = balance.freezing_limit(
        subnet.fees, canister, growth=growth.before + growth.additional, reserved=growth.reserved
    )
    return limit - growth.balance


def _reserve(subnet: Subnet, canister: Canister, growth: Growth, caller: bytes) -> ExecutionError | int:
    needed = reservation(subnet, growth.additional, growth.before, canister)
    limit = canister.record.settings.reserved_cycles_limit
    requested = canister.record.reserved + growth.reserved + needed
    if requested > limit:
        return ExecutionError(
            "ReservedCyclesLimitExceededInMemoryGrow",
            beyond_reserve(growth.additional, requested, limit),
            help=advice(
                "Try increasing the canister's reserved cycles limit.", "reserved-cycles-limit-exceeded-in-memory-grow"
            ),
        )
    if needed > growth.balance:
        told = needed - growth.balance if caller in canister.controllers else None
        return _insufficient_cycles(growth.additional, told)
    return needed


def beyond_reserve(growth: int, requested: int, limit: int) -> str:
    """Why a canister may not grow by so many bytes: it would have more cycles reserved than its limit says."""
    return (
        f"Canister cannot grow memory by {growth} bytes due to its reserved cycles limit. The current limit "
        f"({amount(limit)}) would be exceeded by {amount(requested - limit)}."
    )


def unpaid(growth: int, missing: int | None) -> str:
    """Why a canister cannot pay for growing by so many bytes; `missing` cycles, None where that is not told."""
    lacking = "" if missing is None else f" At least {amount(missing)} additional cycles are required."
    return f"Canister cannot grow memory by {growth} bytes due to insufficient cycles.{lacking}"


def _insufficient_cycles(additional: int, missing: int | None) -> ExecutionError:
    """`missing` is told to controllers alone."""
    return ExecutionError(
        "InsufficientCyclesInMemoryGrow",
        unpaid(additional, missing),
        help=advice("Try topping up the canister.", "insufficient-cycles-in-memory-grow"),
    )


OUT_OF_MEMORY = ExecutionError(
    "CanisterOutOfMemory",
    "Canister cannot grow its memory usage.",
    help=advice(
        "Check the canister's memory usage against its allocation and the system wide limits to determine why more "
        "memory cannot be allocated.",
        "out-of-memory",
    ),
)
