"""What conditions say of tickets, and which are refused when they are written."""

from typing import Any

import pytest

from support.service_documents import facts_of, header, rules_with
from vex_domain.configuration.reader import DocumentReader
from vex_domain.refusals import Invalid, Refusal, TooLarge
from vex_domain.triggers.conditions import read_conditions
from vex_domain.triggers.trigger_rules import known_of

RULES = rules_with()
KNOWN = known_of(RULES)
TICKET = header(team=1, tags=["vip", "fire"], priority="high")
VALUES = {
    "cost": {"Number": "12.50"},
    "product": {"Choice": "phone"},
    "parts": {"Choices": ["toner"]},
    "cause": {"Text": "a paper jam"},
    "due": {"Date": "2026-11-23"},
    "vip": {"Checkbox": True},
}


def holds(document: dict[str, Any], before: dict[str, Any] | None = None, hours: int = 0) -> bool:
    facts = facts_of(RULES, TICKET, before, VALUES)
    facts.now = 1_000_000
    facts.moment = lambda name: 1_000_000 - 3_600 * hours if name == "status" else 0
    return read_conditions(DocumentReader("conditions", document), KNOWN).hold(facts)


def test_a_number_of_as_many_digits_as_a_field_takes_still_compares() -> None:
    longest = {"cost": {"Number": RULES.fields.by_id["cost"].type.kept("cost", "9" * 16)}}
    facts = facts_of(RULES, TICKET, None, longest)
    for comparison, expected in (("more_than", True), ("less_than", False)):
        document = {"all": [{"field": "field.cost", comparison: "12.4"}]}
        assert read_conditions(DocumentReader("conditions", document), KNOWN).hold(facts) is expected


@pytest.mark.parametrize(
    ("condition", "expected"),
    [
        ({"field": "status", "is": "new"}, True),
        ({"field": "status", "is_not": "new"}, False),
        ({"field": "category", "in": ["new", "open"]}, True),
        ({"field": "kind", "not_in": ["task"]}, True),
        ({"field": "team", "is": 1}, True),
        ({"field": "assignee", "present": False}, True),
        ({"field": "tags", "includes": "vip"}, True),
        ({"field": "tags", "excludes": "vip"}, False),
        ({"field": "subject", "includes": "fire"}, True),
        ({"field": "channel", "includes": "mail"}, False),
        ({"field": "channel", "excludes": "mail"}, True),
        ({"field": "field.cost", "more_than": "12.4"}, True),
        ({"field": "field.cost", "less_than": "12.4"}, False),
        ({"field": "field.due", "less_than": "2026-12-01"}, True),
        ({"field": "field.product", "in": ["phone", "printer"]}, True),
        ({"field": "field.parts", "includes": "toner"}, True),
        ({"field": "field.parts", "excludes": "drum"}, True),
        ({"field": "field.cause", "includes": "jam"}, True),
        ({"field": "field.vip", "is": True}, True),
        ({"field": "hours_since_status", "more_than": 3}, True),
        ({"field": "hours_since_status", "less_than": 3}, False),
        ({"field": "hours_since_staff", "more_than": 0}, False),
        ({"field": "priority", "changed": False}, True),
        ({"field": "priority", "changed_to": "high"}, False),
    ],
)
def test_a_condition_on_a_new_ticket(condition: dict[str, Any], expected: bool) -> None:
    assert holds({"all": [condition]}, hours=4) is expected


@pytest.mark.parametrize(
    ("condition", "expected"),
    [
        ({"field": "priority", "changed": True}, True),
        ({"field": "team", "changed": True}, False),
        ({"field": "priority", "changed_from": "low"}, True),
        ({"field": "priority", "changed_to": "high"}, True),
        ({"field": "priority", "changed_to": "urgent"}, False),
        ({"field": "status", "changed_to": "new"}, False),
        ({"field": "category", "changed": True}, False),
    ],
)
def test_a_condition_on_a_change(condition: dict[str, Any], expected: bool) -> None:
    assert holds({"all": [condition]}, dict(TICKET, priority="low")) is expected


def test_all_and_any_together() -> None:
    new, task, high = (
        {"field": "status", "is": "new"},
        {"field": "kind", "is": "task"},
        {"field": "priority", "is": "high"},
    )
    assert holds({})
    assert holds({"all": [new], "any": [task, high]})
    assert not holds({"all": [new], "any": [task]})
    assert not holds({"all": [task], "any": [high]})


@pytest.mark.parametrize(
    "condition",
    [
        {"field": "status", "is": "asleep"},
        {"field": "kind", "in": ["question", "riddle"]},
        {"field": "priority", "in": []},
        {"field": "team", "is": 9},
        {"field": "team", "is": "sales"},
        {"field": "assignee", "is": 0},
        {"field": "colour", "is": "red"},
        {"field": "field.colour", "is": "red"},
        {"field": "field.product", "is": "car"},
        {"field": "field.cost", "is": 12},
        {"field": "field.product", "more_than": "phone"},
        {"field": "field.vip", "includes": "x"},
        {"field": "priority", "more_than": 1},
        {"field": "tags", "is": "vip"},
        {"field": "status", "includes": "n"},
        {"field": "hours_since_status", "is": 4},
        {"field": "hours_since_status", "more_than": -1},
        {"field": "status", "present": "yes"},
        {"field": "status", "is": "new", "is_not": "open"},
        {"field": "status"},
        {"field": "status", "looks_like": "new"},
        {"field": 5, "is": 5},
        {"is": "new"},
        "status is new",
    ],
)
def test_a_condition_that_means_nothing_here_is_refused(condition: Any) -> None:
    with pytest.raises(Refusal) as refused:
        read_conditions(DocumentReader("conditions", {"all": [condition]}), KNOWN)
    assert str(refused.value).startswith("conditions.all[0]")


def test_what_does_not_last_is_refused_where_lasting_conditions_are_asked_for() -> None:
    for condition in ({"field": "status", "changed": True}, {"field": "hours_since_status", "more_than": 1}):
        with pytest.raises(Invalid):
            read_conditions(DocumentReader("c", {"any": [condition]}), KNOWN, lasting=True)


def test_more_than_sixteen_conditions_are_refused() -> None:
    with pytest.raises(TooLarge):
        read_conditions(DocumentReader("c", {"all": [{"field": "status", "is": "new"}] * 17}), KNOWN)
