"""Management calls from outside: which are taken, which canister they concern, who pays."""

import candid
from candid import CandidError
from candid.types import PRINCIPAL, Field, Record
from local_replica import topology
from local_replica.canister import Canister
from local_replica.cycles import balance, costs
from local_replica.ingress import BadIngress, Ingress
from local_replica.management.interface import METHODS, PARSER_ERROR, RawValues, decode_argument, decode_header
from local_replica.management.rejections import (
    BadIngressPayload,
    NotAControllerAtIngress,
    NotByIngress,
    OnlyCanisters,
    UnknownIngressMethod,
)
from local_replica.messages import Call, FromIngress
from local_replica.rejections import OutOfCycles, text
from local_replica.subnet import Subnet

PROVISIONAL = {"provisional_create_canister_with_cycles", "provisional_top_up_canister"}
_ONLY_CANISTERS = {"canister_info", "canister_metadata"}
_NEVER_BY_INGRESS = {
    "bitcoin_get_balance",
    "bitcoin_get_utxos",
    "bitcoin_send_transaction",
    "create_canister",
    "deposit_cycles",
    "ecdsa_public_key",
    "fetch_canister_logs",
    "http_request",
    "node_metrics_history",
    "raw_rand",
    "reshare_chain_key",
    "schnorr_public_key",
    "setup_initial_dkg",
    "sign_with_ecdsa",
    "sign_with_schnorr",
    "subnet_info",
    "vetkd_derive_key",
    "vetkd_public_key",
}
_SELF_SERVICE = {"canister_status", "upload_chunk", "stored_chunks", "clear_chunk_store"}
_TARGET = candid.compile_decoder([Record((Field("canister_id", PRINCIPAL),))], {}, values=RawValues())
SMALL_UPDATE_SETTINGS_BYTES = 267
"""An `update_settings` of at most so many bytes is paid after its execution, so that it can thaw a canister."""


def accept(subnet: Subnet, message: Ingress, size_bytes: int) -> None:
    """The ingress filter for the management canister. Raises Rejection or BadIngress."""
    method = message.method
    if method in _NEVER_BY_INGRESS:
        raise NotByIngress(method)
    if method not in METHODS:
        raise UnknownIngressMethod(method)
    canister_id = target_of(message.method, message.arg, at_ingress=True)
    if method in PROVISIONAL:
        return
    canister = subnet.running(canister_id)
    _check_cycles(subnet, canister, message, size_bytes)
    if method in _ONLY_CANISTERS:
        raise OnlyCanisters(method)
    if message.sender not in canister.controllers and not (
        method in _SELF_SERVICE and message.sender == canister.canister_id
    ):
        raise NotAControllerAtIngress(canister.canister_id, method)


def _check_cycles(subnet: Subnet, canister: Canister, message: Ingress, size_bytes: int) -> None:
    if subnet.kind.is_free or _is_delayed(message.method, message.arg):
        return
    missing = costs.ingress(size_bytes) + balance.freezing_limit(canister) - canister.balance
    if missing > 0:
        raise OutOfCycles(canister.canister_id, missing, hidden=message.sender not in canister.controllers)


def _is_delayed(method: str, arg: bytes) -> bool:
    return method == "update_settings" and len(arg) <= SMALL_UPDATE_SETTINGS_BYTES


def target_of(method: str, arg: bytes, *, at_ingress: bool = False) -> bytes:
    """The canister that a management call concerns (empty: none). Raises BadIngress or BadIngressPayload."""
    try:
        argument = decode_argument(method, arg)
    except CandidError as error:
        if method in PROVISIONAL or not at_ingress:
            raise _undecodable(error) from None
        raise BadIngressPayload(method, str(error)) from None
    named: bytes = argument.get("canister_id") or argument.get("target_canister") or b""
    return named


def _undecodable(error: CandidError) -> BadIngress:
    """An argument that does not decode, as PocketIC's server words it."""
    chained = str(error).replace(f": {PARSER_ERROR}", f"\n\nCaused by:\n    {PARSER_ERROR}")
    return BadIngress(f"Error decoding candid: Custom({chained})")


def destination_of(method: str, arg: bytes) -> bytes:
    """The canister whose subnet a message from outside without effective id goes to (empty: any).

    Raises BadIngress when the argument names none where it must.
    """
    if method != "provisional_create_canister_with_cycles":
        try:
            decode_header(arg)
            named: bytes = _TARGET(arg)[0]["canister_id"]
        except CandidError as error:
            raise _undecodable(error) from None
        return named
    specified = _specified_id(method, arg)
    if specified and len(specified) != 10:
        raise BadIngress(
            f"The binary representation {specified.hex()} of effective canister ID {text(specified)} should consist of "
            "10 bytes."
        )
    return b"" if topology.is_test_id(specified) else specified


def _specified_id(method: str, arg: bytes) -> bytes:
    try:
        return decode_argument(method, arg)["specified_id"] or b""
    except CandidError as error:
        raise _undecodable(error) from None


def unhosted(canister_id: bytes) -> BadIngress:
    """The answer to a management message for a canister that no subnet hosts."""
    number = int.from_bytes(canister_id[:8], "big")
    if number <= 0xFFFFF:
        return BadIngress(
            f"The effective canister ID {text(canister_id)} belongs to the NNS or II subnet on the IC mainnet for "
            "which "
            "PocketIC provides a `SubnetKind`: please set up your PocketIC instance with a subnet of that `SubnetKind`."
        )
    return BadIngress(f"Canister {text(canister_id)} does not belong to any subnet.")


def payer(subnet: Subnet, call: Call) -> Canister | None:
    """Who pays the reception of a management message: the canister that it concerns."""
    if call.method in PROVISIONAL or call.method not in METHODS or _is_delayed(call.method, call.arg):
        return None
    return subnet.running(target_of(call.method, call.arg))


def pay_late(subnet: Subnet, call: Call) -> None:
    """The reception of a small `update_settings`, by its content only, unless the new settings freeze the canister."""
    if subnet.kind.is_free or not isinstance(call.origin, FromIngress) or not _is_delayed(call.method, call.arg):
        return
    canister = subnet.canisters.get(target_of(call.method, call.arg))
    if canister is None:
        return
    cost = costs.ingress(len(call.method.encode()) + len(call.arg))
    if canister.balance - cost >= balance.freezing_limit(canister):
        canister.record.balance -= cost
