"""Automations: when they are due, and that they run once for each entry into their conditions."""

from typing import Any

import pytest

from support.service_documents import facts_of, header, rules_with
from support.service_models import stamp
from vex_domain.refusals import Refusal
from vex_domain.triggers.automations import next_automation, still_fired

REMIND: dict[str, Any] = {
    "id": "remind",
    "since": "staff",
    "after_minutes": 480,
    "calendar": "office",
    "conditions": {"all": [{"field": "category", "is": "pending"}]},
    "actions": [{"notify": "reminder", "to": ["requester"]}],
}
CLOSE: dict[str, Any] = {
    "id": "close",
    "since": "status",
    "after_minutes": 60,
    "conditions": {"all": [{"field": "status", "is": "solved"}]},
    "actions": [{"set": "status", "to": "closed"}],
}
RULES = rules_with(automations={"automations": [REMIND, CLOSE]})


def due(fired: tuple[int, ...] = (), **parts: Any) -> tuple[int, str] | None:
    facts = facts_of(RULES, header(**parts))
    friday = stamp(2026, 11, 20, 14)
    facts.moment = lambda name: friday if name in ("staff", "status") else 0
    found = next_automation(RULES.automations, list(fired), facts, RULES.calendars.by_id.__getitem__)
    return None if found is None else (found[0], found[1].id)


def test_an_automation_in_business_hours_waits_over_the_weekend() -> None:
    assert due(status="pending") == (stamp(2026, 11, 23, 13, 30), "remind")


def test_an_automation_in_calendar_time() -> None:
    assert due(status="solved") == (stamp(2026, 11, 20, 15), "close")
    assert due(status="open") is None


def test_what_has_run_waits_until_its_conditions_are_entered_anew() -> None:
    remind, close = RULES.automations
    fired = [remind.key, close.key]
    pending = facts_of(RULES, header(status="pending"))
    assert due((remind.key,), status="pending") is None
    assert still_fired(RULES.automations, fired, pending, frozenset()) == [remind.key]
    assert still_fired(RULES.automations, fired, pending, frozenset({"staff"})) == []
    assert still_fired(RULES.automations, fired, facts_of(RULES, header(status="open")), frozenset()) == []


@pytest.mark.parametrize(
    "change",
    [
        {"id": ""},
        {"since": "yesterday"},
        {"since": None},
        {"after_minutes": 0},
        {"after_minutes": 10**6},
        {"after_minutes": "60"},
        {"calendar": "moon"},
        {"conditions": None},
        {"conditions": {"all": [{"field": "status", "changed": True}]}},
        {"actions": []},
        {"colour": 1},
    ],
)
def test_an_automation_that_cannot_run_is_refused(change: dict[str, Any]) -> None:
    with pytest.raises(Refusal):
        rules_with(automations={"automations": [dict(REMIND, **change)]})


def test_the_same_id_twice_is_refused() -> None:
    with pytest.raises(Refusal):
        rules_with(automations={"automations": [CLOSE, CLOSE]})
