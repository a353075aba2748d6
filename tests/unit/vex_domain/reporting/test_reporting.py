"""Figures kept while tickets live are those that a scan of their whole history finds."""

from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vex_domain.reporting import tallies
from vex_domain.reporting.backlog import Backlog, by_age
from vex_domain.reporting.day_tally import DayTally
from vex_domain.reporting.histograms import LONGEST, bounds, bucket_of, quantile
from vex_domain.reporting.tallies import entries, from_bytes, merged, of_metric, to_bytes
from vex_domain.reporting.ticket_counts import Moment, Turn, counts_of, counts_of_events

NS = 1_000_000_000
COUNTS = st.dictionaries(st.integers(0, (11 << 9) - 1), st.integers(-(10**6), 10**6).filter(bool), max_size=30)
SECONDS = st.integers(0, LONGEST)


@given(COUNTS)
def test_a_tally_is_read_as_it_was_written(tally: dict[int, int]) -> None:
    assert from_bytes(to_bytes(tally)) == tally


@given(st.lists(COUNTS, max_size=5))
def test_tallies_add_up_exactly_whatever_the_order(parts: list[dict[int, int]]) -> None:
    total: Counter[int] = Counter()
    for part in parts:
        total.update(part)
    assert merged(parts) == merged(reversed(parts)) == {key: times for key, times in total.items() if times}


@given(
    st.lists(
        st.dictionaries(
            st.integers(0, 5) | st.integers(500, 4000),
            st.integers(-70, 70).filter(bool) | st.sampled_from([63, 64, 8_191, 8_192, 10**6]),
        ),
        max_size=40,
    )
)
def test_a_day_that_is_counted_in_place_has_the_bytes_of_its_sum(changes: list[dict[int, int]]) -> None:
    day = DayTally(b"")
    for number, change in enumerate(changes, 1):
        day.add(change)
        assert day.content() == to_bytes(merged(changes[:number]))
    again = DayTally(day.content())
    again.add({1: 1})
    assert from_bytes(again.content()) == merged([*changes, {1: 1}])


@given(SECONDS)
def test_a_duration_lies_within_its_bucket_and_the_bucket_is_narrow(seconds: int) -> None:
    lowest, longest = bounds(bucket_of(seconds))
    assert lowest <= seconds <= longest
    assert longest - lowest <= lowest // 8
    assert bucket_of(seconds) < 512


@given(st.lists(st.integers(0, 10**7), min_size=1, max_size=60), st.sampled_from([50, 90, 99]))
def test_a_quantile_is_that_of_the_sorted_values_to_an_eighth(values: list[int], percent: int) -> None:
    exact = sorted(values)[max(1, -(-len(values) * percent // 100)) - 1]
    found = quantile(Counter(bucket_of(value) for value in values), percent)
    assert found is not None
    assert abs(found - exact) <= exact / 8


def test_nothing_has_no_quantile() -> None:
    assert quantile({}, 50) is None


STEPS = st.lists(st.tuples(st.integers(0, 9), st.sampled_from(["reply", "solve", "reopen"]), st.integers(1, 10**6)))


@given(STEPS)
def test_figures_kept_step_by_step_are_those_of_a_full_scan(steps: list[tuple[int, str, int]]) -> None:
    now = 1_700_000_000
    history: list[tuple[str, int, int]] = []
    kept: list[dict[int, int]] = []
    opened: dict[int, int] = {}
    replied: set[int] = set()
    solved: set[int] = set()
    for ticket, act, pause in steps:
        now += pause
        is_new = ticket not in opened
        if is_new:
            opened[ticket] = now
            history.append(("created", ticket, now))
            turn = Turn(is_new=True, was_solved=False, is_solved=False, first_reply=False)
        else:
            was = ticket in solved
            first = act == "reply" and ticket not in replied
            replied |= {ticket} if first else set()
            solved = (solved | {ticket}) if act == "solve" else (solved - {ticket}) if act == "reopen" else solved
            history.append((act, ticket, now))
            turn = Turn(is_new=False, was_solved=was, is_solved=ticket in solved, first_reply=first)
        kept.append(counts_of(turn, opened[ticket] * NS, Moment(now * NS, 0), lambda start, end: (end - start) // 3))
    scanned = scan(history)
    total = merged(kept)
    assert {name: sum(of_metric(total, tallies.NAMES.index(name)).values()) for name in scanned} == {
        name: len(values) for name, values in scanned.items()
    }
    assert of_metric(total, tallies.FIRST_REPLY) == Counter(map(bucket_of, scanned["first_reply"]))
    assert of_metric(total, tallies.RESOLUTION) == Counter(map(bucket_of, scanned["resolution"]))
    business = Counter(bucket_of(seconds // 3) for seconds in scanned["resolution"])
    assert of_metric(total, tallies.RESOLUTION_BUSINESS) == business


def scan(history: list[tuple[str, int, int]]) -> dict[str, list[int]]:
    """The slow way: every ticket's history walked through at the end."""
    found: dict[str, list[int]] = {"created": [], "solved": [], "reopened": [], "first_reply": [], "resolution": []}
    for ticket in {number for _, number, _ in history}:
        acts = [(act, at) for act, number, at in history if number == ticket]
        opened = acts[0][1]
        found["created"].append(0)
        replies = [at - opened for act, at in acts if act == "reply"]
        found["first_reply"] += replies[:1]
        is_solved = False
        for act, at in acts:
            if act == "solve" and not is_solved:
                found["solved"].append(0)
                found["resolution"].append(at - opened)
            if act == "reopen" and is_solved:
                found["reopened"].append(0)
            is_solved = act == "solve" or (is_solved and act != "reopen")
    return found


def test_a_rating_that_replaces_another_counts_once() -> None:
    first = counts_of_events([{"kind": "survey", "rating": 2, "former": 0}], {})
    second = counts_of_events([{"kind": "survey", "rating": 5, "former": 2}], {})
    assert list(entries(merged([first, second]))) == [("rated", 5, 1)]


def test_targets_met_and_missed_are_counted_by_metric() -> None:
    events = [{"kind": "sla", "metric": "first_reply", "met": met} for met in (True, True, False)]
    tally = counts_of_events(events, {"first_reply": 3})
    assert list(entries(tally)) == [("target_met", 3, 2), ("target_missed", 3, 1)]


@pytest.mark.parametrize(
    ("second", "offset", "day", "hour"), [(0, 0, 0, 72), (0, -1, -1, 71), (4 * 86_400, 3_600, 4, 1)]
)
def test_days_and_hours_are_those_of_the_organisation(second: int, offset: int, day: int, hour: int) -> None:
    moment = Moment(second * NS, offset)
    assert (moment.day, moment.hour_of_week) == (day, hour)


@given(st.lists(st.tuples(st.integers(1, 3), st.integers(0, 120), st.booleans())))
def test_a_backlog_is_what_is_open(changes: list[tuple[int, int, bool]]) -> None:
    backlog = Backlog()
    model: list[tuple[int, int]] = []
    for team, day, opens in changes:
        if opens:
            model.append((team, day))
        elif (team, day) in model:
            model.remove((team, day))
        else:
            continue
        backlog.change(7, [(0, 0), (1, team)], day, 1 if opens else -1)
    assert backlog.days_of(7, (0, 0)) == Counter(day for _, day in model)
    assert backlog.days_of(7, (1, 2)) == Counter(day for team, day in model if team == 2)
    assert backlog.days_of(8, (0, 0)) == {}
    groups = by_age(backlog.days_of(7, (0, 0)), 120)
    assert sum(groups) == len(model)
    assert groups[-1] == sum(120 - day >= 90 for _, day in model)
