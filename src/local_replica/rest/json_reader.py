"""JSON read with positions, so that a refusal says where, in the words of PocketIC's reader (serde_json).

Places count bytes: what is read here has a character for each byte (ISO 8859-1), and texts in it are UTF-8.
"""

import json
import math
import re
from dataclasses import dataclass
from typing import TypeAlias

from local_replica.rest.errors import BodyError

Content: TypeAlias = "dict[str, Located] | list[Located] | str | int | float | bool | None"

MAX_DEPTH = 127
"""So many objects and lists may nest."""

_STRING_PART = re.compile(r'[^"\\\x00-\x1f]*(?:\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4})[^"\\\x00-\x1f]*)*')
_SPACE = re.compile(r"[ \t\n\r]*")
_NUMBER = re.compile(r"-?(0|[1-9][0-9]*)(\.[0-9]+)?([eE][-+]?[0-9]+)?")
_NUMBER_BEGUN = re.compile(r"-?(0(?=[0-9])|[1-9]?[0-9]*(\.(?![0-9])|(\.[0-9]+)?[eE][-+]?)?)")
"""As much of a number as there is of one that goes wrong."""
_SURROGATE = re.compile("[\ud800-\udfff]")
"""Half of an escaped pair, which no text of Rust's can hold."""
_NUMBER_GOES_ON = tuple("0123456789.eE")
_WORDS: dict[str, bool | None] = {"true": True, "false": False, "null": None}


@dataclass(frozen=True, slots=True)
class Located:
    """A value and the offsets where its text starts and ends."""

    content: Content
    start: int
    end: int


def read_json(text: str) -> Located:
    """Parse one value that fills `text`, which has a character for each byte. Raises BodyError (400)."""
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
        if depth >= MAX_DEPTH and first in "{[":
            raise unreadable(self._text, "recursion limit exceeded", start + 1)
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
            if self._text[start] == word[0]:
                return Located(meaning, start, self._word(word, start))
        match = _NUMBER.match(self._text, start)
        if match is None or self._text[match.end() : match.end() + 1] in _NUMBER_GOES_ON:
            raise self._no_number(start)
        number = match.group()
        whole = match.group(2) is None and match.group(3) is None
        if math.isinf(float(number)):
            raise unreadable(self._text, "number out of range", match.end())
        return Located(int(number) if whole else float(number), start, match.end())

    def _word(self, word: str, start: int) -> int:
        """Where a word ends that begins at `start`."""
        for offset, letter in enumerate(word, start):
            if offset == len(self._text):
                raise unreadable(self._text, "EOF while parsing a value", offset)
            if self._text[offset] != letter:
                raise unreadable(self._text, "expected ident", offset + 1)
        return start + len(word)

    def _no_number(self, start: int) -> BodyError:
        begun = _NUMBER_BEGUN.match(self._text, start)
        end = begun.end() if begun else start
        if end == start:
            return unreadable(self._text, "expected value", start + 1)
        if end == len(self._text):
            return unreadable(self._text, "EOF while parsing a value", end)
        return unreadable(self._text, "invalid number", end + 1)

    def _string(self, start: int) -> tuple[str, int]:
        part = _STRING_PART.match(self._text, start + 1)
        end = part.end() + 1 if part else start + 1
        if self._text[end - 1 : end] != '"':
            raise self._no_string(end - 1)
        try:
            text: str = json.loads(self._text[start:end].encode("latin-1"))
        except UnicodeDecodeError as error:
            raise unreadable(self._text, "invalid unicode code point", end) from error
        if _SURROGATE.search(text):
            raise unreadable(self._text, "lone leading surrogate in hex escape", end)
        return text, end

    def _no_string(self, stop: int) -> BodyError:
        """The text goes wrong at `stop`: it has no end, or there is a control character, or an escape that is none."""
        if self._text[stop : stop + 1] not in ("", "\\"):
            why = "control character (\\u0000-\\u001F) found while parsing a string"
            return unreadable(self._text, why, stop + 1)
        after = stop + (6 if self._text[stop + 1 : stop + 2] == "u" else 2)
        if after > len(self._text):
            return unreadable(self._text, "EOF while parsing a string", len(self._text))
        return unreadable(self._text, "invalid escape", after)

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
