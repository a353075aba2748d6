"""Tokens of Candid's textual forms: interface descriptions, values and tests."""

import re
from typing import NamedTuple

from candid.errors import TextError

WORD, NUMBER, TEXT, MARK, END = "word", "number", "text", "mark", "end"

_TOKEN = re.compile(
    r"""(?P<space>\s+|//[^\n]*)
    |(?P<comment>/\*)
    |(?P<mark>->|!=|!:|==|[{}():;,=.])
    |(?P<number>[+-]?(?:
        0x[0-9a-fA-F](?:_?[0-9a-fA-F])*(?:\.(?:[0-9a-fA-F](?:_?[0-9a-fA-F])*)?)?(?:[pP][+-]?[0-9](?:_?[0-9])*)?
        |[0-9](?:_?[0-9])*(?:\.(?:[0-9](?:_?[0-9])*)?)?(?:[eE][+-]?[0-9](?:_?[0-9])*)?
        |(?:inf|nan)\b))
    |(?P<word>[A-Za-z_][A-Za-z0-9_]*)
    |"(?P<text>(?:[^"\\]|\\.)*)"
    """,
    re.VERBOSE | re.DOTALL,
)
_COMMENT_EDGE = re.compile(r"/\*|\*/")
_ESCAPE = re.compile(r"\\(?:([0-9a-fA-F]{2})|u\{([0-9a-fA-F](?:_?[0-9a-fA-F])*)\}|(.))", re.DOTALL)
_SIMPLE_ESCAPES = {"n": "\n", "r": "\r", "t": "\t", "\\": "\\", '"': '"', "'": "'"}


class Token(NamedTuple):
    """A token; the value of a text is its bytes with escapes resolved, as a blob may hold any."""

    kind: str
    value: str
    raw: bytes
    offset: int


def tokens(source: str) -> list[Token]:
    """Split `source`; the last token is an END. Raises TextError."""
    found: list[Token] = []
    pos = 0
    while pos < len(source):
        match = _TOKEN.match(source, pos)
        if match is None:
            raise error(source, pos, f"{source[pos]!r} cannot stand here")
        kind = match.lastgroup or ""
        if kind == "comment":
            pos = _end_of_comment(source, pos)
            continue
        if kind != "space":
            value = match[kind]
            raw = _unescape(source, match.start(kind), value) if kind == TEXT else b""
            found.append(Token(kind, value, raw, pos))
        pos = match.end()
    found.append(Token(END, "the end", b"", pos))
    return found


def error(source: str, offset: int, message: str) -> TextError:
    """A TextError at an offset into `source`."""
    line = source.count("\n", 0, offset) + 1
    return TextError(message, line, offset - source.rfind("\n", 0, offset))


def _end_of_comment(source: str, start: int) -> int:
    depth = 0
    for match in _COMMENT_EDGE.finditer(source, start):
        depth += 1 if match[0] == "/*" else -1
        if depth == 0:
            return match.end()
    raise error(source, start, "the comment does not end")


def _unescape(source: str, offset: int, value: str) -> bytes:
    out = bytearray()
    pos = 0
    for match in _ESCAPE.finditer(value):
        out += _utf8(source, offset, value[pos : match.start()])
        pos = match.end()
        byte, scalar, simple = match.groups()
        if byte:
            out.append(int(byte, 16))
        elif scalar:
            out += _scalar(source, offset + match.start(), scalar)
        elif simple in _SIMPLE_ESCAPES:
            out += _SIMPLE_ESCAPES[simple].encode()
        else:
            raise error(source, offset + match.start(), f"unknown escape \\{simple}")
    return bytes(out + _utf8(source, offset, value[pos:]))


def _scalar(source: str, offset: int, digits: str) -> bytes:
    code = int(digits.replace("_", ""), 16)
    if code > 0x10FFFF:
        raise error(source, offset, "no such Unicode scalar value")
    return _utf8(source, offset, chr(code))


def _utf8(source: str, offset: int, part: str) -> bytes:
    try:
        return part.encode()
    except UnicodeEncodeError as failure:
        raise error(source, offset, "a text holds a lone surrogate") from failure


class Cursor:
    """A place in the tokens of a source, with what every recursive-descent parser asks of it."""

    def __init__(self, source: str) -> None:
        self.source = source
        self.tokens = tokens(source)
        self.place = 0

    @property
    def token(self) -> Token:
        return self.tokens[self.place]

    def ahead(self, steps: int = 1) -> Token:
        """The token after this one, or the last."""
        return self.tokens[min(self.place + steps, len(self.tokens) - 1)]

    def next(self) -> Token:
        token = self.token
        self.place = min(self.place + 1, len(self.tokens) - 1)
        return token

    def fail(self, message: str) -> TextError:
        """A TextError at this token."""
        return error(self.source, self.token.offset, message)

    def at(self, mark: str) -> bool:
        """Whether this token is the given mark or word."""
        return self.token.value == mark and self.token.kind in (MARK, WORD)

    def take(self, mark: str) -> bool:
        """Pass the given mark or word if it stands here."""
        if self.at(mark):
            self.next()
            return True
        return False

    def expect(self, mark: str) -> Token:
        """Pass the given mark or word, which must stand here."""
        if not self.at(mark):
            raise self.fail(f"{mark!r} is expected, not {self.token.value!r}")
        return self.next()

    def text(self) -> str:
        """Pass a text, which must be UTF-8."""
        if self.token.kind != TEXT:
            raise self.fail(f"a text is expected, not {self.token.value!r}")
        try:
            value = self.token.raw.decode()
        except UnicodeDecodeError as failure:
            raise self.fail("a text is UTF-8") from failure
        self.next()
        return value

    def name(self) -> str:
        """Pass an identifier or a quoted name."""
        return self.next().value if self.token.kind == WORD else self.text()

    def id(self) -> int:
        """Pass the number of a field."""
        value = self.token.value
        if self.token.kind != NUMBER or not value.replace("_", "").isalnum():
            raise self.fail(f"a field's number is expected, not {value!r}")
        number = _natural(value)
        if number is None or number >= 1 << 32:
            raise self.fail(f"a field's number has 32 bits, {value} does not fit")
        self.next()
        return number


def _natural(text: str) -> int | None:
    digits = text.replace("_", "")
    try:
        return int(digits, 16 if digits.startswith("0x") else 10)
    except ValueError:
        return None
