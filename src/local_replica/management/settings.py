"""Canister settings: validation and update (`update_settings`, and `settings` of the creating methods).

Everything is looked at in the replica's order, since the first thing wrong is what the caller is told.
"""

from dataclasses import dataclass, replace
from typing import Any

from local_replica.canister import Canister, Settings
from local_replica.cycles import balance, memory
from local_replica.cycles.costs import SECONDS_PER_DAY
from local_replica.management.rejections import ContractViolation, InvalidPayload
from local_replica.management.request import ManagementCall
from local_replica.management.resource_rejections import (
    AllocationUnpaid,
    ComputeOversubscribed,
    MemoryAllocationTooSmall,
    ReservedLimitTooLow,
    ReservedTooMuchForAllocation,
    SubnetOversubscribed,
)
from local_replica.rejections import Rejection
from local_replica.subnet import Subnet

MAX_VARIABLES = 20
MAX_VARIABLE_BYTES = 128
LOG_MEMORY_LIMIT = 4096
ALLOCATABLE_COMPUTE = 200
"""Percents of cores that a subnet gives away: half of its four, and one is always left."""
_RANGES = {
    "compute_allocation": ("ComputeAllocation", 100, "[0..100]"),
    "memory_allocation": ("MemoryAllocation", 2**64 - 1, "[0..2^64-1]"),
    "freezing_threshold": ("Freezing threshold", 2**64 - 1, "of [0..2^64-1]"),
    "reserved_cycles_limit": ("Reserved cycles limit", 2**128 - 1, "of [0..2^128-1]"),
    "log_memory_limit": ("Log memory limit", 2**64 - 1, "of [0..2^64-1]"),
    "wasm_memory_limit": ("Wasm memory limit", 2**48, "of [0..2^64-1]"),
    "wasm_memory_threshold": ("Wasm memory threshold", 2**64 - 1, "of [0..2^64-1]"),
}


@dataclass(frozen=True, slots=True)
class Validated:
    """Settings that may be set, and the cycles that move from the balance to the reserve for them."""

    settings: Settings
    reservation: int


def update(call: ManagementCall) -> None:
    """`update_settings`."""
    given = call.argument["settings"]
    check_form(given)
    canister = call.controlled()
    record = canister.record
    validated = validate(call.subnet, record.settings, given, canister, record.balance)
    record.settings = validated.settings
    record.balance -= validated.reservation
    record.reserved += validated.reservation
    record.version += 1
    controllers = given["controllers"]
    if controllers is not None:
        record.controllers = unique_controllers(controllers)
        details = {"controllers_change": {"controllers": list(record.controllers)}}
        call.record_change(canister, details, len(record.controllers))


def unique_controllers(controllers: list[bytes]) -> tuple[bytes, ...]:
    """Controllers, each once, in the replica's order: shorter principals first."""
    return tuple(sorted(set(controllers), key=lambda principal: (len(principal), principal)))


def check_form(given: dict[str, Any]) -> None:
    """What is wrong with settings whoever asks. Raises ContractViolation, InvalidPayload."""
    for name, (what, upper, printed) in _RANGES.items():
        value = given[name]
        if value is not None and value > upper:
            raise ContractViolation.out_of_range(what, printed, value)
    variables = given["environment_variables"]
    if variables is not None and len({variable["name"] for variable in variables}) < len(variables):
        raise InvalidPayload("Duplicate environment variables are not allowed")


def validate(
    subnet: Subnet, settings: Settings, given: dict[str, Any], canister: Canister | None, cycles: int
) -> Validated:
    """The settings after the change, of a form that was checked. Raises Rejection.

    `canister` None: it is about to be created with so many `cycles`.
    """
    changes = {name: given[name] for name in _RANGES if given[name] is not None}
    if given["environment_variables"] is not None:
        changes["environment_variables"] = _variables(given["environment_variables"])
    if given["log_visibility"] is not None:
        changes |= _log_visibility(given["log_visibility"])
    changed = replace(settings, **changes)
    _check_memory(subnet, settings, changed, given["memory_allocation"], canister)
    if given["compute_allocation"] is not None:
        _check_compute(subnet, settings, changed)
    _check_frozen(subnet, settings, changed, canister, cycles)
    reservation = _reservation(subnet, settings, changed, canister, cycles)
    if given["log_memory_limit"] is not None:
        _check_log_memory_limit(given["log_memory_limit"])
    return Validated(changed, reservation)


def _used(canister: Canister | None) -> int:
    return balance.memory_usage(canister) if canister is not None else 0


def _check_memory(
    subnet: Subnet, settings: Settings, changed: Settings, given: int | None, canister: Canister | None
) -> None:
    used = _used(canister)
    if given is not None and 0 < given < used:
        raise MemoryAllocationTooSmall(given, used)
    held = max(settings.memory_allocation, used)
    wanted = max(changed.memory_allocation, used)
    offered = max(0, memory.available(subnet)) + held
    if wanted > offered:
        raise SubnetOversubscribed(wanted, offered)


def _check_compute(subnet: Subnet, settings: Settings, changed: Settings) -> None:
    taken = sum(canister.record.settings.compute_allocation for canister in subnet.canisters.values())
    offered = max(0, ALLOCATABLE_COMPUTE - taken - 1) + settings.compute_allocation
    if changed.compute_allocation > offered:
        raise ComputeOversubscribed(changed.compute_allocation, offered)


def _check_frozen(
    subnet: Subnet, settings: Settings, changed: Settings, canister: Canister | None, cycles: int
) -> None:
    """Allocations may only grow where the canister is not frozen by that; other settings may freeze it."""
    if canister is None:
        kept = subnet.fees.storage_per_day(changed.memory_allocation)
        kept += subnet.fees.compute_allocation_per_day(changed.compute_allocation)
        limit = kept * changed.freezing_threshold // SECONDS_PER_DAY
    else:
        limit = balance.freezing_limit(subnet.fees, canister, settings=changed)
    if cycles >= limit:
        return
    if changed.compute_allocation > settings.compute_allocation:
        raise AllocationUnpaid.of_compute(changed.compute_allocation, limit - cycles)
    if changed.memory_allocation > settings.memory_allocation:
        raise AllocationUnpaid.of_memory(changed.memory_allocation, limit - cycles)


def _reservation(subnet: Subnet, settings: Settings, changed: Settings, canister: Canister | None, cycles: int) -> int:
    """Cycles that a larger memory allocation reserves."""
    used = _used(canister)
    growth = max(0, max(changed.memory_allocation, used) - max(settings.memory_allocation, used))
    reservation = memory.reservation(subnet, growth)
    limit, reserved = changed.reserved_cycles_limit, canister.record.reserved if canister is not None else 0
    if reserved > limit:
        raise ReservedLimitTooLow(reserved, limit)
    if reserved + reservation > limit:
        raise ReservedTooMuchForAllocation(changed.memory_allocation, reserved + reservation, limit)
    if cycles < reservation:
        raise AllocationUnpaid.of_memory(changed.memory_allocation, reservation - cycles)
    return reservation


def _check_log_memory_limit(limit: int) -> None:
    if limit < LOG_MEMORY_LIMIT:
        raise Rejection(f"The canister log memory limit {limit} is too low. It must be at least {LOG_MEMORY_LIMIT}.")
    if limit > LOG_MEMORY_LIMIT:
        raise Rejection(f"The canister log memory limit {limit} is too high. It must be at most {LOG_MEMORY_LIMIT}.")


def _log_visibility(visibility: dict[str, Any]) -> dict[str, Any]:
    kind = next(iter(visibility))
    viewers = visibility["allowed_viewers"] if kind == "allowed_viewers" else []
    return {"log_visibility": kind, "log_viewers": tuple(viewers)}


def _variables(variables: list[dict[str, str]]) -> tuple[tuple[str, str], ...]:
    if len(variables) > MAX_VARIABLES:
        raise InvalidPayload(f"Too many environment variables: {len(variables)} (max: {MAX_VARIABLES})")
    pairs = tuple(sorted((variable["name"], variable["value"]) for variable in variables))
    for pair in pairs:
        for what, told in zip(("name", "value"), pair, strict=True):
            if len(told.encode()) > MAX_VARIABLE_BYTES:
                raise InvalidPayload(
                    f'Environment variable {what} "{told}" exceeds the maximum allowed length of {MAX_VARIABLE_BYTES}.'
                )
    return pairs
