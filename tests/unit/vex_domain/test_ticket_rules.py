"""What a ticket may say: limits, words, control characters."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vex_domain.refusals import Invalid, Refusal, TooLarge
from vex_domain.text_rules import check_body, check_line, check_short, pages_of
from vex_domain.ticket_rules import check_new_ticket, check_tags

GOOD: dict[str, Any] = {
    "subject": "Printer",
    "body": "It burns",
    "kind": "incident",
    "priority": "high",
    "tags": ["a"],
    "requester_reference": None,
    "channel": "email",
    "language": "ar",
}


def test_a_good_ticket_gives_its_body() -> None:
    assert check_new_ticket(GOOD) == b"It burns"


@pytest.mark.parametrize(
    ("field", "value", "refusal"),
    [
        ("subject", "", Invalid),
        ("subject", " \u2003", Invalid),
        ("subject", "two\nlines", Invalid),
        ("subject", "s" * 151, TooLarge),
        ("subject", "\u0628" * 150 + "!", TooLarge),
        ("subject", "\U0001f525" * 100, TooLarge),
        ("body", "", Invalid),
        ("body", " \n", Invalid),
        ("body", "bell\x07", Invalid),
        ("body", "b" * 65_537, TooLarge),
        ("priority", "HIGH", Invalid),
        ("tags", ["t"] * 2, Invalid),
        ("tags", [str(number) for number in range(11)], TooLarge),
        ("tags", ["t" * 33], TooLarge),
        ("tags", [""], Invalid),
        ("tags", ["\U0001f525" * 25, "\U0001f692" * 25], TooLarge),
        ("requester_reference", "", Invalid),
        ("requester_reference", "r" * 65, TooLarge),
        ("channel", "c" * 17, TooLarge),
        ("language", "x\x00", Invalid),
    ],
)
def test_what_is_wrong_is_refused_by_its_field(field: str, value: object, refusal: type[Refusal]) -> None:
    with pytest.raises(refusal) as refused:
        check_new_ticket(GOOD | {field: value})
    assert refused.value.detail is not None
    assert next(iter(refused.value.detail.values()))["field"] == field


@given(st.binary(max_size=5_000), st.integers(1, 1_000))
def test_pages_put_together_are_the_body(body: bytes, page: int) -> None:
    pages = pages_of(body, page)
    assert b"".join(pages) == body
    assert all(0 < len(part) <= page for part in pages)


@given(st.text(max_size=50))
def test_a_line_that_is_accepted_has_no_control_character(text: str) -> None:
    try:
        check_line("f", text, 40, 80)
    except Refusal:
        return
    assert not any(letter < " " or "\x7f" <= letter <= "\x9f" for letter in text)
    assert len(text.encode()) <= 80


LETTERS = st.one_of(
    st.sampled_from("a \t\n\r\x00\x1f\x7f\x80\x9f\xa0\xad\u0628\u2003\u200d\U0001f525"), st.characters(codec="utf-8")
)


def _refusal_of_a_line(text: str, characters: int, octets: int, *, may_be_empty: bool) -> type[Refusal] | None:
    if len(text) > characters:
        return TooLarge
    if any(letter < " " or "\x7f" <= letter <= "\x9f" for letter in text):
        return Invalid
    if len(text.encode()) > octets:
        return TooLarge
    return None if text.strip() or may_be_empty else Invalid


@given(st.text(LETTERS, max_size=12), st.integers(0, 12), st.integers(0, 12))
def test_lines_are_refused_for_what_a_look_at_each_letter_finds(text: str, characters: int, octets: int) -> None:
    for check, may_be_empty in ((check_line, False), (check_short, True)):
        refused = None
        try:
            check("f", text, characters, octets)
        except Refusal as refusal:
            refused = type(refusal)
        assert refused == _refusal_of_a_line(text, characters, octets, may_be_empty=may_be_empty)


@given(st.lists(st.text(LETTERS, max_size=3) | st.sampled_from(["a", "t" * 32, "t" * 33]), max_size=11))
def test_tags_are_refused_for_what_a_look_at_each_finds(tags: list[str]) -> None:
    each = [_refusal_of_a_line(tag, 32, 192, may_be_empty=False) for tag in tags]
    expected = next((refusal for refusal in each if refusal is not None), None)
    if len(tags) > 10:
        expected = TooLarge
    elif expected is None and len(set(tags)) < len(tags):
        expected = Invalid
    elif expected is None and len("".join(tags).encode()) > 192:
        expected = TooLarge
    refused = None
    try:
        check_tags(tags)
    except Refusal as refusal:
        refused = type(refusal)
    assert refused == expected


@given(st.text(LETTERS, max_size=12))
def test_a_body_is_refused_when_it_is_blank_or_has_a_control_that_is_no_end_of_line_or_tab(text: str) -> None:
    fits = text.strip() != "" and not any(
        letter < " " or "\x7f" <= letter <= "\x9f" for letter in text if letter not in "\t\n\r"
    )
    try:
        assert check_body("body", text, 12) == text.encode()
    except Invalid:
        assert not fits
    else:
        assert fits


def test_a_body_may_have_lines_and_tabs() -> None:
    assert check_body("body", "a\tb\r\nc", 10) == b"a\tb\r\nc"
