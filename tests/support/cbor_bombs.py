"""CBOR of a few bytes that is more than it looks: values that share their parts, numbers beyond all bounds."""

SHARED, REFERENCE = b"\xd8\x1c", b"\xd8\x1d"
LEVELS = 100


def shared_forks() -> bytes:
    """A hash tree of 2^100 leaves: each fork's right side is its left one again."""
    left = (SHARED + b"\x83\x01") * LEVELS + b"\x81\x00"
    return left + b"\x81\x00" + b"".join(REFERENCE + _number(level) for level in range(LEVELS - 1, 0, -1))


def _number(value: int) -> bytes:
    return bytes((value,)) if value < 24 else bytes((24, value))


BOMBS = {
    "a tree that shares its parts": shared_forks(),
    "a map with such a key": b"\xa1" + shared_forks() + b"\x00",
    "a list in itself": SHARED + b"\x81" + REFERENCE + b"\x00",
    "a power of two beyond all": b"\xc5\x82\x1b" + b"\x0d" * 8 + b"\x01",
    "a power of ten beyond all": b"\xc4\x82\xc2\x4d" + b"\x0c" * 13 + b"\x01",
    "a day beyond the calendar": b"\xd8\x64\x1b" + b"\x0c" * 8,
    "a tag in a piece of the tree": b"\x83\x01\x81\x00\xd8\x64\x00",
}
