"""Custom fields: definitions that say what is wrong with them, values that are checked and named."""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vex_domain.fields.decimal_texts import millionths, scaled, unscaled
from vex_domain.fields.field_changes import changed_values, is_filled, packed, require_values, shown_values, unpacked
from vex_domain.fields.field_definitions import TicketFields, check_types_kept, compile_fields
from vex_domain.fields.field_values import check_date
from vex_domain.refusals import FieldRequired, Forbidden, Invalid, Refusal, TooLarge
from vex_domain.workflow.ready_workflows import DEFAULT
from vex_domain.workflow.workflow_reading import compile_life

LIFE = compile_life(DEFAULT)
CHOICES = [{"id": "hw", "label": {"en": "Hardware", "de": "Gerät"}}, {"id": "sw", "label": "Software"}, {"id": "net"}]
DEFINED: list[dict[str, Any]] = [
    {"id": "serial", "type": "text", "pattern": "[A-Z]{2}-\\d{4}", "required_in": ["solved"]},
    {"id": "cost", "type": "number", "decimals": 2, "least": "0", "most": "1000", "requester": "read"},
    {"id": "due", "type": "date", "earliest": "2026-01-01", "latest": "2030-12-31"},
    {"id": "area", "type": "choice", "choices": CHOICES, "kinds": ["incident"]},
    {"id": "areas", "type": "multi_choice", "choices": CHOICES, "most": 2},
    {"id": "agreed", "type": "checkbox", "required_in": ["closed"]},
    {"id": "margin", "type": "number", "requester": "hidden"},
]


def fields(*changed: dict[str, Any]) -> TicketFields:
    return compile_fields({"fields": [*DEFINED, *changed]}, LIFE)


FIELDS = fields()


def kept(word: str, value: dict[str, Any]) -> Any:
    return changed_values(FIELDS, "incident", {}, [(word, value)], by_agent=True)[word]


@pytest.mark.parametrize(
    ("word", "given_value", "stored"),
    [
        ("serial", {"Text": "AB-1234"}, {"Text": "AB-1234"}),
        ("cost", {"Number": "012.5"}, {"Number": "12.50"}),
        ("cost", {"Number": "-0"}, {"Number": "0.00"}),
        ("due", {"Date": "2028-02-29"}, {"Date": "2028-02-29"}),
        ("area", {"Choice": "hw"}, {"Choice": "hw"}),
        ("areas", {"Choices": ["net", "hw"]}, {"Choices": ["hw", "net"]}),
        ("agreed", {"Checkbox": False}, {"Checkbox": False}),
    ],
)
def test_a_value_is_kept_in_its_one_form(word: str, given_value: Any, stored: Any) -> None:
    assert kept(word, given_value) == stored


@pytest.mark.parametrize(
    ("word", "value", "refusal"),
    [
        ("serial", {"Text": "ab-1234"}, Invalid),
        ("serial", {"Text": ""}, Invalid),
        ("serial", {"Text": "AB-\x001234"}, Invalid),
        ("serial", {"Text": "A" * 201}, TooLarge),
        ("serial", {"Number": "1"}, Invalid),
        ("cost", {"Number": "1.234"}, Invalid),
        ("cost", {"Number": "1e3"}, Invalid),
        ("cost", {"Number": "-1"}, Invalid),
        ("cost", {"Number": "1000.01"}, Invalid),
        ("cost", {"Number": "0" * 19}, Invalid),
        ("cost", {"Number": "\u0661"}, Invalid),
        ("due", {"Date": "2026-02-29"}, Invalid),
        ("due", {"Date": "23.11.2026"}, Invalid),
        ("due", {"Date": "2025-12-31"}, Invalid),
        ("due", {"Date": "2031-01-01"}, Invalid),
        ("area", {"Choice": "garden"}, Invalid),
        ("areas", {"Choices": ["hw", "hw"]}, Invalid),
        ("areas", {"Choices": ["hw", "sw", "net"]}, TooLarge),
        ("areas", {"Choices": []}, Invalid),
        ("agreed", {"Text": "yes"}, Invalid),
        ("unknown", {"Text": "x"}, Invalid),
    ],
)
def test_a_wrong_value_is_refused_by_its_field(word: str, value: Any, refusal: type[Refusal]) -> None:
    with pytest.raises(refusal) as refused:
        kept(word, value)
    assert refused.value.detail is not None
    assert next(iter(refused.value.detail.values()))["field"] == "fields." + word


def test_a_requester_sets_what_the_field_allows_and_sees_no_hidden_one() -> None:
    with pytest.raises(Forbidden):
        changed_values(FIELDS, "task", {}, [("cost", {"Number": "1"})], by_agent=False)
    with pytest.raises(Invalid, match="is not a field"):
        changed_values(FIELDS, "task", {}, [("margin", {"Number": "1"})], by_agent=False)
    values = changed_values(FIELDS, "task", {}, [("margin", {"Number": "1"}), ("cost", {"Number": "2"})], by_agent=True)
    assert shown_values(FIELDS, values, by_agent=False) == {"cost": {"Number": "2.00"}}
    assert shown_values(FIELDS, values, by_agent=True) == values


def test_a_field_belongs_to_its_kinds() -> None:
    with pytest.raises(Invalid, match="kind task"):
        changed_values(FIELDS, "task", {}, [("area", {"Choice": "hw"})], by_agent=True)


def test_null_takes_a_value_away_and_the_same_field_twice_is_refused() -> None:
    values = changed_values(FIELDS, "task", {"agreed": {"Checkbox": True}}, [("agreed", None)], by_agent=True)
    assert values == {}
    with pytest.raises(Invalid, match="twice"):
        changed_values(FIELDS, "task", {}, [("agreed", None), ("agreed", None)], by_agent=True)


def test_a_state_requires_its_fields_and_a_checkbox_only_counts_when_ticked() -> None:
    with pytest.raises(FieldRequired, match="serial"):
        require_values(FIELDS, "task", "solved", {})
    require_values(FIELDS, "task", "solved", {"serial": {"Text": "AB-1234"}})
    assert not is_filled({"agreed": {"Checkbox": False}}, "agreed")
    with pytest.raises(FieldRequired, match="agreed"):
        require_values(FIELDS, "task", "closed", {"agreed": {"Checkbox": False}})


@pytest.mark.parametrize(
    ("field", "path"),
    [
        ({"id": "Serial", "type": "text"}, "fields.fields[7].id"),
        ({"id": "serial", "type": "text"}, "fields.fields[7].id"),
        ({"id": "tags", "type": "text"}, "fields.fields[7].id"),
        ({"id": "x" * 17, "type": "text"}, "fields.fields[7].id"),
        ({"type": "text"}, "fields.fields[7].id"),
        ({"id": "x", "type": "float"}, "fields.fields[7].type"),
        ({"id": "x", "type": "text", "longest": 501}, "fields.fields[7].longest"),
        ({"id": "x", "type": "text", "pattern": "(a+)+"}, "fields.fields[7].pattern"),
        ({"id": "x", "type": "text", "pattern": ""}, "fields.fields[7].pattern"),
        ({"id": "x", "type": "text", "most": 1}, "fields.fields[7]"),
        ({"id": "x", "type": "number", "decimals": 7}, "fields.fields[7].decimals"),
        ({"id": "x", "type": "number", "least": 0}, "fields.fields[7].least"),
        ({"id": "x", "type": "number", "least": "2", "most": "1"}, "fields.fields[7].least"),
        ({"id": "x", "type": "date", "earliest": "1"}, "fields.fields[7].earliest"),
        ({"id": "x", "type": "choice"}, "fields.fields[7].choices"),
        ({"id": "x", "type": "choice", "choices": [{"id": "a"}, {"id": "a"}]}, "fields.fields[7].choices[1].id"),
        ({"id": "x", "type": "multi_choice", "choices": [{"id": "a"}], "most": 0}, "fields.fields[7].most"),
        ({"id": "x", "type": "text", "required_in": ["done"]}, "fields.fields[7].required_in"),
        ({"id": "x", "type": "text", "kinds": ["rant"]}, "fields.fields[7].kinds"),
        ({"id": "x", "type": "text", "requester": "maybe"}, "fields.fields[7].requester"),
        ({"id": "x", "type": "text", "label": {"en": 1}}, "fields.fields[7].label.en"),
    ],
)
def test_a_wrong_definition_is_refused_by_its_place(field: dict[str, Any], path: str) -> None:
    with pytest.raises(Refusal) as refused:
        fields(field)
    assert refused.value.detail is not None
    assert next(iter(refused.value.detail.values()))["field"] == path


def test_a_workflow_requires_only_fields_that_there_are() -> None:
    way = {"from": "new", "to": "solved", "required": ["cause"]}
    states = [{"id": "new", "category": "new"}, {"id": "solved", "category": "solved"}]
    kinds = [{"id": "task", "workflow": "mine"}]
    workflow = {"id": "mine", "initial": "new", "transitions": [way]}
    life = compile_life({"states": states, "workflows": [workflow], "kinds": kinds})
    with pytest.raises(Invalid, match="lack cause"):
        compile_fields({}, life)
    assert compile_fields({"fields": [{"id": "cause", "type": "text"}]}, life).by_id["cause"].label == "cause"


def test_a_field_keeps_its_type() -> None:
    with pytest.raises(Invalid, match="serial is a text field"):
        check_types_kept(FIELDS, compile_fields({"fields": [{"id": "serial", "type": "checkbox"}]}, LIFE))
    check_types_kept(FIELDS, compile_fields({}, LIFE))


@given(st.decimals(allow_nan=False, allow_infinity=False, places=4, min_value=-(10**12), max_value=10**12))
def test_a_decimal_text_means_the_same_number(number: Decimal) -> None:
    text = format(number, "f")
    assert Decimal(unscaled(scaled("f", text, 4), 4)) == number


@pytest.mark.parametrize("decimals", [0, 2, 6])
def test_a_number_has_18_digits_with_its_decimals_and_what_is_kept_can_be_given_again(decimals: int) -> None:
    number = compile_fields({"fields": [{"id": "n", "type": "number", "decimals": decimals}]}, LIFE).by_id["n"].type
    kept = number.kept("n", "9" * (18 - decimals))
    assert number.kept("n", kept) == kept
    assert millionths(kept) == int("9" * (18 - decimals)) * 10**6
    with pytest.raises(Invalid, match="more than 18 digits"):
        number.kept("n", "9" * (19 - decimals))


@given(st.dates())
def test_every_day_of_the_calendar_is_a_date(day: date) -> None:
    assert check_date("f", day.isoformat()) == day.isoformat()


@given(st.integers(0, 9999), st.integers(0, 99), st.integers(0, 99))
def test_what_is_not_a_day_of_the_calendar_is_refused(year: int, month: int, day: int) -> None:
    text = f"{year:04}-{month:02}-{day:02}"
    try:
        date.fromisoformat(text)
    except ValueError:
        with pytest.raises(Invalid):
            check_date("f", text)
    else:
        check_date("f", text)


@given(st.dictionaries(st.text(max_size=8), st.fixed_dictionaries({"Text": st.text(max_size=20)}), max_size=8))
def test_values_come_back_as_they_were_packed(values: Any) -> None:
    assert unpacked(packed(values)) == values
