"""Business time agrees with walking through every minute, over both changes of the clocks."""

from datetime import UTC, datetime

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from support.service_models import BERLIN, LORD_HOWE, NEW_YORK, ZONES, Hours, stamp
from vex.zones import rules_of
from vex_domain.service_levels.business_hours import BusinessCalendar, add_business_time, business_time_between
from vex_domain.service_levels.time_zones import UTC as UTC_ZONE
from vex_domain.service_levels.time_zones import TimeZone

OFFICE = ((8 * 3600, 12 * 3600), (13 * 3600, 17 * 3600 + 1800))
NIGHT = ((0, 6 * 3600), (22 * 3600, 24 * 3600))
WEEK = [OFFICE] * 5 + [(), ()]

days_hours = st.lists(st.integers(0, 96), unique=True, max_size=6).map(
    lambda marks: tuple(
        (start * 900, end * 900)
        for start, end in zip(sorted(marks)[::2], sorted(marks)[1::2], strict=False)
        if start < end
    )
)
march = stamp(2026, 3, 25)
october = stamp(2026, 10, 21)
starts = st.sampled_from((march, october, stamp(2026, 3, 5), stamp(2026, 4, 1)))


@st.composite
def hours(draw: st.DrawFn) -> Hours:
    week = draw(st.one_of(st.just(WEEK), st.just([NIGHT] * 7), st.lists(days_hours, min_size=7, max_size=7)))
    first = draw(starts) // 86_400
    special = draw(st.dictionaries(st.integers(first, first + 12), days_hours, max_size=5))
    return Hours(draw(st.sampled_from(ZONES)), week, special)


@settings(deadline=None, max_examples=150)
@given(hours(), starts, st.integers(0, 9 * 1440), st.integers(0, 5 * 1440))
def test_business_time_is_what_a_walk_through_the_minutes_counts(
    plan: Hours, start: int, after: int, length: int
) -> None:
    begin, calendar = start + after * 60, plan.calendar()
    assert business_time_between(calendar, begin, begin + length * 60) == 60 * plan.open_minutes(begin, length)


@settings(deadline=None, max_examples=150)
@given(hours(), starts, st.integers(0, 5 * 1440), st.integers(1, 3_000))
def test_adding_business_time_finds_the_first_such_moment(plan: Hours, start: int, after: int, minutes: int) -> None:
    begin, calendar = start + after * 60, plan.calendar()
    due = add_business_time(calendar, begin, minutes * 60)
    if due is None:
        assert plan.open_minutes(begin, 30 * 1440) < minutes
    else:
        assert business_time_between(calendar, begin, due) == minutes * 60
        assert business_time_between(calendar, begin, due - 1) == minutes * 60 - 1


@given(hours(), starts, st.integers(0, 10**7), st.integers(0, 10**7), st.integers(0, 10**7))
def test_business_time_adds_up(plan: Hours, start: int, a: int, b: int, c: int) -> None:
    calendar = plan.calendar()
    first, second, third = start + a, start + a + b, start + a + b + c
    whole = business_time_between(calendar, first, third)
    assert whole == business_time_between(calendar, first, second) + business_time_between(calendar, second, third)
    assert 0 <= whole <= third - first


def office(zone: TimeZone, **special: tuple[tuple[int, int], ...]) -> BusinessCalendar:
    days = {stamp(2026, 12, int(day[1:])) // 86_400: hours for day, hours in special.items()}
    return BusinessCalendar(zone, WEEK, days)


def test_four_business_hours_from_a_friday_afternoon_end_on_monday() -> None:
    calendar = office(BERLIN)
    friday = stamp(2026, 10, 23, 14)  # 16:00 in Berlin, the clocks go back that weekend
    assert add_business_time(calendar, friday, 4 * 3600) == stamp(2026, 10, 26, 9, 30)  # 10:30 in Berlin


def test_a_night_shift_is_an_hour_shorter_in_march_and_longer_in_october() -> None:
    calendar = BusinessCalendar(BERLIN, [NIGHT] * 7, {})
    assert business_time_between(calendar, stamp(2026, 3, 28, 12), stamp(2026, 3, 29, 12)) == 7 * 3600
    assert business_time_between(calendar, stamp(2026, 10, 24, 12), stamp(2026, 10, 25, 12)) == 9 * 3600
    assert business_time_between(calendar, stamp(2026, 6, 1, 12), stamp(2026, 6, 2, 12)) == 8 * 3600


def test_half_hour_daylight_saving_counts_too() -> None:
    calendar = BusinessCalendar(LORD_HOWE, [((0, 6 * 3600),)] * 7, {})
    back = stamp(2026, 4, 4, 6)
    assert business_time_between(calendar, back, back + 86_400) == 6 * 3600 + 1800


def test_holidays_and_shortened_days() -> None:
    calendar = office(BERLIN, d24=((8 * 3600, 12 * 3600),), d25=())
    evening = stamp(2026, 12, 23, 17)
    assert business_time_between(calendar, evening, evening + 3 * 86_400) == 4 * 3600
    assert add_business_time(calendar, evening, 4 * 3600 + 60) == stamp(2026, 12, 28, 7, 1)


def test_a_calendar_that_never_opens_has_no_due_time() -> None:
    never = BusinessCalendar(NEW_YORK, [()] * 7, {})
    assert business_time_between(never, march, october) == 0
    assert add_business_time(never, march, 1) is None
    once = BusinessCalendar(UTC_ZONE, [()] * 7, {october // 86_400: ((0, 3600),)})
    assert add_business_time(once, march, 3600) == october + 3600
    assert add_business_time(once, march, 3601) is None


def test_a_calendar_that_is_always_open_counts_every_second() -> None:
    always = BusinessCalendar(NEW_YORK, [((0, 86_400),)] * 7, {})
    assert business_time_between(always, march, october) == october - march
    assert add_business_time(always, march, 123_456_789) == march + 123_456_789


@example(stamp(2026, 3, 29, 0, 59))
@example(stamp(2026, 3, 29, 1))
@example(stamp(2026, 10, 25, 0, 59))
@given(st.integers(stamp(2021, 1, 1) // 60, stamp(2049, 1, 1) // 60).map(lambda minute: minute * 60))
def test_offsets_are_those_of_the_machine(second: int) -> None:
    for zone in ZONES:
        offset = datetime.fromtimestamp(second, UTC).astimezone(rules_of(zone.name)).utcoffset()
        assert offset is not None
        assert zone.offset_at(second) == offset.total_seconds()


@pytest.mark.parametrize("minute", [0, 59, 60, 119, 120, 181])
def test_open_is_open_to_the_minute(minute: int) -> None:
    plan = Hours(BERLIN, [((2 * 3600, 3 * 3600),)] * 7, {})
    second = stamp(2026, 10, 25, 0) + minute * 60
    assert plan.calendar().is_open(second) == plan.open_in(second)
