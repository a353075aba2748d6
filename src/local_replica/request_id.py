"""Representation-independent hash of a request or a reply (interface specification, "Request ids")."""

import hashlib
from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import TypeAlias

from candid.wire import uleb

Hashable: TypeAlias = "int | str | bytes | Sequence[Hashable] | Mapping[str, Hashable]"

_sha256 = hashlib.sha256


def hash_of_value(value: Hashable) -> bytes:
    """Hash one value: bytes and texts as they are, numbers as LEB128, arrays and maps by their parts."""
    if isinstance(value, bytes):
        return _sha256(value).digest()
    if isinstance(value, str):
        return _sha256(value.encode()).digest()
    if isinstance(value, int):
        return _sha256(uleb(value)).digest()
    if isinstance(value, Mapping):
        return hash_of_map(value)
    return _sha256(b"".join(hash_of_value(item) for item in value)).digest()


def hash_of_map(fields: Mapping[str, Hashable]) -> bytes:
    """Hash a map independent of its order and encoding; of a request's content this is the request id."""
    pairs = sorted([_hash_of_key(key) + hash_of_value(value) for key, value in fields.items()])
    return _sha256(b"".join(pairs)).digest()


@lru_cache(maxsize=64)
def _hash_of_key(key: str) -> bytes:
    """Remembered, since all requests have the same few fields."""
    return _sha256(key.encode()).digest()
