"""CBOR of others (RFC 8949), who may lie.

No tag but the self-describing one is followed: by others a few bytes become values that share their parts, and walking
through those never ends, or numbers beyond all bounds. The replica, which this SDK does not import, has the same rule
(`local_replica.certification.reading`); a test compares both.
"""

from typing import Any

import cbor2

from vex.errors import Untrusted

__all__ = ["read_cbor"]

_BYTES, _TEXT, _TAG = 2, 3, 6
_INDEFINITE = 31
_SELF_DESCRIBED = 55799


def read_cbor(encoded: bytes, what: str = "CBOR") -> Any:
    """Decode one item, which is to be `what`. Raises Untrusted."""
    if _has_tags(encoded):
        raise Untrusted(f"not {what}: it has tags")
    try:
        return cbor2.loads(encoded)
    except (cbor2.CBORDecodeError, ValueError, TypeError, RecursionError) as error:
        raise Untrusted(f"not {what}: {error}") from error


def _has_tags(encoded: bytes) -> bool:
    """Whether any head in it, of which CBOR is a plain sequence, is a tag that is not followed."""
    position = 0
    while position < len(encoded):
        major, short = encoded[position] >> 5, encoded[position] & 31
        start = position + 1
        position = start + (1 << short - 24 if 24 <= short < 28 else 0)
        argument = int.from_bytes(encoded[start:position]) if position > start else short
        if major == _TAG and argument != _SELF_DESCRIBED:
            return True
        if major in (_BYTES, _TEXT) and short != _INDEFINITE:
            position += argument
    return False
