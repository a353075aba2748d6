"""JSON read with positions, so that a refusal says where, in the words of PocketIC's reader (serde_json)."""

import math
import re
from dataclasses import dataclass
from json import JSONDecoder
from typing import TypeAlias

from local_replica.rest.errors import BodyError

Content: TypeAlias = "dict[str, Located] | list[Located] | str | int | float | bool | None"

MAX_DEPTH = 64
_STRINGS = JSONDecoder()
_SPACE = re.compile(r"[ \t\n\r]*")
_NUMBER = re.compile(r"-?(0|[1-9][0-9]*)(\.[0-9]+)?([eE][-+]?[0-9]+)?")
_SURROGATE = re.compile("[\ud800-\udfff]")
"""Half of an escaped pair, which no text of Rust's can hold."""
_WORDS: dict[str, bool | None] = {"true": True, "false": False, "null": None}


@dataclass(frozen=True, slots=True)
class Located:
    """A value and the offsets where its text starts and ends."""

    content: Content
    start: int
    end: int


def read_json(text: str) -> Located:
    """Parse one value that fills `text`. Raises BodyError (400)."""
    value = _Reader(text).value(0)
    rest = _SPACE.match(text, value.end)
    if rest is not None and rest.end() != len(text):
        raise unreadable(text, "trailing characters", rest.end() + 1)
    return value


def place(text: str, offset: int) -> str:
    """Say where `offset` is, as "line 1 column 5"."""
    line = text.count("\n", 0, offset) + 1
    return f"line {line} column {offset - (text.rfind(chr(10), 0, offset) + 1)}"


def unreadable(text: str, why: str, offset: int) -> BodyError:
    """The body is not JSON."""
    return BodyError(400, f"Failed to parse the request body as JSON: {why} at {place(text, offset)}")


class _Reader:
    def __init__(self, text: str) -> None:
        self._text = text

    def _skip(self, position: int) -> int:
        match = _SPACE.match(self._text, position)
        return match.end() if match else position

    def value(self, position: int, depth: int = 0) -> Located:
        start = self._skip(position)
        first = self._text[start : start + 1]
        if not first:
            raise unreadable(self._text, "EOF while parsing a value", len(self._text))
        if depth > MAX_DEPTH:
            raise unreadable(self._text, "recursion limit exceeded", start)
        if first == "{":
            return self._object(start, depth)
        if first == "[":
            return self._list(start, depth)
        if first == '"':
            text, end = self._string(start)
            return Located(text, start, end)
        return self._scalar(start)

    def _scalar(self, start: int) -> Located:
        for word, meaning in _WORDS.items():
            if self._text.startswith(word, start):
                return Located(meaning, start, start + len(word))
        match = _NUMBER.match(self._text, start)
        if match is None:
            raise unreadable(self._text, "expected value", start + 1)
        number = match.group()
        whole = match.group(2) is None and match.group(3) is None
        if math.isinf(float(number)):
            raise unreadable(self._text, "number out of range", match.end())
        return Located(int(number) if whole else float(number), start, match.end())

    def _string(self, start: int) -> tuple[str, int]:
        text: str
        try:
            text, end = _STRINGS.raw_decode(self._text, start)
        except ValueError as error:
            raise unreadable(self._text, "EOF while parsing a string", len(self._text)) from error
        if _SURROGATE.search(text):
            raise unreadable(self._text, "lone leading surrogate in hex escape", end)
        return text, end

    def _object(self, start: int, depth: int) -> Located:
        content: dict[str, Located] = {}
        position = self._skip(start + 1)
        while self._peek(position, "an object") != "}":
            if self._text[position] != '"':
                raise unreadable(self._text, "key must be a string", position + 1)
            key, position = self._string(position)
            position = self._skip(position)
            if self._peek(position, "an object") != ":":
                raise unreadable(self._text, "expected `:`", position + 1)
            content[key] = value = self.value(position + 1, depth + 1)
            position = self._after_comma(value.end, "}", "an object")
        return Located(content, start, position + 1)

    def _list(self, start: int, depth: int) -> Located:
        content: list[Located] = []
        position = self._skip(start + 1)
        while self._peek(position, "a list") != "]":
            value = self.value(position, depth + 1)
            content.append(value)
            position = self._after_comma(value.end, "]", "a list")
        return Located(content, start, position + 1)

    def _after_comma(self, position: int, closing: str, what: str) -> int:
        position = self._skip(position)
        following = self._peek(position, what)
        if following == closing:
            return position
        if following != ",":
            raise unreadable(self._text, f"expected `,` or `{closing}`", position + 1)
        position = self._skip(position + 1)
        if self._peek(position, "a value" if closing == "}" else what) == closing:
            raise unreadable(self._text, "trailing comma", position + 1)
        return position

    def _peek(self, position: int, what: str) -> str:
        if position >= len(self._text):
            raise unreadable(self._text, f"EOF while parsing {what}", len(self._text))
        return self._text[position]
