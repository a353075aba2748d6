"""The sections `zones` (which the index fills in) and `calendars` of a configuration, compiled."""

from datetime import date
from typing import Any

from vex_domain.configuration.labels import check_label
from vex_domain.configuration.reader import DocumentReader
from vex_domain.fields.field_values import check_date
from vex_domain.refusals import Invalid
from vex_domain.service_levels.business_hours import BusinessCalendar, Intervals
from vex_domain.service_levels.time_zones import UTC, TimeZone, unpacked_zone
from vex_domain.time_units import DAY

ZONES_MOST = 16
CALENDARS_MOST = 16
INTERVALS_MOST = 12
HOLIDAYS_MOST = 400
DAY_ONE = date(1970, 1, 1).toordinal()
WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
WHOLE_DAY: Intervals = ((0, DAY),)

NO_ZONES: dict[str, Any] = {}
NO_CALENDARS: dict[str, Any] = {"calendars": []}


class Calendars:
    """An organisation's calendars by id."""

    __slots__ = ("by_id", "zones_used")

    def __init__(self) -> None:
        self.by_id: dict[str, BusinessCalendar] = {}
        self.zones_used: set[str] = set()


def compile_zones(document: DocumentReader, _rules: Any) -> dict[str, TimeZone]:
    """The zones that the organisation's calendars use, as `packed_zone` writes them. Raises Invalid, TooLarge."""
    zones = {"UTC": UTC}
    for name, packed in document.members(ZONES_MOST):
        if not isinstance(packed.value, list):
            raise packed.refuse("is not a list")
        zones[name] = unpacked_zone(name, packed.value)
    return zones


def zones_named(document: DocumentReader) -> list[str]:
    """The zones that a document of the section `calendars` asks for, without UTC. Raises Invalid, TooLarge."""
    names: list[str] = []
    for entry in document.member_or("calendars", []).items(CALENDARS_MOST):
        if entry.has("zone"):
            name = entry.member("zone").text(64)
            if name != UTC.name and name not in names:
                names.append(name)
    return names


def compile_calendars(document: DocumentReader, rules: Any) -> Calendars:
    """The calendars, each in one of the zones in `rules.zones`. Raises Invalid, TooLarge."""
    document.only("calendars")
    calendars = Calendars()
    for entry in document.member_or("calendars", []).items(CALENDARS_MOST):
        entry.only("id", "label", "zone", "hours", "holidays", "special_days")
        word = entry.member("id").identifier()
        if word in calendars.by_id:
            raise entry.member("id").refuse(word + " is there already")
        check_label(entry.member_or("label", word))
        zone = _zone(entry.member_or("zone", UTC.name), rules.zones)
        calendars.zones_used.add(zone.name)
        calendars.by_id[word] = BusinessCalendar(zone, _week(entry.member("hours")), _special_days(entry))
    return calendars


def calendar_of(reader: DocumentReader, calendars: Calendars) -> str:
    """The id of a calendar that exists. Raises Invalid."""
    word = reader.text(32)
    if word not in calendars.by_id:
        raise reader.refuse(word + " is not a calendar")
    return word


def _zone(reader: DocumentReader, zones: dict[str, TimeZone]) -> TimeZone:
    name = reader.text(64)
    zone = zones.get(name)
    if zone is None:
        raise reader.refuse(name + " is not a time zone that the index holds")
    return zone


def _week(reader: DocumentReader) -> list[Intervals]:
    """`always`, `never`, or lists of intervals by weekday; days that are not named are closed."""
    if isinstance(reader.value, str):
        always = reader.word(("always", "never")) == "always"
        return [WHOLE_DAY if always else ()] * 7
    reader.only(*WEEKDAYS)
    return [_intervals(reader.member_or(day, [])) for day in WEEKDAYS]


def _special_days(entry: DocumentReader) -> dict[int, Intervals]:
    days: dict[int, Intervals] = {}
    for holiday in entry.member_or("holidays", []).items(HOLIDAYS_MOST):
        _add_day(days, holiday, ())
    for text, hours in entry.member_or("special_days", {}).members(HOLIDAYS_MOST):
        _add_day(days, DocumentReader(hours.path, text), _intervals(hours))
    return days


def _add_day(days: dict[int, Intervals], reader: DocumentReader, hours: Intervals) -> None:
    text = check_date(reader.path, reader.text(10))
    number = date(int(text[:4]), int(text[5:7]), int(text[8:])).toordinal() - DAY_ONE
    if number in days:
        raise reader.refuse(text + " stands there twice")
    days[number] = hours


def _intervals(reader: DocumentReader) -> Intervals:
    """Pairs as ["08:00", "12:30"]: within the day, in order, with a gap between; 24:00 ends a day."""
    intervals: list[tuple[int, int]] = []
    for pair in reader.items(INTERVALS_MOST):
        ends = pair.items(2, 2)
        start, end = _time_of_day(ends[0]), _time_of_day(ends[1])
        if start >= end:
            raise pair.refuse("ends before it begins")
        if intervals and start <= intervals[-1][1]:
            raise pair.refuse("is not after the one before")
        intervals.append((start, end))
    return tuple(intervals)


def _time_of_day(reader: DocumentReader) -> int:
    text = reader.text(5)
    hours, minutes = text[:2], text[3:]
    shaped = len(text) == 5 and text.isascii() and text[2] == ":" and hours.isdigit() and minutes.isdigit()
    second = int(hours) * 3_600 + int(minutes) * 60 if shaped else DAY + 1
    if second > DAY or int(minutes) > 59:
        raise Invalid(reader.path, "is not a time as 08:30")
    return second
