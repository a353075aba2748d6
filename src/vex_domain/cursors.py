"""Opaque cursors of lists: a position, bound to the question that it continues."""

from hashlib import sha256

from vex_domain.refusals import Invalid

POSITION_LIMIT = 1 << 64
CHECK_DIGITS = 8
LONGEST = 1 + 16 + 1 + CHECK_DIGITS


def _check(question: str) -> str:
    return sha256(question.encode()).hexdigest()[:CHECK_DIGITS]


def encode_cursor(position: int, question: str) -> str:
    """A cursor to `position` (nat64) of the list that `question` describes."""
    return "c" + format(position, "x") + "." + _check(question)


def decode_cursor(cursor: str | None, question: str) -> int | None:
    """The position, or None without a cursor. Raises Invalid for a cursor of another list or a damaged one."""
    if cursor is None:
        return None
    digits, dot, check = cursor[1:].partition(".")
    if len(cursor) > LONGEST or cursor[:1] != "c" or not dot or check != _check(question):
        raise Invalid("cursor", "does not belong to this list")
    return _position(digits)


def _position(digits: str) -> int:
    if not digits or digits.strip("0123456789abcdef"):
        raise Invalid("cursor", "is damaged")
    position = int(digits, 16)
    if format(position, "x") != digits or position >= POSITION_LIMIT:
        raise Invalid("cursor", "is damaged")
    return position


def page_size(limit: int | None, default: int, most: int) -> int:
    """The page's size: the default, or what was asked for. Raises Invalid for 0 and for more than `most`."""
    if limit is None:
        return default
    if not 0 < limit <= most:
        raise Invalid("limit", "is not in 1.." + str(most))
    return limit
