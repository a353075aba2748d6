"""Hashes of bytes: SHA-256 and SipHash of parts; in C where the runtime offers it.

A hash object and its digest take 2,400 instructions besides the hashing, a call of these some hundred.
"""

from collections.abc import Callable
from hashlib import sha256

from vex_domain import siphash


def digest_of(*parts: bytes) -> bytes:
    """SHA-256 of the parts (bytes), one after the other."""
    return sha256(b"".join(parts)).digest()


digest: Callable[..., bytes] = digest_of
fingerprint: Callable[..., bytes] = siphash.fingerprint
keyed_number: Callable[..., int] = siphash.keyed_number
try:
    import _digests  # type: ignore[import-not-found] # in C, where the runtime offers it
except ImportError:
    pass
else:
    digest, fingerprint, keyed_number = _digests.digest, _digests.fingerprint, _digests.keyed_number
