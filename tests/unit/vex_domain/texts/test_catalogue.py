"""The catalogue has every text in every language, and nobody is ever left without one."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vex_domain.configuration.sections import DEFAULT_RULES
from vex_domain.refusals import ALL_REFUSALS, Conflict, Forbidden, Invalid, NotFound, TooLarge
from vex_domain.texts.errors import ERRORS, UNKNOWN, text_of_error
from vex_domain.texts.languages import ISOLATE, LANGUAGES, POP_ISOLATE
from vex_domain.texts.notifications import NOTIFICATIONS
from vex_domain.texts.words import KINDS, PRIORITIES, STATES

ALL = [
    *((f"error {code}", texts) for code, texts in ERRORS.items()),
    *((f"notification {name}", texts) for name, texts in NOTIFICATIONS.items()),
    *((f"{name}", texts) for table in (STATES, KINDS, PRIORITIES) for name, texts in table.items()),
    ("unknown", UNKNOWN),
]


@pytest.mark.parametrize(("name", "texts"), ALL, ids=[name for name, _ in ALL])
def test_a_text_is_there_in_every_language_with_the_same_gaps(name: str, texts: dict[str, str]) -> None:
    assert tuple(texts) == LANGUAGES
    gaps = {language: sorted(re.findall(r"\{(\w+)\}", text)) for language, text in texts.items()}
    assert all(found == gaps["en"] for found in gaps.values())
    assert all(text.strip() == text != "" for text in texts.values())


def test_every_refusal_has_its_text() -> None:
    assert {refusal.code for refusal in ALL_REFUSALS} <= set(ERRORS)


def test_what_the_detail_says_is_filled_in() -> None:
    refusals = (Forbidden("note.read"), Invalid("subject", "is empty"), TooLarge("body", 5, 9), NotFound("ticket"))
    for refusal in (*refusals, Conflict(7)):
        for language in LANGUAGES:
            text = text_of_error(refusal.code, refusal.detail, [language]).text
            assert "{" not in text
    assert text_of_error(101, Forbidden("note.read").detail, ["de"]).text == "Ihnen fehlt die Berechtigung note.read."


@given(st.lists(st.one_of(st.none(), st.sampled_from([*LANGUAGES, "pt-br", "tlh", "zh-hans-cn"])), max_size=4))
def test_somebody_always_gets_a_text_in_the_dearest_language_there_is(wished: list[str | None]) -> None:
    known = [tag.partition("-")[0] for tag in wished if tag is not None and tag.partition("-")[0] in LANGUAGES]
    rendered = text_of_error(100, None, wished)
    assert rendered.language == (known[0] if known else "en")
    assert rendered.right_to_left == (rendered.language == "ar")


def test_a_latin_name_does_not_turn_an_arabic_sentence() -> None:
    text = text_of_error(101, Forbidden("note.read").detail, ["ar"]).text
    assert ISOLATE + "note.read" + POP_ISOLATE in text


def test_an_error_of_a_newer_canister_still_says_its_number() -> None:
    assert "999" in text_of_error(999, None, ["fr"]).text


def test_states_and_kinds_that_everybody_has_are_labelled_in_every_language() -> None:
    states = DEFAULT_RULES.workflow.states
    assert {word: states[word].label for word in ("new", "solved")} == {
        word: STATES[word] for word in ("new", "solved")
    }
