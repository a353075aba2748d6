"""CBOR of the HTTP API (RFC 8949): the part that requests use, read with limits, and answers as the replica tags them.

Own code, since what arrives is anybody's: no tag but the self-describing one is followed, nothing nests deeply, and no
key comes twice or is anything but text.
"""

import struct
from typing import Any

import cbor2

from local_replica.certification.state_tree import SELF_DESCRIBED
from local_replica.http.errors import InvalidRequest

MAX_DEPTH = 16
"""An envelope needs seven levels: map, delegations, one of them, its content, targets, one target."""

_BYTES, _TEXT, _ARRAY, _MAP = 2, 3, 4, 5
_SIMPLE: dict[int, Any] = {20: False, 21: True, 22: None, 23: None}
_FLOATS = {25: (">e", 2), 26: (">f", 4), 27: (">d", 8)}
_SELF_DESCRIBED_TAG = 55799
_INDEFINITE = 31
_BREAK = 0xFF


def read_cbor(body: bytes) -> Any:
    """Decode one item that fills `body`. Raises InvalidRequest."""
    item, end = _Reader(body).item(0, 0)
    if end != len(body):
        raise _undecodable(f"trailing data at offset {end}")
    return item


def write_cbor(item: object) -> bytes:
    """Encode with the self-describing tag in front, as every answer is."""
    return SELF_DESCRIBED + cbor2.dumps(item)


def _undecodable(why: str) -> InvalidRequest:
    return InvalidRequest(f"Failed to deserialize cbor request: {why}")


class _Reader:
    def __init__(self, body: bytes) -> None:
        self._body = body

    def _cut(self) -> InvalidRequest:
        where = f" at offset {len(self._body)}" if self._body else ""
        return _undecodable(f"EOF while parsing a value{where}")

    def _head(self, position: int) -> tuple[int, int, int]:
        """Major type, argument (of indefinite length: -1) and where the content starts."""
        if position >= len(self._body):
            raise self._cut()
        first = self._body[position]
        major, short = first >> 5, first & 31
        position += 1
        if short < 24:
            return major, short, position
        if short == _INDEFINITE and major in (_BYTES, _TEXT, _ARRAY, _MAP):
            return major, -1, position
        if short > 27:
            raise _undecodable(f"invalid value at offset {position - 1}")
        size = 1 << (short - 24)
        if position + size > len(self._body):
            raise self._cut()
        return major, int.from_bytes(self._body[position : position + size]), position + size

    def item(self, position: int, depth: int) -> tuple[Any, int]:
        """The item at `position` and where it ends."""
        if depth > MAX_DEPTH:
            raise _undecodable(f"recursion limit exceeded at offset {position}")
        if position < len(self._body) and self._body[position] >> 5 == 7:
            return self._simple(position)
        major, argument, start = self._head(position)
        match major:
            case 0 | 1:
                return (-1 - argument if major else argument), start
            case 2 | 3:
                return self._string(major, argument, start)
            case 4:
                return self._array(argument, start, depth)
            case 5:
                return self._map(argument, start, depth)
        if argument != _SELF_DESCRIBED_TAG:
            raise _undecodable(f"unexpected tag {argument} at offset {position}")
        return self.item(start, depth + 1)

    def _simple(self, position: int) -> tuple[Any, int]:
        short = self._body[position] & 31
        if short in _SIMPLE:
            return _SIMPLE[short], position + 1
        if short in _FLOATS:
            form, size = _FLOATS[short]
            raw = self._body[position + 1 : position + 1 + size]
            if len(raw) < size:
                raise self._cut()
            return struct.unpack(form, raw)[0], position + 1 + size
        raise _undecodable(f"invalid value at offset {position}")

    def _string(self, major: int, length: int, start: int) -> tuple[Any, int]:
        if length < 0:
            return self._pieces(major, start)
        end = start + length
        if end > len(self._body):
            raise self._cut()
        raw = self._body[start:end]
        if major == _BYTES:
            return raw, end
        try:
            return raw.decode(), end
        except UnicodeDecodeError as error:
            raise _undecodable(f"invalid UTF-8 string at offset {start}") from error

    def _pieces(self, major: int, position: int) -> tuple[Any, int]:
        pieces = []
        while not self._at_break(position):
            kind, length, start = self._head(position)
            if kind != major or length < 0:
                raise _undecodable(f"invalid piece of a string at offset {position}")
            piece, position = self._string(major, length, start)
            pieces.append(piece)
        return (b"" if major == _BYTES else "").join(pieces), position + 1

    def _at_break(self, position: int) -> bool:
        if position >= len(self._body):
            raise self._cut()
        return self._body[position] == _BREAK

    def _array(self, length: int, position: int, depth: int) -> tuple[list[Any], int]:
        items: list[Any] = []
        while len(items) != length and not (length < 0 and self._at_break(position)):
            item, position = self.item(position, depth + 1)
            items.append(item)
        return items, position + (length < 0)

    def _map(self, length: int, position: int, depth: int) -> tuple[dict[str, Any], int]:
        fields: dict[str, Any] = {}
        while len(fields) != length and not (length < 0 and self._at_break(position)):
            key, after = self.item(position, depth + 1)
            if not isinstance(key, str):
                raise _undecodable(f"invalid type: expected a text as key at offset {position}")
            if key in fields:
                raise _undecodable(f"duplicate field `{key}`")
            fields[key], position = self.item(after, depth + 1)
        return fields, position + (length < 0)
