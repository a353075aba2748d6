"""A satisfaction survey: one for each ticket, answered by its requester once it is solved, changed for a while."""

from typing import Any

from vex_domain.refusals import Invalid, NotFound, TooLarge
from vex_domain.text_rules import check_body
from vex_domain.time_units import DAY_NS

SCALE = 5
COMMENT_CHARACTERS = 2_000
COMMENT_BYTES = 4_000
DEFAULT_SURVEY: dict[str, Any] = {"enabled": True, "answer_days": 30, "change_days": 7}


class SurveySettings:
    """The section `survey`: whether there is one, until when after solving it is answered and changed (ns)."""

    __slots__ = ("answer_ns", "change_ns", "enabled")

    def __init__(self, enabled: bool, answer_days: int, change_days: int) -> None:
        self.enabled = enabled
        self.answer_ns = answer_days * DAY_NS
        self.change_ns = change_days * DAY_NS

    def check_open(self, solved_at: int | None, first_answered_at: int | None, now: int) -> None:
        """Whether the survey can be answered, or an answer changed, at `now` (ns). Raises NotFound, Invalid."""
        if not self.enabled:
            raise NotFound("survey")
        if first_answered_at is not None:
            if now > first_answered_at + self.change_ns:
                raise Invalid("survey", "can no longer be changed")
            return
        if solved_at is None:
            raise Invalid("survey", "is open once the ticket is solved")
        if now > solved_at + self.answer_ns:
            raise Invalid("survey", "is over")


def compile_survey(document: Any, _rules: Any) -> SurveySettings:
    """The settings that a section's document (a `DocumentReader`) says. Raises Invalid."""
    document.only(*DEFAULT_SURVEY)
    return SurveySettings(
        document.member_or("enabled", DEFAULT_SURVEY["enabled"]).flag(),
        document.member_or("answer_days", DEFAULT_SURVEY["answer_days"]).whole(1, 365),
        document.member_or("change_days", DEFAULT_SURVEY["change_days"]).whole(0, 365),
    )


def check_answer(score: int, comment: str | None) -> None:
    """A score from 1 (bad) to 5 (good), perhaps with a text. Raises Invalid, TooLarge."""
    if not 1 <= score <= SCALE:
        raise Invalid("score", "is not in 1.." + str(SCALE))
    if comment is not None:
        size = len(check_body("comment", comment, COMMENT_CHARACTERS))
        if size > COMMENT_BYTES:
            raise TooLarge("comment", COMMENT_BYTES, size)
