"""What the management canister tells of the subnet and of other networks."""

from typing import NoReturn

from local_replica.management.request import ManagementCall
from local_replica.rejections import Rejection, text

REPLICA_VERSION = "0.9.0"
"""What PocketIC 10 says that it runs."""
REGISTRY_VERSION = 1


def subnet_info(call: ManagementCall) -> dict[str, object]:
    """`subnet_info`, of this subnet."""
    _check_subnet(call)
    return {"replica_version": REPLICA_VERSION, "registry_version": REGISTRY_VERSION}


def metrics_history(call: ManagementCall) -> list[dict[str, object]]:
    """`node_metrics_history`: no node of a local replica proposes blocks, so nothing has been counted."""
    _check_subnet(call)
    return []


def _check_subnet(call: ManagementCall) -> None:
    named, own = call.argument["subnet_id"], call.subnet.subnet_id
    if named != own:
        raise Rejection(f"Provided target subnet ID {text(named)} does not match current subnet ID {text(own)}.")


def bitcoin(_: ManagementCall) -> NoReturn:
    """`bitcoin_…`: no Bitcoin canister runs here."""
    raise Rejection("No bitcoin canisters available.")
