"""Surveys: open once the ticket is solved, changed for a while, on a scale of five."""

import pytest

from vex_domain.configuration.reader import DocumentReader
from vex_domain.refusals import Invalid, NotFound, Refusal, TooLarge
from vex_domain.surveys.survey_rules import check_answer, compile_survey
from vex_domain.time_units import DAY_NS


def settings(**changed: object) -> object:
    return compile_survey(DocumentReader("survey", changed), None)


@pytest.mark.parametrize(
    ("solved_at", "answered_at", "now", "refusal"),
    [
        (0, None, 30 * DAY_NS, None),
        (0, None, 30 * DAY_NS + 1, Invalid),
        (None, None, 0, Invalid),
        (0, DAY_NS, 8 * DAY_NS, None),
        (0, DAY_NS, 8 * DAY_NS + 1, Invalid),
        (None, DAY_NS, 2 * DAY_NS, None),
    ],
)
def test_a_survey_has_its_windows(
    solved_at: int | None, answered_at: int | None, now: int, refusal: type[Refusal] | None
) -> None:
    survey = compile_survey(DocumentReader("survey", {}), None)
    if refusal is None:
        survey.check_open(solved_at, answered_at, now)
    else:
        with pytest.raises(refusal):
            survey.check_open(solved_at, answered_at, now)


def test_an_organisation_can_do_without() -> None:
    with pytest.raises(NotFound):
        compile_survey(DocumentReader("survey", {"enabled": False}), None).check_open(0, None, 0)


@pytest.mark.parametrize(
    "document",
    [
        {"enabled": 1},
        {"answer_days": 0},
        {"answer_days": 366},
        {"change_days": -1},
        {"change_days": "7"},
        {"scale": 10},
    ],
)
def test_a_wrong_section_is_refused(document: dict[str, object]) -> None:
    with pytest.raises(Invalid):
        compile_survey(DocumentReader("survey", document), None)


@pytest.mark.parametrize(
    ("score", "comment", "refusal"),
    [
        (0, None, Invalid),
        (6, None, Invalid),
        (1 << 30, None, Invalid),
        (3, "", Invalid),
        (3, " \n", Invalid),
        (3, "bell\x07", Invalid),
        (3, "x" * 2_001, TooLarge),
        (3, "\u0628" * 2_000 + "!", TooLarge),
    ],
)
def test_wrong_answers_are_refused(score: int, comment: str | None, refusal: type[Refusal]) -> None:
    with pytest.raises(refusal):
        check_answer(score, comment)


def test_good_answers_pass() -> None:
    for score in range(1, 6):
        check_answer(score, None)
    check_answer(5, "Thanks!\nGreat.")
