"""Types of fields: what each one's document says, which values it takes and in which form it keeps them.

A value is a Candid variant as Kybra gives it: {"Text": "…"}, {"Number": "12.50"}, {"Date": "2026-11-23"},
{"Choice": "id"}, {"Choices": ["id", …]}, {"Checkbox": True}. Numbers are decimal texts, never floats.
"""

from collections.abc import Callable
from typing import Any

from vex_domain.configuration.document_parts import Part
from vex_domain.fields.decimal_texts import DECIMALS_MOST, scaled, unscaled
from vex_domain.fields.text_patterns import TextPattern, compile_pattern
from vex_domain.refusals import Invalid, TooLarge
from vex_domain.text_rules import check_line

LONGEST_TEXT = 500
USUAL_TEXT = 200
BYTES_OF_A_LETTER = 4
CHOICES_MOST = 200
DAYS = (31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)

Value = dict[str, Any]


class FieldType:
    """`tag` is the variant's name; `kept(field, content)` is the content as it is stored."""

    tag = ""

    def __init__(self, part: Part) -> None:
        """Read the type's own keys. Raises Invalid, TooLarge, PatternRefused."""

    def kept(self, field: str, content: Any) -> Any:  # noqa: ARG002  # the types below name the field in refusals
        """The content in its one form. Raises Invalid, TooLarge."""
        return content


class TextType(FieldType):
    tag = "Text"

    def __init__(self, part: Part) -> None:
        self._longest = part.optional_number("longest", 1, LONGEST_TEXT) or USUAL_TEXT
        self._pattern: TextPattern | None = None
        pattern = part.text("pattern", "")
        if part.has("pattern"):
            self._pattern = compile_pattern(part.at("pattern"), pattern)

    def kept(self, field: str, content: Any) -> Any:
        check_line(field, content, self._longest, self._longest * BYTES_OF_A_LETTER)
        if self._pattern is not None and not self._pattern.matches(content):
            raise Invalid(field, "does not match its pattern")
        return content


class NumberType(FieldType):
    tag = "Number"

    def __init__(self, part: Part) -> None:
        self._decimals = part.optional_number("decimals", 0, DECIMALS_MOST) or 0
        self._least = self._bound(part, "least")
        self._most = self._bound(part, "most")
        if self._least is not None and self._most is not None and self._least > self._most:
            raise Invalid(part.at("least"), "is above most")

    def _bound(self, part: Part, key: str) -> int | None:
        text = part.text(key, "")
        return scaled(part.at(key), text, self._decimals) if part.has(key) else None

    def kept(self, field: str, content: Any) -> Any:
        number = scaled(field, content, self._decimals)
        if self._least is not None and number < self._least:
            raise Invalid(field, "is below " + unscaled(self._least, self._decimals))
        if self._most is not None and number > self._most:
            raise Invalid(field, "is above " + unscaled(self._most, self._decimals))
        return unscaled(number, self._decimals)


class DateType(FieldType):
    tag = "Date"

    def __init__(self, part: Part) -> None:
        self._earliest = self._bound(part, "earliest")
        self._latest = self._bound(part, "latest")
        if self._earliest and self._latest and self._earliest > self._latest:
            raise Invalid(part.at("earliest"), "is after latest")

    def _bound(self, part: Part, key: str) -> str:
        text = part.text(key, "")
        return check_date(part.at(key), text) if part.has(key) else ""

    def kept(self, field: str, content: Any) -> Any:
        check_date(field, content)
        if self._earliest and content < self._earliest:
            raise Invalid(field, "is before " + self._earliest)
        if self._latest and content > self._latest:
            raise Invalid(field, "is after " + self._latest)
        return content


class ChoiceType(FieldType):
    tag = "Choice"

    def __init__(self, part: Part) -> None:
        self._choices: dict[str, Any] = {}
        for choice in part.parts("choices", CHOICES_MOST):
            word = choice.word("id")
            if word in self._choices:
                raise Invalid(choice.at("id"), word + " is there already")
            self._choices[word] = choice.label("label", word)
            choice.finish()
        if not self._choices:
            raise Invalid(part.at("choices"), "are none")

    def kept(self, field: str, content: Any) -> Any:
        if content not in self._choices:
            raise Invalid(field, "is not one of its choices")
        return content


class MultiChoiceType(ChoiceType):
    tag = "Choices"

    def __init__(self, part: Part) -> None:
        super().__init__(part)
        self._most = part.optional_number("most", 1, CHOICES_MOST) or len(self._choices)

    def kept(self, field: str, content: Any) -> Any:
        if len(content) > self._most:
            raise TooLarge(field, self._most, len(content))
        for word in content:
            super().kept(field, word)
        if len(set(content)) != len(content):
            raise Invalid(field, "has one twice")
        if not content:
            raise Invalid(field, "has no choice; null takes the value away")
        return [word for word in self._choices if word in content]


class CheckboxType(FieldType):
    tag = "Checkbox"


TYPES: dict[str, Callable[[Part], FieldType]] = {
    "text": TextType,
    "number": NumberType,
    "date": DateType,
    "choice": ChoiceType,
    "multi_choice": MultiChoiceType,
    "checkbox": CheckboxType,
}


def check_date(field: str, text: str) -> str:
    """A day as YYYY-MM-DD, 0001 to 9999. Raises Invalid."""
    shaped = len(text) == 10 and text.isascii() and text[4] == "-" and text[7] == "-"
    digits = text[:4] + text[5:7] + text[8:] if shaped else ""
    if not digits.isdigit():
        raise Invalid(field, "is not a date as 2026-11-23")
    year, month, day = int(digits[:4]), int(digits[4:6]), int(digits[6:])
    leap = year % 4 == 0 and (year % 100 != 0 or year % 400 == 0)
    if year == 0 or not 1 <= month <= 12 or not 1 <= day <= DAYS[month - 1] + (leap and month == 2):
        raise Invalid(field, "is not a day of the calendar")
    return text
