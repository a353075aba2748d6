"""Ranges never overlap, and every id is found in the one that holds it."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vex_domain.id_ranges import LONGEST_LEASE, RoutingTable, check_lease, sequence_key
from vex_domain.refusals import LeaseRefused, Moved, NotFound

SPANS = st.lists(st.tuples(st.integers(1, 400), st.integers(1, 40)), max_size=30)


@given(SPANS, st.integers(0, 450))
def test_a_table_agrees_with_a_slow_search(spans: list[tuple[int, int]], wanted: int) -> None:
    table = RoutingTable()
    kept: list[tuple[int, int, int]] = []
    for shard, (start, length) in enumerate(spans):
        if any(start < end and begin < start + length for begin, end, _ in kept):
            with pytest.raises(LeaseRefused):
                table.add(start, length, shard)
        else:
            table.add(start, length, shard)
            kept.append((start, start + length, shard))
    assert [(part.start, part.end, part.shard) for part in table] == sorted(kept)
    holder = [shard for begin, end, shard in kept if begin <= wanted < end]
    if holder:
        assert table.find(wanted).shard == holder[0]
    else:
        with pytest.raises(NotFound):
            table.find(wanted)


def test_an_old_copy_is_told_the_epoch() -> None:
    table = RoutingTable()
    table.epoch = 3
    table.check_epoch(None)
    table.check_epoch(3)
    with pytest.raises(Moved):
        table.check_epoch(2)


@pytest.mark.parametrize(
    ("start", "length", "capacity"),
    [(0, 16, 8), (16, 12, 8), (16, 2 * LONGEST_LEASE, 8), (16, 16, 0), (16, 16, 17), (2**48, 16, 8)],
)
def test_a_lease_that_does_not_fit_is_refused(start: int, length: int, capacity: int) -> None:
    with pytest.raises(LeaseRefused):
        check_lease(start, length, capacity)


@given(
    st.tuples(st.integers(1, 2**40), st.integers(0, 65_535)), st.tuples(st.integers(1, 2**40), st.integers(0, 65_535))
)
def test_keys_of_parts_order_by_ticket_then_number(left: tuple[int, int], right: tuple[int, int]) -> None:
    assert (sequence_key(*left) < sequence_key(*right)) == (left < right)
