"""Principals: at most 29 opaque bytes with a checked text form (interface specification, "Principals")."""

from binascii import crc32
from hashlib import sha224
from typing import TypeAlias

from candid.errors import CandidError

MAX_LENGTH = 29

Raw: TypeAlias = bytes
"""`bytes`, inside a class that has a member of that name."""

_ALPHABET = "abcdefghijklmnopqrstuvwxyz234567"
_PAIRS = [first + second for first in _ALPHABET for second in _ALPHABET]
_TO_DIGITS = str.maketrans(_ALPHABET, "0123456789abcdefghijklmnopqrstuv", "-")


def to_text(raw: bytes) -> str:
    """The text form of a principal's bytes: base32 of checksum and bytes, in groups of five."""
    count = len(raw) + 4
    letters = (count * 8 + 4) // 5
    number = int.from_bytes(crc32(raw).to_bytes(4, "big") + raw, "big") << (10 + (-count * 8) % 10)
    text = ""
    for shift in range((count * 8 + 9) // 10 * 10, 0, -10):
        text += _PAIRS[number >> shift & 1023]
    if letters <= 5:
        return text[:letters]
    return "-".join([text[i : i + 5] for i in range(0, letters - letters % 5, 5)] + _rest(text, letters))


def _rest(text: str, letters: int) -> list[str]:
    return [text[letters - letters % 5 : letters]] if letters % 5 else []


def from_text(text: str) -> bytes:
    """The bytes of a principal in text form; case does not matter, grouping and checksum do.

    Raises CandidError.
    """
    lower = text.lower()
    digits = lower.translate(_TO_DIGITS)
    count = len(digits) * 5 // 8
    try:
        number = int(digits, 32) >> (len(digits) * 5 - count * 8)
        raw = number.to_bytes(count, "big")[4:]
    except (ValueError, OverflowError):
        raw = None
    if raw is None or len(raw) > MAX_LENGTH or to_text(raw) != lower:
        raise CandidError(f"not the text form of a principal: {text!r}")
    return raw


class Principal:
    """An immutable principal; equal and hashed by its bytes."""

    __slots__ = ("bytes",)

    bytes: Raw

    def __init__(self, raw: Raw | bytearray | memoryview) -> None:
        if len(raw) > MAX_LENGTH:
            raise CandidError(f"a principal has at most {MAX_LENGTH} bytes, not {len(raw)}")
        object.__setattr__(self, "bytes", Raw(raw))

    @classmethod
    def management(cls) -> "Principal":
        """The management canister, `aaaaa-aa`."""
        return cls(b"")

    @classmethod
    def anonymous(cls) -> "Principal":
        """The caller of unsigned requests, `2vxsx-fae`."""
        return cls(b"\x04")

    @classmethod
    def self_authenticating(cls, der: Raw) -> "Principal":
        """The principal of a public key in DER form."""
        return cls(sha224(der).digest() + b"\x02")

    @classmethod
    def from_text(cls, text: str) -> "Principal":
        """Parse the text form. Raises CandidError for a wrong checksum, grouping, alphabet or length."""
        return cls(from_text(text))

    def __str__(self) -> str:
        return to_text(self.bytes)

    def __repr__(self) -> str:
        return f"Principal.from_text({str(self)!r})"

    def __eq__(self, other: object) -> bool:
        return other.bytes == self.bytes if isinstance(other, Principal) else NotImplemented

    def __lt__(self, other: "Principal") -> bool:
        return self.bytes < other.bytes

    def __hash__(self) -> int:
        return hash(self.bytes)

    def __setattr__(self, name: str, value: object) -> None:
        raise AttributeError("a principal does not change")

    def __delattr__(self, name: str) -> None:
        raise AttributeError("a principal does not change")

    def __reduce__(self) -> "tuple[type[Principal], tuple[Raw]]":
        return Principal, (self.bytes,)
