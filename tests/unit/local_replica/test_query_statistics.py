"""Queries are counted by the nodes for an epoch of 60 rounds, and told by `canister_status` two epochs later."""

import pytest

from local_replica.query_statistics import EPOCH_ROUNDS, QueryStatistics, QueryTotals
from local_replica.replica import Replica
from support.replicas import installed, manage, new_replica, query
from support.small_modules import COUNTER

NODES = 13
CANISTER = b"\1" * 10


@pytest.fixture
def replica() -> Replica:
    return new_replica()


def told(replica: Replica, canister: bytes) -> QueryTotals:
    stats = manage(replica, "canister_status", canister_id=canister)["query_stats"]
    return QueryTotals(*stats.values())


def epoch_of_queries(replica: Replica, canister: bytes, number: int) -> None:
    for _ in range(number):
        query(replica, canister, "get", b"8 bytes.")
    for _ in range(EPOCH_ROUNDS):
        replica.run_round()


def test_an_epoch_is_told_when_enough_nodes_have_told_of_the_next(replica: Replica) -> None:
    canister = installed(replica, COUNTER)
    epoch_of_queries(replica, canister, NODES)
    epoch_of_queries(replica, canister, NODES)
    assert told(replica, canister) == QueryTotals()
    epoch_of_queries(replica, canister, NODES)
    epoch_of_queries(replica, canister, NODES)
    totals = told(replica, canister)
    replied = len(query(replica, canister, "get"))
    assert (totals.calls, totals.request_bytes, totals.response_bytes) == (26, 26 * 8, 26 * replied)
    assert totals.instructions > 0


def test_parts_of_nodes_are_whole_numbers(replica: Replica) -> None:
    canister = installed(replica, COUNTER)
    for number in (NODES + 5, NODES - 1, 1, 1):
        epoch_of_queries(replica, canister, number)
    assert told(replica, canister).calls == NODES


def test_a_part_is_told_with_each_block_and_two_thirds_settle() -> None:
    statistics = QueryStatistics(NODES)
    for height in (1, 60):
        statistics.count(height, CANISTER, QueryTotals(calls=NODES))
    assert not any(statistics.tell() for _ in range(NODES))
    statistics.count(120, CANISTER, QueryTotals(calls=1))
    settled = [statistics.tell() for _ in range(NODES)]
    assert settled[8] == {CANISTER: QueryTotals(calls=NODES)}
    assert [one for one in settled if one] == [settled[8]]


def test_a_snapshot_forgets_what_is_not_agreed_on(replica: Replica) -> None:
    canister = installed(replica, COUNTER)
    snapshot = replica.snapshot()
    epoch_of_queries(replica, canister, NODES)
    replica.restore(snapshot)
    for _ in range(3):
        epoch_of_queries(replica, canister, 1)
    assert told(replica, canister).calls == 0
