"""Management calls from outside: which are taken, which canister they concern, who pays."""

from local_replica import topology
from local_replica.canister import Canister
from local_replica.config import SubnetKind
from local_replica.cycles import balance
from local_replica.ingress import BadIngress, Ingress
from local_replica.management.interface import CANISTER_ID_RECORD, METHODS, Undecodable, decode_argument, decode_as
from local_replica.management.rejections import (
    BadIngressPayload,
    NotAControllerAtIngress,
    NotByIngress,
    OnlyCanisters,
    UnknownIngressMethod,
)
from local_replica.messages import Call, FromIngress
from local_replica.printing import text
from local_replica.rejections import OutOfCycles
from local_replica.subnet import Subnet

CREATION = "provisional_create_canister_with_cycles"
PROVISIONAL = {CREATION, "provisional_top_up_canister"}
_ONLY_CANISTERS = {"canister_info", "canister_metadata", "rename_canister"}
_NEVER_BY_INGRESS = {
    "bitcoin_get_balance",
    "bitcoin_get_block_headers",
    "bitcoin_get_current_fee_percentiles",
    "bitcoin_get_successors",
    "bitcoin_get_utxos",
    "bitcoin_send_transaction",
    "bitcoin_send_transaction_internal",
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
_TARGET_ONLY = {"uninstall_code"}
"""Methods of which the ingress filter reads nothing but the canister."""
SMALL_UPDATE_SETTINGS_BYTES = 267
"""An `update_settings` of at most so many bytes is paid after its execution, so that it can thaw a canister."""


def accept(subnet: Subnet, message: Ingress, size_bytes: int) -> None:
    """The ingress filter for the management canister. Raises Rejection or BadIngress."""
    method = message.method
    if method in _NEVER_BY_INGRESS:
        raise NotByIngress(method)
    if method not in METHODS:
        raise UnknownIngressMethod(method)
    if method in PROVISIONAL:
        return
    canister = subnet.running(target_of(method, message.arg))
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
    missing = subnet.fees.ingress(size_bytes) + balance.freezing_limit(subnet.fees, canister) - canister.balance
    if missing > 0:
        raise OutOfCycles(canister.canister_id, missing, hidden=message.sender not in canister.controllers)


def _is_delayed(method: str, arg: bytes) -> bool:
    return method == "update_settings" and len(arg) <= SMALL_UPDATE_SETTINGS_BYTES


def target_of(method: str, arg: bytes) -> bytes:
    """The canister that a management message concerns (empty: none). Raises BadIngressPayload."""
    try:
        argument = decode_argument(method, arg)
    except Undecodable as error:
        told = Undecodable.of(arg, CANISTER_ID_RECORD) if method in _TARGET_ONLY else error
        raise BadIngressPayload(method, str(told)) from None
    named: bytes = argument.get("canister_id") or argument.get("target_canister") or b""
    return named


def destination_of(method: str, arg: bytes) -> bytes:
    """The canister whose subnet a message from outside without effective id goes to (empty: any).

    Raises BadIngress when the argument names none where it must.
    """
    if method != CREATION:
        try:
            named: bytes = decode_as(CANISTER_ID_RECORD, arg)["canister_id"]
        except Undecodable as error:
            raise BadIngress(error.told_by_server) from None
        return named
    return _specified_id(method, arg)


def _specified_id(method: str, arg: bytes) -> bytes:
    try:
        return decode_argument(method, arg)["specified_id"] or b""
    except Undecodable as error:
        raise BadIngress(error.told_by_server) from None


def creates(canister_id: bytes, method: str) -> bool:
    """Whether a call from outside is `provisional_create_canister_with_cycles` (no canister id: the management's)."""
    return not canister_id and method == CREATION


def is_subnet_makable(canister_id: bytes) -> bool:
    """Whether PocketIC makes the mainnet's subnet of an id when a canister is created there."""
    has_own_kind = topology.mainnet_kind(canister_id) in {SubnetKind.NNS, SubnetKind.II}
    return not has_own_kind and topology.mainnet_range(canister_id) is not None


def unhosted(canister_id: bytes) -> BadIngress:
    """The answer to the creation of a canister with, or beside, an id for which no subnet can be made."""
    if len(canister_id) != topology.ID_BYTES:
        return BadIngress(
            f"The binary representation {canister_id.hex()} of effective canister ID {text(canister_id)} should "
            "consist of 10 bytes."
        )
    if topology.mainnet_kind(canister_id) in {SubnetKind.NNS, SubnetKind.II}:
        return BadIngress(
            f"The effective canister ID {text(canister_id)} belongs to the NNS or II subnet on the IC mainnet for "
            "which "
            "PocketIC provides a `SubnetKind`: please set up your PocketIC instance with a subnet of that `SubnetKind`."
        )
    return BadIngress(
        f"The effective canister ID {text(canister_id)} does not belong to an existing subnet and it is not a mainnet "
        "canister ID."
    )


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
    cost = subnet.fees.ingress(len(call.method.encode()) + len(call.arg))
    if canister.balance - cost >= balance.freezing_limit(subnet.fees, canister):
        canister.record.balance -= cost
