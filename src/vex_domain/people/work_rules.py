"""What a member does for the organisation: skills, how many tickets at once, when out of office, which calendar."""

from vex_domain.refusals import Invalid, TooLarge

SKILLS_MOST = 16
WORD_CHARACTERS = 32
WORD_LETTERS = "abcdefghijklmnopqrstuvwxyz0123456789-_"
CAPACITY_DEFAULT = 20
CAPACITY_MOST = 10_000
OUT_MOST = 366 * 24 * 3600 * 1_000_000_000
NO_WORK = {"skills": [], "capacity": CAPACITY_DEFAULT, "out_until": 0, "calendar": None}
"""What holds for a member of whom nothing else was said."""


def check_word_of(field: str, word: str) -> None:
    """A name of 1-32 of a-z, 0-9, - and _. Raises Invalid, TooLarge."""
    if len(word) > WORD_CHARACTERS:
        raise TooLarge(field, WORD_CHARACTERS, len(word))
    if not word or any(letter not in WORD_LETTERS for letter in word):
        raise Invalid(field, "is not a word of a-z, 0-9, - and _")


def check_work(skills: list[str], capacity: int, calendar: str | None) -> None:
    """At most 16 different skills, a capacity up to 10,000, a calendar's id. Raises Invalid, TooLarge."""
    if len(skills) > SKILLS_MOST:
        raise TooLarge("skills", SKILLS_MOST, len(skills))
    if len(set(skills)) != len(skills):
        raise Invalid("skills", "has one twice")
    for skill in skills:
        check_word_of("skills", skill)
    if capacity > CAPACITY_MOST:
        raise TooLarge("capacity", CAPACITY_MOST, capacity)
    if calendar is not None:
        check_word_of("calendar", calendar)


def check_out_until(until: int, now: int) -> None:
    """Back at `until` (ns): 0 for now, else later than now and within a year. Raises Invalid."""
    if until != 0 and not now < until <= now + OUT_MOST:
        raise Invalid("until", "is not within a year from now")
