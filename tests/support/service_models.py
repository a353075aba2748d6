"""Slow and obvious models of business time: every minute is looked at on the machine's own zone rules."""

from datetime import UTC, datetime
from functools import lru_cache
from typing import NamedTuple

from vex.zones import rules_of, zone_of
from vex_domain.service_levels.business_hours import BusinessCalendar, Intervals
from vex_domain.service_levels.time_zones import TimeZone

BERLIN = zone_of("Europe/Berlin")
NEW_YORK = zone_of("America/New_York")
LORD_HOWE = zone_of("Australia/Lord_Howe")
KATHMANDU = zone_of("Asia/Kathmandu")
CASABLANCA = zone_of("Africa/Casablanca")
ZONES = (BERLIN, NEW_YORK, LORD_HOWE, KATHMANDU, CASABLANCA)


class Hours(NamedTuple):
    """Opening hours as people write them: Monday first, other hours on single days."""

    zone: TimeZone
    week: list[Intervals]
    special: dict[int, Intervals]

    def calendar(self) -> BusinessCalendar:
        """The calendar under test."""
        return BusinessCalendar(self.zone, self.week, self.special)

    def open_in(self, second: int) -> bool:
        """Whether the clock on the wall shows an opening hour in the minute of this second."""
        day, weekday, at = wall_clock(self.zone.name, second // 60)
        return any(start <= at < end for start, end in self.special.get(day, self.week[weekday]))

    def open_minutes(self, start: int, minutes: int) -> int:
        """How many of the next minutes are open."""
        return sum(self.open_in(start + 60 * number) for number in range(minutes))


def stamp(year: int, month: int, day: int, hour: int = 0, minute: int = 0) -> int:
    """Seconds since 1970-01-01 of a time in UTC."""
    return int(datetime(year, month, day, hour, minute, tzinfo=UTC).timestamp())


@lru_cache(200_000)
def wall_clock(zone: str, minute: int) -> tuple[int, int, int]:
    """Day number since 1970, weekday and second of the day that a clock on the wall shows."""
    local = datetime.fromtimestamp(minute * 60, rules_of(zone))
    return local.toordinal() - 719_163, local.weekday(), local.hour * 3_600 + local.minute * 60
