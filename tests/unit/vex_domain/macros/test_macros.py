"""Macros: documents that say what is wrong, changes as a person would make them, placeholders, mentions."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vex_domain.fields.field_definitions import compile_fields
from vex_domain.macros.macro_definitions import Macro, compile_macros
from vex_domain.macros.macro_effects import macro_change, macro_comment, placeholder_values
from vex_domain.macros.mentions import mentioned
from vex_domain.macros.placeholders import filled_in
from vex_domain.refusals import Refusal
from vex_domain.workflow.ready_workflows import DEFAULT
from vex_domain.workflow.workflow_reading import compile_life

LIFE = compile_life(DEFAULT)
FIELDS = compile_fields({"fields": [{"id": "serial", "type": "text"}, {"id": "vip", "type": "checkbox"}]}, LIFE)
TICKET: dict[str, Any] = {
    "status": "open",
    "kind": "task",
    "priority": "high",
    "subject": "It {{burns}}",
    "team": None,
    "assignee": 4,
    "tags": ["a", "b"],
    "requester": 9,
    "requester_reference": None,
}
FULL = {
    "id": "wait",
    "label": "Wait",
    "status": "pending",
    "priority": "high",
    "team": 3,
    "assignee": "me",
    "add_tags": ["c", "a"],
    "remove_tags": ["b"],
    "fields": [{"field": "serial", "value": "X1"}, {"field": "vip", "value": None}],
    "comment": {"en": "About {{ ticket.subject }} ({{fields.serial}})", "de": "Zu {{ticket.id}}"},
}


def macro(**changed: Any) -> Macro:
    return compile_macros({"macros": [FULL | changed]}, LIFE, FIELDS)["wait"]


def test_a_macro_changes_what_differs_and_leaves_the_rest() -> None:
    assert macro_change(macro(), TICKET, 7) == {
        "status": "pending",
        "kind": None,
        "priority": None,
        "team": 3,
        "assignee": 7,
        "subject": None,
        "tags": ["a", "c"],
        "fields": [{"field": "serial", "value": {"Text": "X1"}}, {"field": "vip", "value": {"Empty": None}}],
    }
    assert macro_change(macro(assignee="nobody"), TICKET, 7)["assignee"] == 0
    assert macro_change(macro(assignee=4, team=0), TICKET, 7) | {"tags": None} == {
        "status": "pending",
        **dict.fromkeys(("kind", "priority", "team", "assignee", "subject", "tags")),
        "fields": [{"field": "serial", "value": {"Text": "X1"}}, {"field": "vip", "value": {"Empty": None}}],
    }


def test_a_comment_is_in_the_first_language_that_there_is_and_filled_in_once() -> None:
    values = placeholder_values(12, TICKET, {"serial": {"Text": "Z9"}}, 7)
    assert macro_comment(macro(), ["fr", "de"], values) == "Zu 12"
    assert macro_comment(macro(), ["ja"], values) == "About It {{burns}} (Z9)"
    assert macro_comment(macro(comment=None), ["en"], values) is None


@pytest.mark.parametrize(
    ("changed", "path"),
    [
        ({"status": "gone"}, "macros.macros[0].status"),
        ({"kind": "rant"}, "macros.macros[0].kind"),
        ({"priority": "!"}, "macros.macros[0].priority"),
        ({"team": -1}, "macros.macros[0].team"),
        ({"assignee": "you"}, "macros.macros[0].assignee"),
        ({"assignee": 0}, "macros.macros[0].assignee"),
        ({"add_tags": [1]}, "macros.macros[0].add_tags"),
        ({"add_tags": ["x", "x"]}, "tags"),
        ({"fields": [{"field": "colour"}]}, "macros.macros[0].fields[0].field"),
        ({"fields": [{"field": "vip", "value": "yes"}]}, "macros.macros[0].fields[0].value"),
        ({"comment": {}}, "macros.macros[0].comment"),
        ({"comment": {"en": ""}}, "macros.macros[0].comment.en"),
        ({"comment": "Dear {{requester.name}}"}, "macros.macros[0].comment"),
        ({"comment": "Dear {{ticket.id"}, "macros.macros[0].comment"),
        ({"comment": {"en": 5}}, "macros.macros[0].comment.en"),
        ({"internal": "no"}, "macros.macros[0].internal"),
        ({"speed": 1}, "macros.macros[0]"),
    ],
)
def test_a_wrong_macro_is_refused_by_its_place(changed: dict[str, Any], path: str) -> None:
    with pytest.raises(Refusal) as refused:
        macro(**changed)
    assert refused.value.detail is not None
    assert next(iter(refused.value.detail.values()))["field"] == path


def test_a_macro_without_effect_is_refused() -> None:
    with pytest.raises(Refusal, match="changes nothing"):
        compile_macros({"macros": [{"id": "nothing"}]}, LIFE, FIELDS)


@given(st.text(alphabet="a{} ", max_size=20), st.text(alphabet="{}a", max_size=8))
def test_a_value_is_never_read_as_a_placeholder(text: str, value: str) -> None:
    pieces = text.split("{{")
    names = [piece.partition("}}")[0].strip() for piece in pieces[1:]]
    expected = pieces[0] + "".join(
        (value if name == "a" else "") + piece.partition("}}")[2] for name, piece in zip(names, pieces[1:], strict=True)
    )
    assert filled_in(text, {"a": value}) == expected


@pytest.mark.parametrize(
    ("text", "people"),
    [
        ("@12 and (@7), @12 again", [12, 7]),
        ("write to a@12 or b.@3", []),
        ("@", []),
        ("@0", []),
        ("@12a @13_", []),
        ("@@5", [5]),
        ("@99999999999999999999", []),
        ("\n@8\n", [8]),
    ],
)
def test_people_are_mentioned_by_number(text: str, people: list[int]) -> None:
    assert mentioned(text) == people


@given(st.lists(st.integers(1, 10**6), min_size=25, max_size=40, unique=True))
def test_a_comment_mentions_at_most_twenty(people: list[int]) -> None:
    assert mentioned(" ".join(f"@{person}" for person in people)) == people[:20]
