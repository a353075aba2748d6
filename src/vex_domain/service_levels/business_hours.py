"""Business calendars: open seconds between two times, and when so many have passed, without walking through time.

`reading(t)` counts the open seconds up to `t`; differences of readings are business time. Within a stretch without
a change of the zone's offset, local time is UTC plus a number, so that a reading is two bisections and a few sums.
"""

from bisect import bisect_left, bisect_right

from vex_domain.service_levels.time_zones import TimeZone
from vex_domain.time_units import DAY, MONDAY_SHIFT

WEEK_DAYS = 7

Intervals = tuple[tuple[int, int], ...]
"""Opening hours of a day: pairs of seconds since midnight, ascending, not touching."""


class BusinessCalendar:
    """Opening hours by weekday, other hours on single days (holidays: none), in a time zone."""

    def __init__(self, zone: TimeZone, week: list[Intervals], special_days: dict[int, Intervals]) -> None:
        """`week` is Monday first; `special_days` are keyed on the day's number since 1970-01-01."""
        self.zone = zone
        self._week = [_Day(intervals) for intervals in week]
        self._sums = [0]
        for day in self._week:
            self._sums.append(self._sums[-1] + day.total)
        self._total = self._sums[WEEK_DAYS]
        self._special = sorted(special_days)
        self._special_days = [_Day(special_days[number]) for number in self._special]
        self._shifts = [0]
        self._starts: list[int] = []
        for at, number in enumerate(self._special):
            self._starts.append(self._plain(number) + self._shifts[at])
            difference = self._special_days[at].total - self._week[(number + MONDAY_SHIFT) % WEEK_DAYS].total
            self._shifts.append(self._shifts[at] + difference)
        self._readings: list[int] = []
        self._bases = [0]
        self._count_up_to_changes()

    def _count_up_to_changes(self) -> None:
        """The readings at the zone's changes, and what to add to a local count after each."""
        offsets = self.zone.offsets
        for at, time in enumerate(self.zone.transitions):
            self._readings.append(self._bases[at] + self._local(time + offsets[at]))
            self._bases.append(self._readings[at] - self._local(time + offsets[at + 1]))

    def _plain(self, day: int) -> int:
        """Open seconds before a day (by number), as if no day were special."""
        weeks, weekday = divmod(day + MONDAY_SHIFT, WEEK_DAYS)
        return weeks * self._total + self._sums[weekday]

    def _local(self, second: int) -> int:
        """Open seconds before a second of local time."""
        number, second = divmod(second, DAY)
        at = bisect_left(self._special, number)
        if at < len(self._special) and self._special[at] == number:
            return self._starts[at] + self._special_days[at].before(second)
        weeks, weekday = divmod(number + MONDAY_SHIFT, WEEK_DAYS)
        whole = weeks * self._total + self._sums[weekday] + self._shifts[at]
        return whole + self._week[weekday].before(second)

    def _local_at(self, reading: int) -> int | None:
        """The first local second before which so many are open; None when there are never so many."""
        at = bisect_left(self._starts, reading)
        if at:
            open_within = reading - self._starts[at - 1]
            if open_within <= self._special_days[at - 1].total:
                return self._special[at - 1] * DAY + self._special_days[at - 1].at(open_within)
        if not self._total:
            return None
        weeks, rest = divmod(reading - self._shifts[at] - 1, self._total)
        weekday = bisect_left(self._sums, rest + 1) - 1
        number = weeks * WEEK_DAYS + weekday - MONDAY_SHIFT
        return number * DAY + self._week[weekday].at(rest + 1 - self._sums[weekday])

    def reading(self, time: int) -> int:
        """Open seconds up to a time (seconds since 1970-01-01 UTC), counted from a point that never changes."""
        at = bisect_right(self.zone.transitions, time)
        return self._bases[at] + self._local(time + self.zone.offsets[at])

    def time_of(self, reading: int) -> int | None:
        """The first time up to which so many seconds were open, or None when the calendar never opens so long."""
        at = bisect_left(self._readings, reading)
        local = self._local_at(reading - self._bases[at])
        return None if local is None else local - self.zone.offsets[at]

    def is_open(self, time: int) -> bool:
        """Whether the second from `time` on is within the opening hours."""
        return self.reading(time + 1) > self.reading(time)


class ShiftedHours:
    """A calendar whose readings go on from those of another one: `shift` is what that one had more."""

    __slots__ = ("_calendar", "shift")

    def __init__(self, calendar: BusinessCalendar, shift: int) -> None:
        self._calendar = calendar
        self.shift = shift

    def reading(self, time: int) -> int:
        """As the calendar's, and the shift."""
        return self._calendar.reading(time) + self.shift

    def time_of(self, reading: int) -> int | None:
        """As the calendar's, without the shift."""
        return self._calendar.time_of(reading - self.shift)


class StoppedHours:
    """What is left of a calendar that was taken away: its last reading, at which it stays."""

    __slots__ = ("_reading",)

    def __init__(self, reading: int) -> None:
        self._reading = reading

    def reading(self, _time: int) -> int:
        """The last reading."""
        return self._reading

    def time_of(self, _reading: int) -> int | None:
        """None: nothing counts any more."""
        return None


class _Day:
    """One day's opening hours with running sums."""

    __slots__ = ("_ends", "_starts", "_sums", "total")

    def __init__(self, intervals: Intervals) -> None:
        self._starts = [start for start, _ in intervals]
        self._ends = [end for _, end in intervals]
        self._sums = [0]
        for start, end in intervals:
            self._sums.append(self._sums[-1] + end - start)
        self.total = self._sums[-1]

    def before(self, second: int) -> int:
        """Open seconds before a second of the day."""
        at = bisect_left(self._starts, second)
        if not at:
            return 0
        return self._sums[at - 1] + min(second, self._ends[at - 1]) - self._starts[at - 1]

    def at(self, count: int) -> int:
        """The first second of the day before which `count` (at least 1, at most the total) are open."""
        at = bisect_left(self._sums, count) - 1
        return self._starts[at] + count - self._sums[at]


def business_time_between(calendar: BusinessCalendar, start: int, end: int) -> int:
    """Open seconds from `start` to `end` (seconds since 1970-01-01 UTC; not before `start`)."""
    return calendar.reading(end) - calendar.reading(start)


def add_business_time(calendar: BusinessCalendar, start: int, duration: int) -> int | None:
    """The first time by which `duration` open seconds have passed since `start`; None when that never comes."""
    if duration <= 0:
        return start
    return calendar.time_of(calendar.reading(start) + duration)
