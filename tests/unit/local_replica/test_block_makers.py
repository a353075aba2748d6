"""Blocks are counted by the node that made them and by those that failed to; days that are over are told."""

from collections.abc import Iterable
from typing import Any

from candid import compile_decoder
from local_replica.block_makers import DAY_NS, DAYS_KEPT, UNNAMED, BlockHistory, BlockMaker, NodeTotals
from local_replica.management import interface
from local_replica.replica import Replica
from support.replicas import call_through, encoded, installed, new_replica
from support.small_modules import PROXY

ONE, OTHER = b"\1" * 29, b"\2" * 29


def told(history: BlockHistory, time_ns: int = 0) -> Iterable[dict[bytes, NodeTotals]]:
    return [totals for _, totals in history.since(time_ns)]


def asked(replica: Replica, proxy: bytes, start_ns: int = 0) -> list[dict[str, Any]]:
    subnet_id = replica.subnet_of(proxy)
    arg = encoded("node_metrics_history", {"subnet_id": subnet_id, "start_at_timestamp_nanos": start_ns})
    content = call_through(replica, proxy, "node_metrics_history", arg).content
    results = interface.METHODS["node_metrics_history"].results
    days: list[dict[str, Any]] = compile_decoder(results, interface.ENV, values=interface.RawValues())(content)[0]
    return days


def test_a_canister_hears_of_days_that_are_over() -> None:
    replica = new_replica()
    proxy = installed(replica, PROXY)
    subnet = replica.subnets[replica.subnet_of(proxy) or b""]
    for _ in range(5):
        subnet.block_maker = BlockMaker(ONE, (OTHER,))
        replica.run_round()
    ended_ns = replica.time_ns
    assert asked(replica, proxy) == []
    replica.set_time(replica.time_ns + DAY_NS)
    (day,) = asked(replica, proxy)
    assert ended_ns <= day["timestamp_nanos"] < ended_ns + DAY_NS
    unnamed, one, other = day["node_metrics"]
    assert unnamed["node_id"] == UNNAMED
    assert one == {"node_id": ONE, "num_blocks_proposed_total": 5, "num_block_failures_total": 0}
    assert other == {"node_id": OTHER, "num_blocks_proposed_total": 0, "num_block_failures_total": 5}
    assert asked(replica, proxy, day["timestamp_nanos"] + 1) == []


def test_totals_go_on_and_nodes_that_did_nothing_for_a_day_are_left_out() -> None:
    history = BlockHistory()
    for day, maker in enumerate((ONE, ONE, OTHER, OTHER, OTHER)):
        history.count(day * DAY_NS, BlockMaker(maker))
    one, two = NodeTotals(1), NodeTotals(2)
    assert told(history) == [{ONE: one}, {ONE: two}, {OTHER: one}, {OTHER: two}]
    assert told(history, 2 * DAY_NS) == [{OTHER: one}, {OTHER: two}]


def test_sixty_days_are_kept_with_the_present_one() -> None:
    history = BlockHistory()
    for day in range(100):
        history.count(day * DAY_NS, BlockMaker(ONE))
    assert len(history.days) == DAYS_KEPT
    assert min(history.days) == 40 * DAY_NS
