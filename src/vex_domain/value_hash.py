"""The representation-independent hash of a value, as ICRC-3 defines it ("Value", section "hash")."""

from hashlib import sha256
from typing import Any

_NAMES_KEPT = 256
_NINE_OCTETS = 1 << 56
_TEN_OCTETS = 1 << 63
_name_hashes: dict[str, bytes] = {}


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


_SMALL = [sha256(unsigned_leb128(number)).digest() for number in range(256)]
"""Hashes of the numbers that nearly all versions, organisations and people in a block are."""


def _name_hash(name: str) -> bytes:
    known = _name_hashes.get(name)
    if known is None:
        known = sha256(name.encode()).digest()
        if len(_name_hashes) < _NAMES_KEPT:
            _name_hashes[name] = known
    return known


def value_hash(value: Any) -> bytes:
    """SHA-256 over the value: `int` as Nat (Int when negative), `str` Text, `bytes` Blob, list Array, dict Map."""
    if isinstance(value, int):
        if 0 <= value < 256:
            return _SMALL[value]
        return sha256(unsigned_leb128(value) if value >= 0 else _sleb128(value)).digest()
    if isinstance(value, str):
        return sha256(value.encode()).digest()
    if isinstance(value, bytes):
        return sha256(value).digest()
    if isinstance(value, list):
        return sha256(b"".join([value_hash(part) for part in value])).digest()
    pairs = [_name_hash(name) + value_hash(part) for name, part in value.items()]
    pairs.sort()
    return sha256(b"".join(pairs)).digest()


def salted(salt: bytes, value: Any) -> bytes:
    """A commitment to `value` that nobody can guess at without the salt."""
    return sha256(salt + value_hash(value)).digest()
