"""The readers that plans are composed of, records apart; `decoder` says what a reader is."""

from collections.abc import Callable
from struct import Struct
from typing import Any

from candid import skip as skipping
from candid.errors import DecodeError, Mismatch
from candid.skip import DEPTH, ZERO_SIZED, Skip, exhausted, too_deep
from candid.wire import BOOL, FIXED_FORMATS, INT, NAT, NULL, TEXT, read_int, read_length, read_nat

Reader = Callable[[bytes, int, list[int]], tuple[Any, int]]


def late_reader(made: dict[tuple[int, int], Reader], pair: tuple[int, int]) -> Reader:
    """Stands for a reader that is still being compiled: where a type contains itself."""

    def read(data: bytes, pos: int, quota: list[int]) -> tuple[Any, int]:
        quota[DEPTH] -= 1
        if quota[DEPTH] < 0:
            raise too_deep()
        try:
            return made[pair](data, pos, quota)
        finally:
            quota[DEPTH] += 1

    return read


def mismatch_reader(message: str) -> Reader:
    """For a value whose type does not fit; it need not be reached."""

    def read(_data: bytes, _pos: int, _quota: list[int]) -> tuple[Any, int]:
        raise Mismatch(message)

    return read


def skipping_reader(skip: Skip) -> Reader:
    """None, whatever stands there."""
    return lambda data, pos, quota: (None, skip(data, pos, quota))


def opt_reader(inner: Reader, skip: Callable[[], Skip], some: Callable[[Any], Any] | None) -> Reader:
    """An `opt` read at an `opt`; content that does not fit is null."""

    def read(data: bytes, pos: int, quota: list[int]) -> tuple[Any, int]:
        tag = data[pos]
        if tag == 0:
            return None, pos + 1
        if tag != 1:
            raise DecodeError(f"{tag} is not the tag of an opt")
        try:
            value, end = inner(data, pos + 1, quota)
        except Mismatch:
            return None, skip()(data, pos + 1, quota)
        return (value, end) if some is None else (some(value), end)

    return read


def optional_reader(inner: Reader, skip: Callable[[], Skip], some: Callable[[Any], Any] | None) -> Reader:
    """Something else than an `opt` read at an `opt`; what does not fit is null."""

    def read(data: bytes, pos: int, quota: list[int]) -> tuple[Any, int]:
        try:
            value, end = inner(data, pos, quota)
        except Mismatch:
            return None, skip()(data, pos, quota)
        return (value, end) if some is None else (some(value), end)

    return read


def vec_reader(inner: Reader, convert: Callable[[list[Any]], Any] | None) -> Reader:
    """A list of values that take at least a byte each; `convert` makes something else of the list."""

    def read(data: bytes, pos: int, quota: list[int]) -> tuple[Any, int]:
        count = data[pos]
        pos += 1
        if count > 127:
            count, pos = read_length(data, pos - 1)
        if count > len(data) - pos:
            raise DecodeError("a vec is longer than the message")
        values: list[Any] = []
        append = values.append
        for _ in range(count):
            value, pos = inner(data, pos, quota)
            append(value)
        return (values, pos) if convert is None else (convert(values), pos)

    return read


def zero_sized_vec_reader(inner: Reader, nodes: int) -> Reader:
    """A list of values that take no bytes, each holding `nodes` values."""

    def read(data: bytes, pos: int, quota: list[int]) -> tuple[Any, int]:
        count, pos = read_length(data, pos)
        if count * nodes > quota[ZERO_SIZED]:
            raise exhausted()
        quota[ZERO_SIZED] -= count
        return [inner(data, pos, quota)[0] for _ in range(count)], pos

    return read


def fixed_vec_reader(letter: str, size: int) -> Reader:
    """A list of numbers of a fixed width, converted at once."""

    def read(data: bytes, pos: int, _quota: list[int]) -> tuple[Any, int]:
        count, pos = read_length(data, pos)
        end = pos + count * size
        if end > len(data):
            raise DecodeError("a vec is longer than the message")
        return list(Struct(f"<{count}{letter}").unpack_from(data, pos)), end

    return read


def blob_reader(data: bytes, pos: int, _quota: list[int]) -> tuple[Any, int]:
    """`vec nat8` as bytes."""
    length = data[pos]
    pos += 1
    if length > 127:
        length, pos = read_length(data, pos - 1)
    end = pos + length
    return data[pos:end], end


def text_vec_reader(data: bytes, pos: int, _quota: list[int]) -> tuple[Any, int]:
    """A list of texts."""
    count, pos = read_length(data, pos)
    values = []
    for _ in range(count):
        length = data[pos]
        pos += 1
        if length > 127:
            length, pos = read_length(data, pos - 1)
        end = pos + length
        values.append(data[pos:end].decode())
        pos = end
    return values, pos


def variant_reader(cases: list[tuple[Any, Reader | None] | None]) -> Reader:
    """`{label: value}`; a case is (key, reader or None for null), or None where it is not expected."""
    count = len(cases)

    def read(data: bytes, pos: int, quota: list[int]) -> tuple[Any, int]:
        tag = data[pos]
        pos += 1
        if tag > 127:
            tag, pos = read_length(data, pos - 1)
        if tag >= count:
            raise DecodeError(f"a variant has no case {tag}")
        case = cases[tag]
        if case is None:
            raise Mismatch("a variant has a case that is not expected")
        key, inner = case
        if inner is None:
            return {key: None}, pos
        value, pos = inner(data, pos, quota)
        return {key: value}, pos

    return read


def principal_reader(make: Callable[[bytes], Any]) -> Reader:
    """What `make` makes of the bytes of a principal or service."""

    def read(data: bytes, pos: int, _quota: list[int]) -> tuple[Any, int]:
        if data[pos] != 1:
            raise DecodeError("an opaque reference cannot be read")
        length = data[pos + 1]
        if length > 29:
            length, pos = _overlong(data, pos)
        pos += 2
        end = pos + length
        if end > len(data):
            raise DecodeError("a principal is longer than the message")
        return make(data[pos:end]), end

    return read


def _overlong(data: bytes, pos: int) -> tuple[int, int]:
    length, end = read_length(data, pos + 1)
    if length > 29:
        raise DecodeError("a principal is longer than 29 bytes")
    return length, end - 2


def func_reader(make: Callable[[bytes, str], Any]) -> Reader:
    """What `make` makes of the bytes of a canister's principal and a method's name."""
    read_principal = principal_reader(bytes)

    def read(data: bytes, pos: int, quota: list[int]) -> tuple[Any, int]:
        if data[pos] != 1:
            raise DecodeError("an opaque reference cannot be read")
        raw, pos = read_principal(data, pos + 1, quota)
        method, pos = _text(data, pos, quota)
        return make(raw, method), pos

    return read


def _text(data: bytes, pos: int, _quota: list[int]) -> tuple[Any, int]:
    length = data[pos]
    pos += 1
    if length > 127:
        length, pos = read_length(data, pos - 1)
    end = pos + length
    return data[pos:end].decode(), end


def _bool(data: bytes, pos: int, _quota: list[int]) -> tuple[Any, int]:
    byte = data[pos]
    if byte > 1:
        raise DecodeError(f"{byte} is not a bool")
    return byte == 1, pos + 1


def _nat(data: bytes, pos: int, _quota: list[int]) -> tuple[Any, int]:
    byte = data[pos]
    return (byte, pos + 1) if byte < 128 else read_nat(data, pos)


def _int(data: bytes, pos: int, _quota: list[int]) -> tuple[Any, int]:
    byte = data[pos]
    if byte < 128:
        return (byte if byte < 64 else byte - 128), pos + 1
    return read_int(data, pos)


def _fixed(letter: str) -> Reader:
    layout = Struct("<" + letter)
    unpack, size = layout.unpack_from, layout.size

    def read(data: bytes, pos: int, _quota: list[int]) -> tuple[Any, int]:
        return unpack(data, pos)[0], pos + size

    return read


PRIMITIVE_READERS: dict[int, Reader] = {
    NULL: skipping_reader(skipping.NULL_SKIP),
    BOOL: _bool,
    NAT: _nat,
    INT: _int,
    TEXT: _text,
    **{code: _fixed(letter) for code, letter in FIXED_FORMATS.items()},
}
