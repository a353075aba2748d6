"""Hashes of bytes: SHA-256 of parts, of several messages, and SipHash; in C where the runtime offers it.

A hash object and its digest take 2,400 instructions besides the hashing, a call of these some hundred.
"""

from collections.abc import Callable
from hashlib import sha256

from vex_domain import siphash


def digest_of(*parts: bytes) -> bytes:
    """SHA-256 of the parts (bytes), one after the other."""
    return sha256(b"".join(parts)).digest()


def digest_of_each(*messages: bytes) -> tuple[bytes, ...]:
    """SHA-256 of each of at most four messages: three or four cost little more than two."""
    return tuple([sha256(message).digest() for message in messages])


digest: Callable[..., bytes] = digest_of
digest_each: Callable[..., tuple[bytes, ...]] = digest_of_each
fingerprint: Callable[..., bytes] = siphash.fingerprint
keyed_number: Callable[..., int] = siphash.keyed_number
try:
    import _digests  # type: ignore[import-not-found] # in C, where the runtime offers it
except ImportError:
    pass
else:
    digest, digest_each = _digests.digest, _digests.digest_each
    fingerprint, keyed_number = _digests.fingerprint, _digests.keyed_number
