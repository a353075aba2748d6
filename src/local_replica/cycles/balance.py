"""A canister's account: what it must keep, what idling costs, and when memory may grow."""

from collections.abc import Callable
from typing import TYPE_CHECKING

from local_replica.canister import Canister
from local_replica.cycles import costs
from local_replica.execution.port import ExecutionError

if TYPE_CHECKING:
    from local_replica.subnet import Subnet

RESERVATION_FREE_BYTES = 450 * costs.GIB
"""Memory that a subnet gives without reserving cycles for it."""
RESERVATION_NS = 300_000_000 * 1_000_000_000
"""How long reserved cycles must last when the subnet is full."""
RESERVED_RESPONSE_BYTES = costs.MAX_RESPONSE_BYTES + 144
"""Kept free for each call under way whose response is guaranteed."""
SUBNET_MEMORY_BYTES = 509 * costs.GIB + costs.GIB // 2
"""What one subnet offers its canisters before reservations begin (PocketIC 10)."""


_DAY_NS = costs.SECONDS_PER_DAY * 1_000_000_000


def memory_usage(canister: Canister) -> int:
    """Bytes that a canister holds: memories, module, chunks, snapshots, history."""
    record = canister.record
    total = canister.memory_bytes() + sum(change.size for change in record.history)
    if record.module is not None:
        total += record.module.size + record.module.globals_bytes + record.module.custom_sections_bytes
    return total + chunk_store_bytes(canister) + sum(snapshot.size for snapshot in record.snapshots.values())


def chunk_store_bytes(canister: Canister) -> int:
    """The chunk store is accounted by whole MiB, one per chunk."""
    return len(canister.record.chunks) * 1024 * 1024


def held_bytes(canister: Canister) -> int:
    """Bytes that are paid for: the allocation, or what is used beyond it."""
    return max(canister.record.settings.memory_allocation, memory_usage(canister))


def message_bytes(canister: Canister) -> int:
    """Bytes kept free for responses, those that come and those that go."""
    calls = canister.record.calls
    return (calls.guaranteed + calls.owed) * RESERVED_RESPONSE_BYTES


def freezing_limit(fees: costs.Fees, canister: Canister) -> int:
    """Cycles below which the canister is frozen."""
    threshold_s = canister.record.settings.freezing_threshold
    kept = idle_per_day(fees, canister) * threshold_s // costs.SECONDS_PER_DAY
    return max(0, kept - canister.record.reserved)


def _idle_by_resource(fees: costs.Fees, canister: Canister) -> tuple[int, int, int]:
    """Cycles that a day takes for memory, for messages, and for the share of a core."""
    return (
        fees.storage_per_day(held_bytes(canister)),
        fees.storage_per_day(message_bytes(canister)),
        fees.compute_allocation_per_day(canister.record.settings.compute_allocation),
    )


def idle_per_day(fees: costs.Fees, canister: Canister) -> int:
    """Cycles burned by a day of idling."""
    return sum(_idle_by_resource(fees, canister))


def charge_idle(fees: costs.Fees, canister: Canister, duration_ns: int) -> bool:
    """Take the cost of having existed; False when the balance does not cover it."""
    record = canister.record
    for rate in _idle_by_resource(fees, canister):
        due = rate * duration_ns // _DAY_NS
        from_reserved = min(due, record.reserved)
        record.reserved -= from_reserved
        if due - from_reserved > record.balance:
            return False
        record.balance -= due - from_reserved
    return True


def memory_check(subnet: "Subnet", canister: Canister) -> Callable[[int], ExecutionError | None]:
    """The check that memory growth passes through during execution."""

    def check(additional: int) -> ExecutionError | None:
        used = canister.memory_bytes() + additional
        if used <= RESERVATION_FREE_BYTES:
            return None
        limit = canister.record.settings.reserved_cycles_limit
        needed = subnet.fees.storage(used - RESERVATION_FREE_BYTES, RESERVATION_NS)
        if needed <= limit or subnet.kind.is_free:
            return None
        return ExecutionError(
            "ReservedCyclesLimitExceededInMemoryGrow",
            f"Canister cannot grow memory by {additional} bytes due to its reserved cycles limit. The current limit "
            f"({limit:_}) would be exceeded by {needed - limit:_}.",
            help=".\nTry increasing the canister's reserved cycles limit. See documentation: https://internetcomputer.org/"
            "docs/current/references/execution-errors#reserved-cycles-limit-exceeded-in-memory-grow",
        )

    return check
