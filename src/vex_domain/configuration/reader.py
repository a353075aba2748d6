"""Reading one document step by step, so that every refusal names the place: `workflow.states[2].id is empty`."""

from typing import Any

from vex_domain.refusals import Invalid, TooLarge
from vex_domain.text_rules import check_line

IDENTIFIER_LETTERS = "abcdefghijklmnopqrstuvwxyz0123456789_"
IDENTIFIER_LENGTH = 32


class DocumentReader:
    """A value in a document and the path to it; each method checks one shape. They raise Invalid and TooLarge."""

    __slots__ = ("path", "value")

    def __init__(self, path: str, value: Any) -> None:
        self.path = path
        self.value = value

    def refuse(self, reason: str) -> Invalid:
        """The refusal that names this place, to be raised."""
        return Invalid(self.path, reason)

    def only(self, *names: str) -> None:
        """An object with no other members than these: a misspelt one is no default."""
        if not isinstance(self.value, dict):
            raise self.refuse("is not an object")
        for name in self.value:
            if name not in names:
                raise self.refuse("has an unknown member " + repr(name[:IDENTIFIER_LENGTH]))

    def has(self, name: str) -> bool:
        """Whether the object has this member, and it is not null."""
        return isinstance(self.value, dict) and self.value.get(name) is not None

    def member(self, name: str) -> "DocumentReader":
        """A member that must be there."""
        if not self.has(name):
            raise Invalid(self.path + "." + name, "is missing")
        return DocumentReader(self.path + "." + name, self.value[name])

    def member_or(self, name: str, default: Any) -> "DocumentReader":
        """A member, or what stands for it when it is missing or null."""
        value = self.value[name] if self.has(name) else default
        return DocumentReader(self.path + "." + name, value)

    def items(self, most: int, least: int = 0) -> list["DocumentReader"]:
        """The values of a list."""
        if not isinstance(self.value, list):
            raise self.refuse("is not a list")
        if len(self.value) > most:
            raise TooLarge(self.path, most, len(self.value))
        if len(self.value) < least:
            raise self.refuse("has fewer than " + str(least))
        return [DocumentReader(self.path + "[" + str(number) + "]", value) for number, value in enumerate(self.value)]

    def members(self, most: int) -> list[tuple[str, "DocumentReader"]]:
        """The members of an object whose names are data."""
        if not isinstance(self.value, dict):
            raise self.refuse("is not an object")
        if len(self.value) > most:
            raise TooLarge(self.path, most, len(self.value))
        return [(name, DocumentReader(self.path + "." + name, value)) for name, value in self.value.items()]

    def text(self, characters: int) -> str:
        """A line of text that is not blank."""
        if not isinstance(self.value, str):
            raise self.refuse("is not a text")
        check_line(self.path, self.value, characters, 4 * characters)
        return self.value

    def identifier(self) -> str:
        """1-32 of a-z, 0-9 and _, beginning with a letter."""
        value = self.value
        if not isinstance(value, str) or not 0 < len(value) <= IDENTIFIER_LENGTH or not "a" <= value[0] <= "z":
            raise self.refuse("is not an identifier (a-z, 0-9, _; at most 32)")
        if any(letter not in IDENTIFIER_LETTERS for letter in value):
            raise self.refuse("is not an identifier (a-z, 0-9, _; at most 32)")
        return value

    def word(self, words: tuple[str, ...]) -> str:
        """One of these words."""
        if not isinstance(self.value, str) or self.value not in words:
            raise self.refuse("is not one of " + ", ".join(words))
        return self.value

    def whole(self, least: int, most: int) -> int:
        """A whole number from `least` to `most`."""
        if not isinstance(self.value, int) or isinstance(self.value, bool) or not least <= self.value <= most:
            raise self.refuse("is not a whole number from " + str(least) + " to " + str(most))
        return self.value

    def flag(self) -> bool:
        """True or false."""
        if not isinstance(self.value, bool):
            raise self.refuse("is not true or false")
        return self.value
