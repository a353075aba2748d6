"""What messages may take differs by the subnet's kind and configuration; it is paid ahead."""

import pytest

from local_replica.config import ReplicaConfig, SubnetConfig, SubnetKind
from local_replica.execution.port import Entry
from local_replica.ingress import Refused
from local_replica.instruction_limits import BENCHMARKING, InstructionLimits, limits_of
from support.replicas import created, install, new_replica, query, update
from support.small_modules import COUNTER


@pytest.mark.parametrize(
    ("kind", "benchmarking", "update_limit", "query_limit", "install_limit"),
    [
        (SubnetKind.APPLICATION, False, None, None, None),
        (SubnetKind.NNS, False, 50_000_000_000, 50_000_000_000, 1_000_000_000_000),
        (SubnetKind.APPLICATION, True, BENCHMARKING, None, None),
        (SubnetKind.SYSTEM, True, BENCHMARKING, 50_000_000_000, 1_000_000_000_000),
    ],
)
def test_limits_follow_kind_and_configuration(
    kind: SubnetKind,
    benchmarking: bool,
    update_limit: int | None,
    query_limit: int | None,
    install_limit: int | None,
) -> None:
    limits = limits_of(SubnetConfig(kind, benchmarking=benchmarking))
    assert limits == InstructionLimits(update_limit, query_limit, install_limit, limits.call_graph)
    assert limits.of(Entry.UPDATE) == limits.of(Entry.HEARTBEAT) == update_limit
    assert limits.of(Entry.REPLICATED_QUERY) == query_limit
    assert (limits.call_graph == BENCHMARKING) == benchmarking


def test_a_benchmarking_subnet_asks_for_what_a_message_may_take() -> None:
    replica = new_replica(ReplicaConfig(subnets=(SubnetConfig(benchmarking=True),)))
    poor, rich = created(replica, 99 * 10**12), created(replica, 101 * 10**12)
    for canister in (poor, rich):
        install(replica, canister, COUNTER)
        query(replica, canister, "get")
    with pytest.raises(Refused, match="out of cycles"):
        update(replica, poor, "inc")
    update(replica, rich, "inc")
