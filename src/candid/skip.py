"""Passing over values that nobody asked for, with the checks that reading them would make."""

from collections.abc import Callable

from candid.errors import DecodeError
from candid.table import FUTURE, Entry, Table
from candid.wire import (
    BOOL,
    EMPTY,
    FIXED_SIZES,
    FUNC,
    INT,
    NAT,
    NULL,
    OPT,
    PRINCIPAL,
    RECORD,
    RESERVED,
    SERVICE,
    TEXT,
    VARIANT,
    VEC,
    read_length,
)

Skip = Callable[[bytes, int, list[int]], int]
"""`(data, pos, quota) -> new pos`; a quota is described below."""

ZERO_SIZED, DEPTH, SKIPPED = 0, 1, 2
"""What a quota's members count down: values without bytes, nesting through recursive types, bytes passed over."""

INFINITE = 1 << 62


def exhausted() -> DecodeError:
    """More values without bytes than a quota allows: a short message must not be a long loop."""
    return DecodeError("more values without bytes than the limit allows")


def skipped(skip: Skip, data: bytes, pos: int, quota: list[int]) -> int:
    """Pass over a value that the receiver did not ask for, at the cost of its length."""
    end = skip(data, pos, quota)
    quota[SKIPPED] -= end - pos
    if quota[SKIPPED] < 0:
        raise DecodeError("more bytes to skip than the limit allows")
    return end


def too_deep() -> DecodeError:
    """Nesting beyond a quota, before Python's own stack ends."""
    return DecodeError("values nest deeper than the limit allows")


class Skipper:
    """Compiles, for one wire table, functions that pass over a value; each is made when first needed."""

    def __init__(self, table: Table) -> None:
        self.table = table
        self.made: dict[int, Skip] = {}
        self.sizes: dict[int, tuple[int, int]] = {}

    def of(self, ref: int) -> Skip:
        """The function that passes over a value of type `ref`."""
        made = self.made.get(ref)
        if made is None:
            self.made[ref] = self._late(ref)
            made = self.made[ref] = self._compile(ref)
        return made

    def nodes(self, ref: int) -> int:
        """How many values one value of type `ref` holds if all take no bytes; 0 if some take bytes."""
        nodes, size = self.size(ref)
        return 0 if size else nodes

    def size(self, ref: int) -> tuple[int, int]:
        """(values in it, its length): the length is -1 where it varies or needs a look; INFINITE if endless."""
        if ref < 0:
            return 1, _PRIMITIVE_SIZES.get(ref, -1)
        known = self.sizes.get(ref)
        if known is None:
            self.sizes[ref] = INFINITE, 0
            known = self.sizes[ref] = self._measure(self.table.entries[ref])
        return known

    def _measure(self, entry: Entry) -> tuple[int, int]:
        if entry[0] != RECORD:
            return 1, -1
        nodes, length = 1, 0
        for ref in entry[2]:
            more, size = self.size(ref)
            nodes = min(nodes + more, INFINITE)
            length = -1 if size < 0 or length < 0 else length + size
        return nodes, length

    def _late(self, ref: int) -> Skip:
        def skip(data: bytes, pos: int, quota: list[int]) -> int:
            quota[DEPTH] -= 1
            if quota[DEPTH] < 0:
                raise too_deep()
            pos = self.made[ref](data, pos, quota)
            quota[DEPTH] += 1
            return pos

        return skip

    def _compile(self, ref: int) -> Skip:  # noqa: PLR0911 # one return per kind of type
        if ref < 0:
            return _PRIMITIVES.get(ref) or _fixed(FIXED_SIZES[ref])
        nodes, size = self.size(ref)
        if size == 0:
            return _zero_sized(nodes)
        if size > 0:
            return _fixed(size)
        entry = self.table.entries[ref]
        code = entry[0]
        if code == OPT:
            return _opt(self.of(entry[1]))
        if code == VEC:
            return self._vec(entry[1])
        if code == RECORD:
            return _record([self.of(field) for field in entry[2]])
        if code == VARIANT:
            return _variant([self.of(case) for case in entry[2]])
        return _REFERENCES[code]

    def _vec(self, ref: int) -> Skip:
        nodes, size = self.size(ref)
        if size == 0:
            return _zero_sized_vec(nodes)
        if size > 0:
            return _fixed_vec(size)
        return _vec(self.of(ref))


def _fixed(size: int) -> Skip:
    return lambda _data, pos, _quota: pos + size


def _zero_sized(nodes: int) -> Skip:
    def skip(_data: bytes, pos: int, quota: list[int]) -> int:
        quota[ZERO_SIZED] -= nodes
        if quota[ZERO_SIZED] < 0:
            raise exhausted()
        return pos

    return skip


def _opt(inner: Skip) -> Skip:
    def skip(data: bytes, pos: int, quota: list[int]) -> int:
        tag = data[pos]
        if tag == 0:
            return pos + 1
        if tag != 1:
            raise DecodeError(f"{tag} is not the tag of an opt")
        return inner(data, pos + 1, quota)

    return skip


def _zero_sized_vec(nodes: int) -> Skip:
    def skip(data: bytes, pos: int, quota: list[int]) -> int:
        count, pos = read_length(data, pos)
        quota[ZERO_SIZED] -= count * nodes
        if quota[ZERO_SIZED] < 0:
            raise exhausted()
        return pos

    return skip


def _fixed_vec(size: int) -> Skip:
    def skip(data: bytes, pos: int, _quota: list[int]) -> int:
        count, pos = read_length(data, pos)
        return pos + count * size

    return skip


def _vec(inner: Skip) -> Skip:
    def skip(data: bytes, pos: int, quota: list[int]) -> int:
        count, pos = read_length(data, pos)
        if count > len(data) - pos:
            raise DecodeError("a vec is longer than the message")
        for _ in range(count):
            pos = inner(data, pos, quota)
        return pos

    return skip


def _record(fields: list[Skip]) -> Skip:
    def skip(data: bytes, pos: int, quota: list[int]) -> int:
        for field in fields:
            pos = field(data, pos, quota)
        return pos

    return skip


def _variant(cases: list[Skip]) -> Skip:
    def skip(data: bytes, pos: int, quota: list[int]) -> int:
        tag, pos = read_length(data, pos)
        if tag >= len(cases):
            raise DecodeError(f"a variant has no case {tag}")
        return cases[tag](data, pos, quota)

    return skip


def _bool(data: bytes, pos: int, _quota: list[int]) -> int:
    if data[pos] > 1:
        raise DecodeError(f"{data[pos]} is not a bool")
    return pos + 1


def _leb(data: bytes, pos: int, _quota: list[int]) -> int:
    while data[pos] > 127:
        pos += 1
    return pos + 1


def _text(data: bytes, pos: int, _quota: list[int]) -> int:
    length, pos = read_length(data, pos)
    data[pos : pos + length].decode()
    return pos + length


def _empty(_data: bytes, _pos: int, _quota: list[int]) -> int:
    raise DecodeError("there is no value of type empty")


def principal(data: bytes, pos: int, _quota: list[int]) -> int:
    """Pass over a principal or service."""
    if data[pos] != 1:
        raise DecodeError("an opaque reference cannot be read")
    length, pos = read_length(data, pos + 1)
    if length > 29:
        raise DecodeError("a principal is longer than 29 bytes")
    return pos + length


def func(data: bytes, pos: int, quota: list[int]) -> int:
    """Pass over a func."""
    if data[pos] != 1:
        raise DecodeError("an opaque reference cannot be read")
    return _text(data, principal(data, pos + 1, quota), quota)


def _future(data: bytes, pos: int, _quota: list[int]) -> int:
    length, pos = read_length(data, pos)
    references, pos = read_length(data, pos)
    if references:
        raise DecodeError("a value of a future type with references cannot be read")
    return pos + length


NULL_SKIP = _zero_sized(1)
"""Passes over a null."""

_PRIMITIVE_SIZES = {**FIXED_SIZES, NULL: 0, RESERVED: 0}
_PRIMITIVES: dict[int, Skip] = {
    NULL: NULL_SKIP,
    RESERVED: NULL_SKIP,
    BOOL: _bool,
    NAT: _leb,
    INT: _leb,
    TEXT: _text,
    EMPTY: _empty,
    PRINCIPAL: principal,
}
_REFERENCES: dict[int, Skip] = {FUNC: func, SERVICE: principal, FUTURE: _future}
