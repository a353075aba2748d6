"""A pretty printer of documents with optional line breaks (P. Wadler, "A prettier printer").

Groups are laid out on one line when they fit, else broken at all their lines, as Rust's `pretty` crate does it.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TypeAlias


@dataclass(frozen=True, slots=True)
class Line:
    """A line break, or `flat` where the group around it fits on one line."""

    flat: str


@dataclass(frozen=True, slots=True)
class WhenBroken:
    """Text that only appears where the group around it is broken."""

    text: str


@dataclass(frozen=True, slots=True)
class Nest:
    """Line breaks inside are indented by two more spaces."""

    inner: "Doc"


@dataclass(frozen=True, slots=True)
class Group:
    """Laid out on one line if that fits."""

    inner: "Doc"


Doc: TypeAlias = str | Line | WhenBroken | Nest | Group | tuple["Doc", ...]
_Step: TypeAlias = tuple[int, bool, Doc]

INDENT = 2


def joined(items: Iterable[Doc], separator: str) -> Doc:
    """Items with `separator` and a line between them, and after the last one where the group is broken."""
    parts: list[Doc] = []
    for item in items:
        parts += [item, separator, Line(" ")]
    return (*parts[:-2], WhenBroken(separator)) if parts else ()


def enclosed(left: str, inner: Doc, right: str, *, space: str) -> Doc:
    """`inner` between brackets, on one line with `space` inside the brackets, or indented below them."""
    if inner == ():
        return left + right
    return Group((Nest((left, Line(space), inner)), Line(space), right))


def render(document: Doc, width: int) -> str:
    """Lay `document` out in lines of at most `width` characters where that is possible."""
    written: list[str] = []
    column = 0
    steps: list[_Step] = [(0, False, document)]
    while steps:
        indent, is_flat, doc = steps.pop()
        if isinstance(doc, Group):
            steps.append((indent, is_flat or _fits(width - column, doc.inner, steps), doc.inner))
        elif isinstance(doc, Line) and not is_flat:
            written.append("\n" + " " * indent)
            column = indent
        elif (text := _text(doc, is_flat=is_flat)) is not None:
            written.append(text)
            column += len(text)
        else:
            steps += _inside(indent, doc, is_flat=is_flat)
    return "".join(written)


def _fits(room: int, inner: Doc, rest: list[_Step]) -> bool:
    """Whether `inner` on one line, and what follows it up to the next possible break, takes at most `room`."""
    steps: list[_Step] = [(0, True, inner)]
    following = len(rest)
    while room >= 0:
        if not steps:
            if following == 0:
                return True
            following -= 1
            steps.append(rest[following])
        indent, is_flat, doc = steps.pop()
        if isinstance(doc, Line) and not is_flat:
            return True
        if (text := _text(doc, is_flat=is_flat)) is not None:
            room -= len(text)
        else:
            steps += _inside(indent, doc, is_flat=is_flat)
    return False


def _text(doc: Doc, *, is_flat: bool) -> str | None:
    match doc:
        case str():
            return doc
        case Line(flat):
            return flat
        case WhenBroken(text):
            return "" if is_flat else text
    return None


def _inside(indent: int, doc: Doc, *, is_flat: bool) -> list[_Step]:
    match doc:
        case Nest(inner):
            return [(indent + INDENT, is_flat, inner)]
        case Group(inner):
            return [(indent, is_flat, inner)]
        case tuple():
            return [(indent, is_flat, part) for part in reversed(doc)]
    raise TypeError(f"not a document: {doc!r}")
