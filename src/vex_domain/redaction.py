"""Overwriting passages of a text byte by byte, so that it keeps its length and lies where it lay."""

from vex_domain.refusals import Invalid, TooLarge

PASSAGES_MOST = 20
PASSAGE_BYTES = 4_096
STAR = b"*"


def check_passages(passages: list[str]) -> list[bytes]:
    """The passages as UTF-8, the longest first. Raises Invalid, TooLarge."""
    if not passages:
        raise Invalid("passages", "are none")
    if len(passages) > PASSAGES_MOST:
        raise TooLarge("passages", PASSAGES_MOST, len(passages))
    found = []
    for passage in passages:
        content = passage.encode()
        if not passage.strip() or not content.strip(STAR):
            raise Invalid("passages", "has one that is empty")
        if len(content) > PASSAGE_BYTES:
            raise TooLarge("passages", PASSAGE_BYTES, len(content))
        found.append(content)
    found.sort(key=len, reverse=True)
    return found


def overwritten(text: bytes, passages: list[bytes]) -> bytes:
    """The text with a star for each byte of each passage, overlapping ones included."""
    marks = bytearray(len(text))
    for passage in passages:
        at = text.find(passage)
        while at >= 0:
            marks[at : at + len(passage)] = b"\x01" * len(passage)
            at = text.find(passage, at + 1)
    if not any(marks):
        return text
    return bytes([STAR[0] if mark else octet for mark, octet in zip(marks, text, strict=True)])
