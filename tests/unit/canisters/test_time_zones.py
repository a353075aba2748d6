"""Time zones: operators bring them to the index, organisations' calendars use them, a new release reaches shards."""

from typing import Any

import pytest

from support.desk import Desk
from support.platform import ADMIN, OPERATOR, STRANGER, code, ok
from support.service_desk import configure
from support.service_models import BERLIN, stamp
from vex.zones import database_version, put_request
from vex_domain.service_levels.business_hours import business_time_between
from vex_domain.service_levels.time_zones import TimeZone

NIGHT = [["00:00", "06:00"]]
DESK_HOURS: dict[str, Any] = {
    "calendars": [
        {"id": "night", "zone": "Europe/Berlin", "hours": {"saturday": NIGHT, "sunday": NIGHT}},
        {"id": "always", "hours": "always"},
    ]
}


def put(desk: Desk, *zones: Any, caller: Any = OPERATOR) -> Any:
    return desk.platform.index.update("put_time_zones", put_request(zones), caller=caller)


def night_hours(desk: Desk) -> int:
    """Open hours of the night of Sunday 2026-10-25, when clocks go back, as the shard counts them."""
    env = desk.shard.module("main").env
    calendar = env.rules_of(desk.organisation).calendars.by_id["night"]
    return business_time_between(calendar, stamp(2026, 10, 24, 12), stamp(2026, 10, 25, 12)) // 3_600


def test_calendars_count_by_the_zones_that_the_index_holds(desk: Desk) -> None:
    ok(put(desk, BERLIN))
    held = ok(desk.platform.index.query("time_zones", caller=STRANGER))
    assert held == {"database": database_version(), "names": ["Europe/Berlin"]}
    configure(desk, calendars=DESK_HOURS)
    assert night_hours(desk) == 7
    desk.shard.upgrade()
    desk.platform.index.upgrade()
    assert night_hours(desk) == 7


def test_a_new_release_of_a_zone_reaches_the_shards_that_count_by_it(desk: Desk) -> None:
    ok(put(desk, BERLIN))
    configure(desk, calendars=DESK_HOURS)
    ok(put(desk, TimeZone("Europe/Berlin", (), (3_600,))))
    desk.platform.advance(10)
    assert night_hours(desk) == 6


def test_a_calendar_in_a_zone_that_is_not_held_is_refused(desk: Desk) -> None:
    with pytest.raises(AssertionError, match="is not a time zone that the index holds"):
        configure(desk, calendars=DESK_HOURS)


@pytest.mark.parametrize(
    ("changed", "number"),
    [
        ({"name": ""}, 200),
        ({"name": "x" * 65}, 201),
        ({"name": "Europe Berlin"}, 200),
        ({"name": "Európe/Berlin"}, 200),
        ({"offset": 100_000}, 200),
        ({"changes": [{"at": 5, "offset": 1}, {"at": 5, "offset": 2}]}, 200),
        ({"changes": [{"at": 6, "offset": 1}, {"at": 5, "offset": 2}]}, 200),
        ({"changes": [{"at": 1, "offset": -100_000}]}, 200),
        ({"changes": [{"at": 2**63, "offset": 1}]}, 200),
        ({"changes": [{"at": n, "offset": 0} for n in range(121)]}, 201),
    ],
)
def test_a_bad_zone_gets_its_number_and_changes_nothing(
    shared_desk: Desk, changed: dict[str, Any], number: int
) -> None:
    request = put_request([BERLIN])
    request["zones"][0].update(changed)
    before = shared_desk.state()
    assert code(shared_desk.platform.index.update("put_time_zones", request, caller=OPERATOR)) == number
    assert shared_desk.state() == before


def test_only_operators_bring_zones_and_not_too_many_at_once(shared_desk: Desk) -> None:
    before = shared_desk.state()
    assert code(put(shared_desk, BERLIN, caller=ADMIN)) == 101
    assert code(put(shared_desk, *[BERLIN] * 101)) == 201
    request = dict(put_request([BERLIN]), database="")
    assert code(shared_desk.platform.index.update("put_time_zones", request, caller=OPERATOR)) == 200
    assert shared_desk.state() == before
