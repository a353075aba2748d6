"""Whether a message from outside is taken, who pays for it, and how it gets in."""

import struct

from local_replica.canister import Canister, Status
from local_replica.cycles import balance
from local_replica.entry_request import request_of
from local_replica.execution.port import Entry
from local_replica.ingress import BadIngress, Ingress, IngressState, IngressStatus
from local_replica.management import ingress as management_ingress
from local_replica.messages import Call, FromIngress
from local_replica.printing import text
from local_replica.rejections import (
    CanisterStopped,
    CanisterStopping,
    CompositeQueryInReplicatedMode,
    ExecutionFailed,
    NoModuleAtIngress,
    OutOfCycles,
    RejectedByInspection,
    Rejection,
)
from local_replica.request_id import hash_of_map
from local_replica.subnet import Subnet

FIVE_MINUTES_NS = 300_000_000_000
_ENVELOPE_BYTES = 106
"""CBOR of PocketIC's envelope without the variable parts' contents."""


def envelope_bytes(message: Ingress) -> int:
    """Length of the envelope that PocketIC's server makes of a message (an 8-byte nonce, no signature)."""
    if message.size_bytes is not None:
        return message.size_bytes
    texts = _cbor_bytes(len(message.method.encode())) + _cbor_bytes(len(message.arg))
    return _ENVELOPE_BYTES + texts + _cbor_bytes(len(message.sender)) + _cbor_bytes(len(message.canister_id))


def _cbor_bytes(length: int) -> int:
    for limit, header in ((24, 1), (256, 2), (65_536, 3)):
        if length < limit:
            return length + header
    return length + 5


def derived_id(message: Ingress, number: int, now_ns: int) -> bytes:
    """The request id that PocketIC's server gives a message: expiring in five minutes, its number as nonce."""
    return hash_of_map(
        {
            "request_type": "call",
            "canister_id": message.canister_id,
            "method_name": message.method,
            "arg": message.arg,
            "sender": message.sender,
            "ingress_expiry": now_ns + FIVE_MINUTES_NS,
            "nonce": struct.pack("<Q", number),
        }
    )


def check_size(message: Ingress, message_id: bytes, limit: int) -> None:
    """Raises BadIngress for a message beyond the limit."""
    size = envelope_bytes(message) + len(message_id)
    if size > limit:
        raise BadIngress(
            f"Request 0x{message_id.hex()} is too large. Message byte size {size} is larger than the max allowed "
            f"{limit}."
        )


def check_expiry(message: Ingress, now_ns: int) -> None:
    """Raises BadIngress for a message that expired on its way to a block: its answer may be known no more."""
    if message.expiry_ns is not None and message.expiry_ns < now_ns:
        raise BadIngress("Invalid request expiry: the request expired before a block could take it in.")


def not_hosted(canister_id: bytes) -> BadIngress:
    """The answer to a message for a canister that no subnet hosts."""
    return BadIngress(f"Canister {text(canister_id)} does not belong to any subnet.")


def accept(subnet: Subnet, message: Ingress) -> None:
    """The ingress filter (interface specification, "Request: Call"). Raises Rejection."""
    if message.canister_id == b"":
        management_ingress.accept(subnet, message, envelope_bytes(message))
        return
    canister = subnet.running(message.canister_id)
    check_cycles(subnet, canister, envelope_bytes(message), message.sender)
    check_running(canister)
    _check_method(canister, message.method)
    _inspect(subnet, canister, message)


def check_cycles(subnet: Subnet, canister: Canister, size_bytes: int, sender: bytes) -> None:
    """Raises OutOfCycles when the canister can't pay the reception."""
    if subnet.kind.is_free:
        return
    missing = subnet.fees.ingress(size_bytes) + balance.freezing_limit(subnet.fees, canister) - canister.balance
    if missing > 0:
        raise OutOfCycles(canister.canister_id, missing, hidden=sender not in canister.controllers)


def check_running(canister: Canister) -> None:
    """Raises CanisterStopped or CanisterStopping."""
    if canister.record.status is Status.STOPPED:
        raise CanisterStopped(canister.canister_id)
    if canister.record.status is Status.STOPPING:
        raise CanisterStopping(canister.canister_id)


def _check_method(canister: Canister, method: str) -> None:
    if canister.instance is None:
        raise NoModuleAtIngress
    replicated = f"canister_update {method}" in canister.exports or f"canister_query {method}" in canister.exports
    if not replicated and f"canister_composite_query {method}" in canister.exports:
        raise CompositeQueryInReplicatedMode


def _inspect(subnet: Subnet, canister: Canister, message: Ingress) -> None:
    instance = canister.instance
    if instance is None or "canister_inspect_message" not in canister.exports:
        return
    record = canister.record
    request = request_of(subnet, canister, Entry.INSPECT, subnet.network.clock.time_ns)
    request.caller, request.method, request.arg = message.sender, message.method, message.arg
    outcome = instance.execute(request)
    if outcome.error is not None:
        raise ExecutionFailed(record.canister_id, outcome.error, backtrace=message.sender in record.controllers)
    instance.rollback()
    if not outcome.accepted_message:
        raise RejectedByInspection(record.canister_id)


def submit(subnet: Subnet, message: Ingress, message_id: bytes) -> None:
    """Keep an accepted message for the next round."""
    clock = subnet.network.clock
    expiry = message.expiry_ns if message.expiry_ns is not None else clock.time_ns + FIVE_MINUTES_NS
    subnet.network.history.put(
        message_id,
        IngressStatus(IngressState.RECEIVED, message.sender, message.canister_id, subnet.subnet_id, expiry),
    )
    payment = 0 if subnet.kind.is_free else subnet.fees.ingress(envelope_bytes(message))
    subnet.state.submitted.append(
        Call(FromIngress(message_id), message.sender, message.canister_id, message.method, message.arg, payment)
    )


def induct(subnet: Subnet, call: Call) -> None:
    """Charge a message's reception (`call.cycles`) and hand it to its canister, or answer it when that fails."""
    payment, call.cycles = call.cycles, 0
    origin = call.origin
    if isinstance(origin, FromIngress):
        former = subnet.network.history.statuses[origin.message_id]
        subnet.network.history.put(
            origin.message_id,
            IngressStatus(
                IngressState.PROCESSING, former.sender, former.canister_id, former.subnet_id, former.expiry_ns
            ),
        )
    try:
        _pay(subnet, call, payment)
    except Rejection as rejection:
        subnet.answer(origin, call.receiver, rejection, 0)
        return
    if call.receiver == b"":
        subnet.management.append(call)
    else:
        subnet.deliver(call)


def _pay(subnet: Subnet, call: Call, payment: int) -> None:
    payer = subnet.running(call.receiver) if call.receiver else management_ingress.payer(subnet, call)
    if payer is None:
        return
    payer.record.balance -= min(payment, payer.record.balance)
    subnet.changed.add(payer.canister_id)
