"""What the management canister tells of the subnet and of other networks."""

from collections.abc import Iterable
from typing import NoReturn

from local_replica.block_makers import NodeTotals
from local_replica.management.request import ManagementCall
from local_replica.printing import text
from local_replica.rejections import Rejection

REPLICA_VERSION = "0.9.0"
"""What PocketIC 10 says that it runs."""
REGISTRY_VERSION = 1


def subnet_info(call: ManagementCall) -> dict[str, object]:
    """`subnet_info`, of this subnet."""
    _check_subnet(call)
    return {"replica_version": REPLICA_VERSION, "registry_version": REGISTRY_VERSION}


def metrics_history(call: ManagementCall) -> list[dict[str, object]]:
    """`node_metrics_history`: blocks by node at the end of each day that is over."""
    _check_subnet(call)
    return [
        {
            "timestamp_nanos": ended_ns,
            "node_metrics": [_told(node_id, totals[node_id]) for node_id in _in_order(totals)],
        }
        for ended_ns, totals in call.subnet.state.blocks.since(call.argument["start_at_timestamp_nanos"])
    ]


def _in_order(node_ids: Iterable[bytes]) -> list[bytes]:
    """As the replica orders principals: shorter ones first."""
    return sorted(node_ids, key=lambda node_id: (len(node_id), node_id))


def _told(node_id: bytes, totals: NodeTotals) -> dict[str, object]:
    return {
        "node_id": node_id,
        "num_blocks_proposed_total": totals.proposed,
        "num_block_failures_total": totals.failed,
    }


def _check_subnet(call: ManagementCall) -> None:
    named, own = call.argument["subnet_id"], call.subnet.subnet_id
    if named != own:
        raise Rejection(f"Provided target subnet ID {text(named)} does not match current subnet ID {text(own)}.")


def bitcoin(_: ManagementCall) -> NoReturn:
    """`bitcoin_…`: no Bitcoin canister runs here."""
    raise Rejection("No bitcoin canisters available.")
