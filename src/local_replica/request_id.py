"""Request ids: the representation-independent hash of a request's content (interface specification, "Request ids")."""

from collections.abc import Mapping
from hashlib import sha256

from candid.wire import uleb


def request_id(content: Mapping[str, bytes | str | int]) -> bytes:
    """The id of a request with these fields."""
    hashed = sorted(_hash(key) + _hash(value) for key, value in content.items())
    return sha256(b"".join(hashed)).digest()


def _hash(value: bytes | str | int) -> bytes:
    if isinstance(value, int):
        return sha256(uleb(value)).digest()
    return sha256(value.encode() if isinstance(value, str) else value).digest()
