"""Canister settings: validation and update (`update_settings`, and `settings` of the creating methods)."""

from dataclasses import replace
from typing import Any

from local_replica.canister import Canister, Settings
from local_replica.cycles import balance
from local_replica.management.rejections import (
    ContractViolation,
    InvalidPayload,
    MemoryAllocationTooSmall,
    SubnetOversubscribed,
)
from local_replica.management.request import ManagementCall
from local_replica.rejections import Rejection

MAX_VARIABLES = 20
MAX_VARIABLE_BYTES = 128
LOG_MEMORY_LIMIT = 4096
_RANGES = {
    "freezing_threshold": ("Freezing threshold", 2**64 - 1, "of [0..2^64-1]"),
    "reserved_cycles_limit": ("Reserved cycles limit", 2**128 - 1, "of [0..2^128-1]"),
    "wasm_memory_limit": ("Wasm memory limit", 2**48, "of [0..2^64-1]"),
    "wasm_memory_threshold": ("Wasm memory threshold", 2**64 - 1, "of [0..2^64-1]"),
    "compute_allocation": ("ComputeAllocation", 100, "[0..100]"),
    "memory_allocation": ("MemoryAllocation", 2**64 - 1, "[0..2^64-1]"),
}


def update(call: ManagementCall) -> None:
    """`update_settings`."""
    canister = call.controlled()
    given = call.argument["settings"]
    canister.record.settings = validated(canister.record.settings, given, canister)
    canister.record.version += 1
    controllers = given["controllers"]
    if controllers is not None:
        canister.record.controllers = unique_controllers(controllers)
        details = {"controllers_change": {"controllers": list(canister.record.controllers)}}
        call.record_change(canister, details, len(canister.record.controllers))


def unique_controllers(controllers: list[bytes]) -> tuple[bytes, ...]:
    """Controllers, each once, in the replica's order: shorter principals first."""
    return tuple(sorted(set(controllers), key=lambda principal: (len(principal), principal)))


def validated(settings: Settings, given: dict[str, Any], canister: Canister | None = None) -> Settings:
    """The settings after the change. Raises Rejection; `canister` None: it is about to be created."""
    changes: dict[str, Any] = {}
    for name, (what, upper, printed) in _RANGES.items():
        value = given[name]
        if value is not None:
            if value > upper:
                raise ContractViolation.out_of_range(what, printed, value)
            changes[name] = value
    if "memory_allocation" in changes:
        _check_memory(changes["memory_allocation"], canister)
    if given["log_memory_limit"] is not None:
        changes["log_memory_limit"] = _log_memory_limit(given["log_memory_limit"])
    if given["log_visibility"] is not None:
        changes |= _log_visibility(given["log_visibility"])
    if given["environment_variables"] is not None:
        changes["environment_variables"] = _variables(given["environment_variables"])
    return replace(settings, **changes)


def _check_memory(allocation: int, canister: Canister | None) -> None:
    if allocation > balance.SUBNET_MEMORY_BYTES:
        raise SubnetOversubscribed(allocation, balance.SUBNET_MEMORY_BYTES)
    used = balance.memory_usage(canister) if canister is not None else 0
    if 0 < allocation < used:
        raise MemoryAllocationTooSmall(allocation, used)


def _log_memory_limit(limit: int) -> int:
    if limit < LOG_MEMORY_LIMIT:
        raise Rejection(f"The canister log memory limit {limit} is too low. It must be at least {LOG_MEMORY_LIMIT}.")
    if limit > LOG_MEMORY_LIMIT:
        raise Rejection(f"The canister log memory limit {limit} is too high. It must be at most {LOG_MEMORY_LIMIT}.")
    return limit


def _log_visibility(visibility: dict[str, Any]) -> dict[str, Any]:
    kind = next(iter(visibility))
    viewers = visibility["allowed_viewers"] if kind == "allowed_viewers" else []
    return {"log_visibility": kind, "log_viewers": tuple(viewers)}


def _variables(variables: list[dict[str, str]]) -> tuple[tuple[str, str], ...]:
    if len(variables) > MAX_VARIABLES:
        raise InvalidPayload(f"Too many environment variables: {len(variables)} (max: {MAX_VARIABLES})")
    pairs = tuple(sorted((variable["name"], variable["value"]) for variable in variables))
    if len({name for name, _ in pairs}) < len(pairs):
        raise InvalidPayload("Duplicate environment variables are not allowed")
    for what, texts in (("name", [name for name, _ in pairs]), ("value", [value for _, value in pairs])):
        for told in texts:
            if len(told.encode()) > MAX_VARIABLE_BYTES:
                raise InvalidPayload(
                    f'Environment variable {what} "{told}" exceeds the maximum allowed length of {MAX_VARIABLE_BYTES}.'
                )
    return pairs
