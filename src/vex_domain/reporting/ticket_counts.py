"""What one change of a ticket counts."""

from collections.abc import Callable, Mapping
from typing import Any

from vex_domain.reporting import tallies
from vex_domain.reporting.histograms import bucket_of
from vex_domain.reporting.tallies import Tally, count, key_of
from vex_domain.time_units import DAY, HOUR, MONDAY_SHIFT, NS

BusinessTime = Callable[[int, int], int]
"""Open seconds between two seconds since 1970-01-01."""

_CREATED = key_of(tallies.CREATED)
_SOLVED = key_of(tallies.SOLVED)
_REOPENED = key_of(tallies.REOPENED)


class Moment:
    """When a change happens: the second (UTC), the organisation's local day (number since 1970-01-01) and hour."""

    __slots__ = ("day", "hour_of_week", "second")

    def __init__(self, now: int, offset: int) -> None:
        """`now` in ns since 1970-01-01, `offset` of local clocks in seconds east of UTC."""
        self.second = now // NS
        local = self.second + offset
        self.day = local // DAY
        self.hour_of_week = (self.day + MONDAY_SHIFT) % 7 * 24 + local % DAY // HOUR


class Turn:
    """How a change moved a ticket: what it was solved-wise, whether it was the first public reply."""

    __slots__ = ("first_reply", "is_new", "is_solved", "was_solved")

    def __init__(self, *, is_new: bool, was_solved: bool, is_solved: bool, first_reply: bool) -> None:
        self.is_new = is_new
        self.was_solved = was_solved
        self.is_solved = is_solved
        self.first_reply = first_reply


def counts_of(turn: Turn, opened_at: int, moment: Moment, business: BusinessTime) -> Tally:
    """The tally of one change; `opened_at` in ns. Empty for a change that counts nothing."""
    tally: Tally = {}
    opened = opened_at // NS
    if turn.is_new:
        tally[_CREATED] = 1
        tally[key_of(tallies.CREATED_AT_HOUR, moment.hour_of_week)] = 1
    if turn.first_reply:
        tally[key_of(tallies.FIRST_REPLY, bucket_of(moment.second - opened))] = 1
        tally[key_of(tallies.FIRST_REPLY_BUSINESS, bucket_of(business(opened, moment.second)))] = 1
    if turn.is_solved and not turn.was_solved:
        tally[_SOLVED] = 1
        tally[key_of(tallies.RESOLUTION, bucket_of(moment.second - opened))] = 1
        tally[key_of(tallies.RESOLUTION_BUSINESS, bucket_of(business(opened, moment.second)))] = 1
    if turn.was_solved and not turn.is_solved:
        tally[_REOPENED] = 1
    return tally


def counts_of_events(events: list[Mapping[str, Any]], metric_numbers: Mapping[str, int]) -> Tally:
    """What events of service levels (`sla`) and surveys (`survey`) count on their day.

    A rating that replaces another one takes it back, so that each ticket counts once over all days.
    """
    tally: Tally = {}
    for event in events:
        if event["kind"] == "sla":
            metric = tallies.TARGET_MET if event["met"] else tallies.TARGET_MISSED
            count(tally, key_of(metric, metric_numbers[event["metric"]]))
        elif event["kind"] == "survey":
            count(tally, key_of(tallies.RATED, event["rating"]))
            if event["former"]:
                count(tally, key_of(tallies.RATED, event["former"]), -1)
    return tally
