"""What a canister's call of the management canister must pass before it leaves the canister.

Such a call names the version of its sender, and its argument tells the subnet that it goes to: one that names another
version, or that leads nowhere, is answered at once (`SystemStateModifications::apply_changes` of the replica).
"""

from local_replica.config import SubnetKind
from local_replica.management.interface import METHODS, Undecodable, decode_argument
from local_replica.management.rejections import BadPayload, ContractViolation, NotRouted, UnknownMethod
from local_replica.printing import text
from local_replica.rejections import Rejection
from local_replica.subnet import Subnet

UNREAD = {"create_canister", "http_request", "provisional_create_canister_with_cycles", "raw_rand"}
"""Methods whose argument is not read to find the subnet that they concern."""
BITCOIN_INTERNAL = {"bitcoin_get_successors", "bitcoin_send_transaction_internal"}
"""Methods for the Bitcoin canisters alone, which do not run here."""
VERSIONED = {
    "create_canister",
    "install_chunked_code",
    "install_code",
    "load_canister_snapshot",
    "provisional_create_canister_with_cycles",
    "rename_canister",
    "uninstall_code",
    "update_settings",
}
"""Methods whose argument may name the version of the calling canister."""
_AS_DEPOSIT = {"canister_status", "delete_canister", "deposit_cycles", "start_canister", "stop_canister"}
"""Methods that the replica routes by one name."""


def check(subnet: Subnet, receiver: bytes, method: str, arg: bytes, version: int) -> None:
    """Raises the Rejection of a call, to `receiver` by a canister that was at `version` when it called."""
    if method in BITCOIN_INTERNAL:
        return
    if method not in METHODS:
        raise UnknownMethod(method)
    if method in VERSIONED:
        _check_version(method, arg, version)
    if receiver:
        _check_root(subnet, receiver, method)
    elif method not in UNREAD:
        _check_target(subnet, method, arg)


def _check_version(method: str, arg: bytes, version: int) -> None:
    try:
        told = decode_argument(method, arg).get("sender_canister_version")
    except Undecodable as error:
        raise _numbered(BadPayload(str(error))) from None
    if told is not None and told != version:
        raise _numbered(
            ContractViolation(
                f"Management canister call payload includes sender canister version {told} that does not match the "
                f"actual sender canister version {version}."
            )
        )


def _numbered(rejection: Rejection) -> Rejection:
    rejection.numbered = True
    return rejection


def _check_root(subnet: Subnet, receiver: bytes, method: str) -> None:
    """Only canisters of the root subnet may name a subnet themselves."""
    if subnet is not root_of(subnet):
        raise NotRouted(method, f"AlreadyResolved({text(receiver)})")


def root_of(subnet: Subnet) -> Subnet:
    """The network's root: its NNS, or its first subnet."""
    subnets = subnet.network.subnets.values()
    return next((one for one in subnets if one.kind is SubnetKind.NNS), next(iter(subnets)))


def _check_target(subnet: Subnet, method: str, arg: bytes) -> None:
    try:
        argument = decode_argument(method, arg)
    except Undecodable as error:
        raise NotRouted.undecodable(method, str(error)) from None
    target = argument.get("canister_id") if "key_id" not in argument else None
    target = target if target is not None else argument.get("target_canister")
    if target is not None and subnet.network.subnet_of(target) is None:
        routed = "deposit_cycles" if method in _AS_DEPOSIT else method
        name = "".join(word.capitalize() for word in routed.split("_"))
        raise NotRouted(method, f"SubnetNotFound(CanisterId({text(target)}), {name})")
