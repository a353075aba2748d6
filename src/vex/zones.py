"""Time zones of IANA's database (the package `tzdata`) as the data that an index takes."""

from collections.abc import Iterable
from datetime import UTC, datetime
from functools import lru_cache, partial
from importlib.resources import files
from typing import Any
from zoneinfo import ZoneInfo

import tzdata

from vex.canister import Canister
from vex.patience import patiently
from vex_domain.service_levels.time_zones import TimeZone

FIRST_YEAR = 2020
YEAR_AFTER_LAST = 2051
DAY = 86_400
ZONES_AT_ONCE = 100


def zone_names() -> list[str]:
    """The names that the package knows, sorted."""
    return (files("tzdata") / "zones").read_text().split()


def database_version() -> str:
    """The database's release, such as 2026a."""
    return str(tzdata.IANA_VERSION)


@lru_cache(64)
def rules_of(name: str) -> ZoneInfo:
    """A zone as the package has it, whatever the machine has. Raises FileNotFoundError for an unknown name."""
    with (files("tzdata") / "zoneinfo" / name).open("rb") as stream:
        return ZoneInfo.from_file(stream, key=name)


@lru_cache(64)
def zone_of(name: str) -> TimeZone:
    """A zone's changes from 2020 until 2050. Raises FileNotFoundError for an unknown name."""
    rules = rules_of(name)
    first, end = _second(FIRST_YEAR), _second(YEAR_AFTER_LAST)
    transitions, offsets = [], [_offset(rules, first)]
    for day in range(first, end, DAY):
        low = day
        while _offset(rules, day + DAY) != offsets[-1]:
            low = _first_change(rules, low, day + DAY, offsets[-1])
            transitions.append(low)
            offsets.append(_offset(rules, low))
    return TimeZone(name, tuple(transitions), tuple(offsets))


def put_request(zones: Iterable[TimeZone]) -> dict[str, Any]:
    """The argument of the index's `put_time_zones`; at most 100 zones."""
    return {
        "database": database_version(),
        "zones": [
            {
                "name": zone.name,
                "offset": zone.offsets[0],
                "changes": [
                    {"at": second, "offset": offset}
                    for second, offset in zip(zone.transitions, zone.offsets[1:], strict=True)
                ],
            }
            for zone in zones
        ],
    }


async def hand_over_zones(index: Canister, names: Iterable[str]) -> None:
    """Have the index hold these zones, as one of its operators. Raises FileNotFoundError, Refused, Unreachable."""
    zones = [zone_of(name) for name in names]
    for start in range(0, len(zones), ZONES_AT_ONCE):
        call = partial(index.call, "put_time_zones", put_request(zones[start : start + ZONES_AT_ONCE]))
        await patiently(call)


def _first_change(rules: ZoneInfo, low: int, high: int, offset: int) -> int:
    """The first second in (low, high] with another offset than `offset`."""
    while high - low > 1:
        middle = (low + high) // 2
        if _offset(rules, middle) == offset:
            low = middle
        else:
            high = middle
    return high


def _second(year: int) -> int:
    return int(datetime(year, 1, 1, tzinfo=UTC).timestamp())


def _offset(rules: ZoneInfo, second: int) -> int:
    offset = datetime.fromtimestamp(second, UTC).astimezone(rules).utcoffset()
    if offset is None:
        raise ValueError("a zone without offsets")
    return int(offset.total_seconds())
