"""A canister's account: what it holds, what it must keep, and what idling costs."""

from local_replica.canister import Canister, InstalledModule, Settings
from local_replica.cycles import costs

RESERVED_RESPONSE_BYTES = costs.MAX_RESPONSE_BYTES + 144
"""Kept free for each call under way whose response is guaranteed."""
CHUNK_BYTES = 1024 * 1024

_DAY_NS = costs.SECONDS_PER_DAY * 1_000_000_000


def memory_usage(canister: Canister) -> int:
    """Bytes that a canister holds: memories, module, chunks, snapshots, history."""
    return _usage(canister, canister.memory_bytes())


def _usage(canister: Canister, memory_bytes: int) -> int:
    record = canister.record
    total = memory_bytes + sum(change.size for change in record.history)
    total += module_bytes(record.module)
    return total + chunk_store_bytes(canister) + sum(snapshot.size for snapshot in record.snapshots.values())


def module_bytes(module: InstalledModule | None) -> int:
    """Bytes that a module is accounted with."""
    return 0 if module is None else module.size + module.globals_bytes + module.custom_sections_bytes


def chunk_store_bytes(canister: Canister) -> int:
    """The chunk store is accounted by whole MiB, one per chunk."""
    return len(canister.record.chunks) * CHUNK_BYTES


def held_bytes(canister: Canister) -> int:
    """Bytes that are paid for: the allocation, or what is used beyond it."""
    return max(canister.record.settings.memory_allocation, memory_usage(canister))


def told_bytes(canister: Canister) -> int:
    """The same as other canisters see it, who may be running at the same time."""
    memory_bytes = canister.memory_bytes() if canister.told_bytes is None else canister.told_bytes
    return max(canister.record.settings.memory_allocation, _usage(canister, memory_bytes))


def message_bytes(canister: Canister) -> int:
    """Bytes kept free for responses, those that come and those that go."""
    calls = canister.record.calls
    return (calls.guaranteed + calls.owed) * RESERVED_RESPONSE_BYTES


def freezing_limit(
    fees: costs.Fees, canister: Canister, *, settings: Settings | None = None, growth: int = 0, reserved: int = 0
) -> int:
    """Cycles below which the canister is frozen; under other settings, with so many more bytes and cycles reserved."""
    settings = settings or canister.record.settings
    kept = sum(_idle_by_resource(fees, canister, settings, growth))
    return max(0, kept * settings.freezing_threshold // costs.SECONDS_PER_DAY - canister.record.reserved - reserved)


def _idle_by_resource(
    fees: costs.Fees, canister: Canister, settings: Settings, growth: int = 0
) -> tuple[int, int, int]:
    """Cycles that a day takes for memory, for messages, and for the share of a core."""
    return (
        fees.storage_per_day(max(settings.memory_allocation, memory_usage(canister) + growth)),
        fees.storage_per_day(message_bytes(canister)),
        fees.compute_allocation_per_day(settings.compute_allocation),
    )


def idle_per_day(fees: costs.Fees, canister: Canister) -> int:
    """Cycles burned by a day of idling."""
    return sum(_idle_by_resource(fees, canister, canister.record.settings))


def charge_idle(fees: costs.Fees, canister: Canister, duration_ns: int) -> bool:
    """Take the cost of having existed; False when the balance does not cover it."""
    record = canister.record
    for rate in _idle_by_resource(fees, canister, record.settings):
        due = rate * duration_ns // _DAY_NS
        from_reserved = min(due, record.reserved)
        record.reserved -= from_reserved
        if due - from_reserved > record.balance:
            return False
        record.balance -= due - from_reserved
    return True
