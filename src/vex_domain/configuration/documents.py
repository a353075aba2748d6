"""Documents of a configuration: JSON objects (RFC 8259) with limits, read so that nothing in them can surprise."""

import json
from typing import Any

from vex_domain.refusals import Invalid, TooLarge

DOCUMENT_BYTES = 65_536
DEEPEST = 16
DIGITS = 15


def read_document(section: str, text: str) -> dict[str, Any]:
    """The object that `text` holds. Raises Invalid (naming the section), TooLarge (bytes).

    Whole numbers of at most 15 digits, no fractions, no name twice in an object, at most 16 levels.
    """
    if len(text) > DOCUMENT_BYTES:
        raise TooLarge(section, DOCUMENT_BYTES, len(text))
    _check_depth(section, text)

    def refuse(what: str) -> Any:
        raise Invalid(section, "has " + what[:24] + ", which is not a whole number of at most 15 digits")

    def whole(digits: str) -> int:
        return int(digits) if len(digits) <= DIGITS else refuse(digits)

    def members(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        found = dict(pairs)
        if len(found) != len(pairs):
            raise Invalid(section, "names a member twice")
        return found

    try:
        document = json.loads(
            text, object_pairs_hook=members, parse_float=refuse, parse_int=whole, parse_constant=refuse
        )
    except ValueError as error:
        raise Invalid(section, "is not JSON: " + str(error)[:80]) from None
    if not isinstance(document, dict):
        raise Invalid(section, "is not an object")
    size = len(written(section, document))
    if size > DOCUMENT_BYTES:
        raise TooLarge(section, DOCUMENT_BYTES, size)
    return document


def written(section: str, document: dict[str, Any]) -> bytes:
    """A document as it is kept: UTF-8, members as they came, no spaces. Raises Invalid for what is no text."""
    try:
        return json.dumps(document, ensure_ascii=False, separators=(",", ":")).encode()
    except UnicodeEncodeError:
        raise Invalid(section, "has half of a surrogate pair") from None


def _check_depth(section: str, text: str) -> None:
    # What stands between quotes does not nest: without escapes, every second piece is outside of them.
    outside = "".join(text.replace("\\\\", "").replace('\\"', "").split('"')[::2])
    depth = 0
    for letter in outside:
        if letter in "[{":
            depth += 1
            if depth > DEEPEST:
                raise Invalid(section, "has more than " + str(DEEPEST) + " levels")
        elif letter in "]}":
            depth -= 1
