"""Reads a pattern: the part of regular expressions that is regular, so that it can be matched without going back.

Letters, `.`, classes `[a-z]` and `[^a-z]`, `\\d \\w \\s` and their capitals (ASCII), escaped punctuation, groups `( )`
and `(?: )`, `|`, `* + ? {m} {m,} {m,n}`; `^` at the start and `$` at the end say what is so anyway: the whole text
matches.
"""

from typing import Any

from vex_domain.fields.pattern_letters import ALL_BUT_NEWLINE, ESCAPES, Ranges, complement
from vex_domain.refusals import PatternRefused

LONGEST = 200
DEEPEST = 12
REPEATS_MOST = 128
PUNCTUATION = "\\.[](){}*+?|^$/-_ \"'#&,:;<=>@!%~`"

Node = tuple[Any, ...]
"""("set", ranges), ("cat", nodes), ("alt", nodes) or ("rep", node, least, most or None)."""


def read_pattern(field: str, pattern: str) -> Node:
    """The pattern as a tree. Raises PatternRefused, naming what is wrong."""
    if not pattern or len(pattern) > LONGEST:
        raise PatternRefused(field, "has not 1-" + str(LONGEST) + " letters")
    body = pattern[1:] if pattern[0] == "^" else pattern
    if body.endswith("$") and not body.endswith("\\$"):
        body = body[:-1]
    reader = _Reader(field, body)
    node = reader.alternatives(0)
    if reader.more():
        raise PatternRefused(field, "has a ) without its (")
    return node


class _Reader:
    def __init__(self, field: str, text: str) -> None:
        self._field = field
        self._text = text
        self._at = 0

    def more(self) -> bool:
        return self._at < len(self._text)

    def _refuse(self, reason: str) -> PatternRefused:
        return PatternRefused(self._field, reason)

    def _take(self) -> str:
        if not self.more():
            raise self._refuse("ends too early")
        self._at += 1
        return self._text[self._at - 1]

    def _skip(self, text: str) -> bool:
        found = self._text.startswith(text, self._at)
        if found:
            self._at += len(text)
        return found

    def alternatives(self, depth: int) -> Node:
        if depth > DEEPEST:
            raise self._refuse("is nested more than " + str(DEEPEST) + " deep")
        nodes = [self._sequence(depth)]
        while self._skip("|"):
            nodes.append(self._sequence(depth))
        return nodes[0] if len(nodes) == 1 else ("alt", nodes)

    def _sequence(self, depth: int) -> Node:
        nodes = []
        while self.more() and self._text[self._at] not in "|)":
            nodes.append(self._repeated(self._atom(depth)))
        return ("cat", nodes)

    def _atom(self, depth: int) -> Node:
        letter = self._take()
        if letter == "(":
            return self._group(depth)
        if letter == "[":
            return ("set", self._class())
        if letter == ".":
            return ("set", ALL_BUT_NEWLINE)
        if letter == "\\":
            return ("set", self._escape())
        if letter in "*+?{}]":
            raise self._refuse("has a " + letter + " that repeats nothing")
        if letter in "^$":
            raise self._refuse("has a " + letter + " inside, where it has no meaning")
        return ("set", [(ord(letter), ord(letter))])

    def _group(self, depth: int) -> Node:
        if self._skip("?") and not self._skip(":"):
            raise self._refuse("has a group (?...), which a match without going back cannot have")
        node = self.alternatives(depth + 1)
        if not self._skip(")"):
            raise self._refuse("has a ( without its )")
        return node

    def _escape(self) -> Ranges:
        letter = self._take()
        if letter in ESCAPES:
            return ESCAPES[letter]
        if letter in PUNCTUATION:
            return [(ord(letter), ord(letter))]
        if letter.isdigit():
            raise self._refuse("has a backreference, which a match without going back cannot have")
        raise self._refuse("has the unknown escape \\" + letter)

    def _class(self) -> Ranges:
        negated = self._skip("^")
        ranges: Ranges = []
        while not self._skip("]"):
            ranges += self._class_part()
        if not ranges:
            raise self._refuse("has an empty class")
        return complement(ranges) if negated else ranges

    def _class_part(self) -> Ranges:
        first = self._class_letter()
        dash = self._text.startswith("-", self._at) and not self._text.startswith("-]", self._at)
        if not dash:
            return first
        self._take()
        last = self._class_letter()
        if len(first) > 1 or len(last) > 1 or first[0][0] != first[0][1] or last[0][0] != last[0][1]:
            raise self._refuse("has a range between classes")
        if first[0][0] > last[0][0]:
            raise self._refuse("has a range that runs backwards")
        return [(first[0][0], last[0][0])]

    def _class_letter(self) -> Ranges:
        letter = self._take()
        if letter == "\\":
            return self._escape()
        if letter == "[":
            raise self._refuse("has a [ inside a class; write \\[")
        return [(ord(letter), ord(letter))]

    def _repeated(self, node: Node) -> Node:
        if self._skip("*"):
            repeated: Node = ("rep", node, 0, None)
        elif self._skip("+"):
            repeated = ("rep", node, 1, None)
        elif self._skip("?"):
            repeated = ("rep", node, 0, 1)
        elif self._skip("{"):
            repeated = self._counted(node)
        else:
            return node
        if self.more() and self._text[self._at] in "*+?{":
            raise self._refuse("repeats a repetition; put a group around it")
        return repeated

    def _counted(self, node: Node) -> Node:
        text, brace, _ = self._text[self._at :].partition("}")
        self._at += len(text) + 1
        first, comma, last = text.partition(",")
        if not brace or not _is_count(first) or (comma and last and not _is_count(last)):
            raise self._refuse("has a {} that is not {m}, {m,} or {m,n}")
        least = int(first)
        most = least if not comma else int(last) if last else None
        if most is not None and most < max(least, 1):
            raise self._refuse("has a {m,n} whose n is 0 or less than m")
        return ("rep", node, least, most)


def _is_count(text: str) -> bool:
    return text.isascii() and text.isdigit() and len(text) <= 3 and int(text) <= REPEATS_MOST
