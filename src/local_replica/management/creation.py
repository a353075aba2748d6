"""Creating canisters and giving them cycles."""

from typing import Any

from local_replica import topology
from local_replica.canister import Canister, CanisterRecord, Settings
from local_replica.management import settings as canister_settings
from local_replica.management.rejections import AlreadyInstalled, InvalidPayload, NotHostedHere
from local_replica.management.request import ManagementCall
from local_replica.management.resource_rejections import CreationUnpaid
from local_replica.printing import text
from local_replica.request_id import hash_of_map

DEFAULT_PROVISIONAL_CYCLES = 100_000_000_000_000
MAX_BALANCE = 2**128 - 1


def create(call: ManagementCall) -> dict[str, object]:
    """`create_canister`: the attached cycles less the fee are the balance."""
    _check_form(call)
    fee = call.subnet.fees.create_canister()
    if call.cycles < fee:
        raise CreationUnpaid(fee, call.cycles)
    canister = _new(call, call.subnet.allocate_id, call.cycles - fee)
    call.cycles = 0
    return {"canister_id": canister.canister_id}


def create_provisionally(call: ManagementCall) -> dict[str, object]:
    """`provisional_create_canister_with_cycles`: cycles from nowhere, and on request an id of the mainnet."""
    _check_form(call)
    wanted = call.argument["amount"]
    cycles = DEFAULT_PROVISIONAL_CYCLES if wanted is None else min(wanted, MAX_BALANCE)
    specified = call.argument["specified_id"]
    if specified is None:
        canister = _new(call, call.subnet.allocate_id, cycles)
    else:
        canister = _new(call, lambda: _checked_id(call, specified), cycles)
    return {"canister_id": canister.canister_id}


def _check_form(call: ManagementCall) -> None:
    if call.argument["settings"] is not None:
        canister_settings.check_form(call.argument["settings"])


def _checked_id(call: ManagementCall, canister_id: bytes) -> bytes:
    """The id that a new canister is to have. Raises Rejection."""
    if topology.is_test_id(canister_id):
        raise InvalidPayload(
            f"The `specified_id` {text(canister_id)} is invalid because it belongs to the canister allocation "
            "ranges of "
            "the test environment.\nUse a `specified_id` that matches a canister ID on the ICP mainnet and a test "
            "environment that supports canister creation with `specified_id` (e.g., PocketIC)."
        )
    if canister_id in call.subnet.canisters:
        raise AlreadyInstalled(canister_id)
    if not call.subnet.hosts(canister_id):
        raise NotHostedHere(canister_id, call.subnet.subnet_id)
    return canister_id


def _new(call: ManagementCall, allocate: Any, cycles: int) -> Canister:
    given = call.argument["settings"]
    controllers: tuple[bytes, ...] = (call.sender,)
    validated = canister_settings.Validated(Settings(), 0)
    if given is not None:
        validated = canister_settings.validate(call.subnet, validated.settings, given, None, cycles)
        if given["controllers"] is not None:
            controllers = canister_settings.unique_controllers(given["controllers"])
    record = CanisterRecord(
        canister_id=allocate(),
        subnet_id=call.subnet.subnet_id,
        controllers=controllers,
        balance=cycles - validated.reservation,
        reserved=validated.reservation,
        settings=validated.settings,
        charged_until_ns=call.now_ns,
    )
    canister = Canister(record)
    call.subnet.add(canister)
    variables = None
    if given is not None and given["environment_variables"] is not None:
        variables = hash_of_map(dict(record.settings.environment_variables))
    details = {"creation": {"controllers": list(controllers), "environment_variables_hash": variables}}
    call.record_change(canister, details, len(controllers))
    return canister


def top_up(call: ManagementCall) -> None:
    """`provisional_top_up_canister`."""
    canister = call.target()
    canister.record.balance = min(MAX_BALANCE, canister.record.balance + call.argument["amount"])


def deposit(call: ManagementCall) -> None:
    """`deposit_cycles`: anybody may."""
    canister = call.target()
    canister.record.balance += call.cycles
    call.cycles = 0
