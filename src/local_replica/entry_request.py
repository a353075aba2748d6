"""What an entry point is told of its canister, subnet and network, whatever the entry point is."""

from local_replica.canister import Canister
from local_replica.cycles import balance
from local_replica.cycles.costs import PublishedCosts
from local_replica.execution.port import Entry, Request
from local_replica.subnet import Subnet


def request_of(subnet: Subnet, canister: Canister, entry: Entry, now_ns: int) -> Request:
    """A request to run `entry` of a canister as it stands; who asks for what, limits and callbacks are the caller's."""
    record = canister.record
    return Request(
        entry=entry,
        canister_id=record.canister_id,
        time=now_ns,
        balance=record.balance,
        controllers=record.controllers,
        canister_version=record.version,
        status=int(record.status),
        environment_variables=record.settings.environment_variables,
        subnet_id=subnet.subnet_id,
        freezing_limit=balance.freezing_limit(subnet.fees, canister),
        costs=PublishedCosts(subnet.fees, canister.is_64),
        root_key=subnet.network.config.root_key,
    )
