"""The representation-independent hash of a value, as ICRC-3 defines it ("Value", section "hash")."""

from hashlib import sha256
from typing import Any

from vex_domain.digests import digest

_KEPT = 512
_TWO_OCTETS = 1 << 7
_THREE_OCTETS = 1 << 14
_NINE_OCTETS = 1 << 56
_TEN_OCTETS = 1 << 63


def unsigned_leb128(number: int) -> bytes:
    """A natural number in LEB128 (DWARF 4, section 7.6)."""
    if _NINE_OCTETS <= number < _TEN_OCTETS:  # times in ns and people's ids, without a loop
        return bytes(
            (
                number & 127 | 128,
                number >> 7 & 127 | 128,
                number >> 14 & 127 | 128,
                number >> 21 & 127 | 128,
                number >> 28 & 127 | 128,
                number >> 35 & 127 | 128,
                number >> 42 & 127 | 128,
                number >> 49 & 127 | 128,
                number >> 56,
            )
        )
    if _TWO_OCTETS <= number < _THREE_OCTETS:  # most events of a shard
        return bytes((number & 127 | 128, number >> 7))
    octets = bytearray()
    while number > 0x7F:
        octets.append(number & 0x7F | 0x80)
        number >>= 7
    octets.append(number)
    return bytes(octets)


def _sleb128(number: int) -> bytes:
    octets = bytearray()
    while not -0x40 <= number < 0x40:
        octets.append(number & 0x7F | 0x80)
        number >>= 7
    octets.append(number & 0x7F)
    return bytes(octets)


_known: dict[Any, bytes] = {number: sha256(unsigned_leb128(number)).digest() for number in range(256)}
"""Hashes of the numbers that nearly all versions and organisations are, of maps' names, and of words of a block."""


def keep_hash(text: str) -> None:
    """Remember the hash of a text that stands in many values."""
    _known[text] = sha256(text.encode()).digest()


def _name_hash(name: str) -> bytes:
    known = _known.get(name)
    if known is None:
        known = sha256(name.encode()).digest()
        if len(_known) < _KEPT:
            _known[name] = known
    return known


def plain_value_hash(value: Any) -> bytes:
    """As `value_hash`, whatever the value."""
    if isinstance(value, int):
        if 0 <= value < 256:
            return _known[value]
        return sha256(unsigned_leb128(value) if value >= 0 else _sleb128(value)).digest()
    if isinstance(value, str):
        return sha256(value.encode()).digest()
    if isinstance(value, bytes):
        return sha256(value).digest()
    if isinstance(value, list):
        return sha256(b"".join([plain_value_hash(part) for part in value])).digest()
    pairs = [_name_hash(name) + plain_value_hash(part) for name, part in value.items()]
    pairs.sort()
    return sha256(b"".join(pairs)).digest()


try:
    from _value_hash import value_hash as _native  # type: ignore[import-not-found] # None: it leaves the value to us
except ImportError:

    def _native(_value: Any, _hashes: dict[Any, bytes]) -> None:
        return None


def value_hash(value: Any) -> bytes:
    """SHA-256 over the value: `int` as Nat (Int when negative), `str` Text, `bytes` Blob, list Array, dict Map."""
    return _native(value, _known) or plain_value_hash(value)


def salted(salt: bytes, value: Any) -> bytes:
    """A commitment to `value` that nobody can guess at without the salt."""
    return digest(salt, value_hash(value))
