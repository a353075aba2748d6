"""Documents of calendars and policies: what they mean, and what is refused."""

from typing import Any

import pytest

from support.service_documents import DESK, facts_of, header, rules_with
from support.service_models import BERLIN, stamp
from vex_domain.configuration.reader import DocumentReader
from vex_domain.configuration.sections import require_section
from vex_domain.refusals import NotFound, Refusal
from vex_domain.service_levels.business_hours import business_time_between
from vex_domain.service_levels.calendar_documents import zones_named
from vex_domain.service_levels.time_zones import packed_zone, unpacked_zone

OFFICE = DESK["calendars"]["calendars"][0]
USUAL = DESK["service_levels"]["policies"][1]
FIRST_REPLY = USUAL["targets"]["first_reply"]


def test_calendars_keep_the_hours_of_their_documents() -> None:
    calendars = rules_with().calendars
    monday = stamp(2026, 11, 23)
    week = 7 * 86_400
    hours = {word: business_time_between(calendar, monday, monday + week) for word, calendar in calendars.by_id.items()}
    assert hours == {"office": 5 * (8 * 3600 + 1800), "night": 7_200, "round_the_clock": week, "closed": 0}
    assert calendars.zones_used == {"Europe/Berlin", "UTC"}


def test_holidays_and_special_days_come_from_the_document() -> None:
    by_id = rules_with().calendars.by_id
    christmas = stamp(2026, 12, 24, 23)
    assert business_time_between(by_id["office"], christmas, christmas + 86_400) == 0
    assert business_time_between(by_id["night"], christmas - 86_400, christmas) == 3_600


def test_a_document_names_the_zones_that_it_needs() -> None:
    assert zones_named(DocumentReader("calendars", DESK["calendars"])) == ["Europe/Berlin"]


def test_nobody_sets_the_zones() -> None:
    with pytest.raises(NotFound):
        require_section("zones")


def test_a_zone_survives_packing() -> None:
    again = unpacked_zone(BERLIN.name, packed_zone(BERLIN))
    assert (again.transitions, again.offsets) == (BERLIN.transitions, BERLIN.offsets)


@pytest.mark.parametrize(
    "packed", [[], [0, 5], ["0"], [0, 5, 100_000], [0, 5, 1, 5, 2], [0, 9, 1, 5, 2], [True], [0, 1 << 50, 0], 7]
)
def test_a_damaged_zone_is_refused(packed: Any) -> None:
    with pytest.raises(Refusal):
        rules_with(zones={"Europe/Berlin": packed})


@pytest.mark.parametrize(
    "change",
    [
        {"id": "No Id"},
        {"zone": "Mars/Olympus"},
        {"zone": 5},
        {"hours": None},
        {"hours": "sometimes"},
        {"hours": {"someday": []}},
        {"hours": {"monday": [["08:00"]]}},
        {"hours": {"monday": [["08:00", "07:00"]]}},
        {"hours": {"monday": [["08:00", "12:00"], ["12:00", "13:00"]]}},
        {"hours": {"monday": [["08:00", "25:00"]]}},
        {"hours": {"monday": [["08:60", "09:00"]]}},
        {"hours": {"monday": [["8", "9"]]}},
        {"hours": {"monday": [[8, 9]]}},
        {"holidays": ["2026-02-29"]},
        {"holidays": ["2026-12-25", "2026-12-25"]},
        {"holidays": "2026-12-25"},
        {"special_days": {"2026-12-25": []}},
        {"special_days": {"25.12.2026": []}},
        {"colour": "red"},
        {"label": 5},
    ],
)
def test_a_calendar_that_is_not_one_is_refused(change: dict[str, Any]) -> None:
    with pytest.raises(Refusal) as refused:
        rules_with(calendars={"calendars": [dict(OFFICE, **change)]})
    assert str(refused.value).startswith("calendars.calendars[0]")


def test_the_first_policy_whose_conditions_hold_is_in_force() -> None:
    rules = rules_with()

    def name(**parts: Any) -> str | None:
        policy = rules.service_levels.chosen(facts_of(rules, header(**parts)))
        return None if policy is None else policy.name

    assert name(priority="urgent", kind="task") == "urgent"
    assert name() == "usual"
    assert name(kind="task") is None


def test_escalations_stand_in_the_order_of_time_and_end_with_the_breach() -> None:
    policy = rules_with().service_levels.named("usual")
    assert policy is not None
    assert [before for before, _ in policy.escalations[0]] == [30, 10, 0]
    assert policy.targets[0] == {"low": 28_800, "normal": 14_400, "high": 3_600}
    assert policy.business == {0}


@pytest.mark.parametrize(
    "change",
    [
        {"id": None},
        {"calendar": "moon"},
        {"calendar": None},
        {"targets": {}},
        {"targets": {"second_reply": {"minutes": 5}}},
        {"targets": {"first_reply": {"minutes": 0}}},
        {"targets": {"first_reply": {"minutes": {}}}},
        {"targets": {"first_reply": {"minutes": {"huge": 5}}}},
        {"targets": {"first_reply": {"minutes": 5, "hours": "office"}}},
        {"targets": {"first_reply": dict(FIRST_REPLY, escalations=[FIRST_REPLY["escalations"][0]] * 2)}},
        {"targets": {"first_reply": dict(FIRST_REPLY, escalations=[{"before_minutes": 0, "actions": []}])}},
        {"targets": {"first_reply": dict(FIRST_REPLY, on_breach=[{"set": "status", "to": "asleep"}])}},
        {"conditions": {"all": [{"field": "status", "changed": True}]}},
        {"colour": "red"},
    ],
)
def test_a_policy_that_promises_nothing_sensible_is_refused(change: dict[str, Any]) -> None:
    document = dict(USUAL, **change)
    if change == {"calendar": None}:
        document["targets"] = {"first_reply": {"minutes": 5, "hours": "business"}}
    with pytest.raises(Refusal):
        rules_with(service_levels={"policies": [document]})


def test_the_same_policy_twice_is_refused() -> None:
    with pytest.raises(Refusal):
        rules_with(service_levels={"policies": [USUAL, USUAL]})
