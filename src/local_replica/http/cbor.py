"""CBOR of the HTTP API, read with limits: no deep nesting, no repeated keys, no odd keys, no leftovers."""

import io
from typing import Any

import cbor2

from local_replica.certification.state_tree import SELF_DESCRIBED
from local_replica.http.errors import InvalidRequest

MAX_DEPTH = 16
"""An envelope needs seven levels: map, delegations, one of them, its content, targets, one target."""


def read_cbor(body: bytes) -> Any:
    """Decode one item that fills `body`. Raises InvalidRequest."""
    stream = io.BytesIO(body)
    decoder = cbor2.CBORDecoder(
        stream, max_depth=MAX_DEPTH, allow_duplicate_keys=False, strict_hashable_types=True, tag_hook=_untagged
    )
    try:
        item = decoder.decode()
    except cbor2.CBORDecodeEOF as error:
        where = f" at offset {len(body)}" if body else ""
        raise InvalidRequest(f"Failed to deserialize cbor request: EOF while parsing a value{where}") from error
    except (cbor2.CBORDecodeError, ValueError, TypeError, OverflowError, RecursionError) as error:
        raise InvalidRequest(f"Failed to deserialize cbor request: {error}") from error
    if stream.tell() != len(body):
        raise InvalidRequest(f"Failed to deserialize cbor request: trailing data at offset {stream.tell()}")
    return item


def _untagged(tag: cbor2.CBORTag, _immutable: bool) -> Any:
    return tag.value


def write_cbor(item: object) -> bytes:
    """Encode with the self-describing tag in front, as every answer is."""
    return SELF_DESCRIBED + cbor2.dumps(item)
