"""The writers that an encoder is composed of; `encoder` says what a writer is."""

from collections.abc import Callable
from struct import Struct
from struct import error as StructError  # noqa: N812 # the name of an error
from typing import Any

from candid.errors import EncodeError
from candid.wire import (
    BOOL,
    EMPTY,
    FIXED_FORMATS,
    INT,
    NAT,
    NULL,
    PRIMITIVE_NAMES,
    RESERVED,
    TEXT,
    sleb,
    uleb,
)

Writer = Callable[[bytearray, Any], None]

FAILURES = (AttributeError, KeyError, IndexError, TypeError, ValueError, OverflowError, StructError, RecursionError)
"""What Python raises when a value is not of the kind that a writer takes for granted."""


def late_writer(made: dict[int, Writer], ref: int) -> Writer:
    """Stands for a writer that is still being compiled: where a type contains itself."""

    def write(out: bytearray, value: Any) -> None:
        made[ref](out, value)

    return write


def opt_writer(inner: Writer) -> Writer:
    """None is null, anything else is present."""

    def write(out: bytearray, value: Any) -> None:
        if value is None:
            out.append(0)
        else:
            out.append(1)
            inner(out, value)

    return write


def some_writer(inner: Writer, some: type[Any] | None) -> Writer:
    """None is null; what is present stands in a `Some`, because it may itself be None."""

    def write(out: bytearray, value: Any) -> None:
        if value is None:
            out.append(0)
            return
        if type(value) is not some:
            raise EncodeError(f"{value!r} is neither None nor a Some")
        out.append(1)
        inner(out, value[0])

    return write


def vec_writer(inner: Writer) -> Writer:
    """A list or tuple."""

    def write(out: bytearray, value: Any) -> None:
        _begin_vec(out, value)
        index = 0
        try:
            for index, member in enumerate(value):  # noqa: B007 # the index is for the error's path
                inner(out, member)
        except EncodeError as error:
            raise error.within(f"[{index}]") from None

    return write


def fixed_vec_writer(letter: str) -> Writer:
    """A list or tuple of numbers of a fixed width."""

    def write(out: bytearray, value: Any) -> None:
        _begin_vec(out, value)
        try:
            out += Struct(f"<{len(value)}{letter}").pack(*value)
        except (StructError, OverflowError) as error:
            raise EncodeError(f"a member of the vec does not fit: {error}") from error

    return write


def write_text_vec(out: bytearray, value: Any) -> None:
    """A list or tuple of texts."""
    _begin_vec(out, value)
    for member in value:
        raw = member.encode()
        length = len(raw)
        if length < 128:
            out.append(length)
        else:
            out += uleb(length)
        out += raw


def _begin_vec(out: bytearray, value: Any) -> None:
    if type(value) is not list and not isinstance(value, list | tuple):
        raise EncodeError(f"a vec is a list, not {type(value).__name__}")
    length = len(value)
    if length < 128:
        out.append(length)
    else:
        out += uleb(length)


def write_blob(out: bytearray, value: Any) -> None:
    """Bytes, or a list of numbers."""
    if type(value) is not bytes:
        if not isinstance(value, bytes | bytearray | memoryview | list | tuple):
            raise EncodeError(f"a blob is bytes, not {type(value).__name__}")
        value = bytes(value)
    length = len(value)
    if length < 128:
        out.append(length)
    else:
        out += uleb(length)
    out += value


def variant_writer(cases: dict[Any, tuple[int, Writer | None]]) -> Writer:
    """A dict with one key; a case is (position on the wire, writer or None for null)."""

    def write(out: bytearray, value: Any) -> None:
        if not isinstance(value, dict) or len(value) != 1:
            raise EncodeError(f"a variant is a dict with one key, not {value!r}")
        ((key, content),) = value.items()
        case = cases.get(key)
        if case is None:
            raise EncodeError(f"a variant has no case {key!r}")
        index, inner = case
        if index < 128:
            out.append(index)
        else:
            out += uleb(index)
        if inner is not None:
            try:
                inner(out, content)
            except EncodeError as error:
                raise error.within(str(key)) from None
        elif content is not None:
            raise EncodeError(f"{content!r} is not null").within(str(key))

    return write


def principal_writer(raw_of: Callable[[Any], bytes]) -> Writer:
    """A principal or service, whose bytes `raw_of` knows."""

    def write(out: bytearray, value: Any) -> None:
        try:
            raw = raw_of(value)
        except FAILURES as error:
            raise EncodeError(f"{value!r} is not a principal") from error
        if not isinstance(raw, bytes) or len(raw) > 29:
            raise EncodeError(f"{value!r} is not a principal")
        out.append(1)
        out.append(len(raw))
        out += raw

    return write


def func_writer(parts_of: Callable[[Any], tuple[bytes, str]]) -> Writer:
    """A func, whose canister and method `parts_of` knows."""

    def write(out: bytearray, value: Any) -> None:
        try:
            raw, method = parts_of(value)
            name = method.encode()
        except FAILURES as error:
            raise EncodeError(f"{value!r} is not a func") from error
        out += b"\x01\x01"
        out.append(len(raw))
        out += raw + uleb(len(name)) + name

    return write


def _write_null(_out: bytearray, value: Any) -> None:
    if value is not None:
        raise EncodeError(f"{value!r} is not null")


def _write_reserved(_out: bytearray, _value: Any) -> None:
    """Whatever the value is, it is not sent."""


def _write_empty(_out: bytearray, _value: Any) -> None:
    raise EncodeError("there is no value of type empty")


def _write_bool(out: bytearray, value: Any) -> None:
    if value is True:
        out.append(1)
    elif value is False:
        out.append(0)
    else:
        raise EncodeError(f"{value!r} is not a bool")


def _write_nat(out: bytearray, value: Any) -> None:
    if not isinstance(value, int) or value < 0:
        raise EncodeError(f"{value!r} is not a nat")
    if value < 128:
        out.append(value)
    else:
        out += uleb(value)


def _write_int(out: bytearray, value: Any) -> None:
    if not isinstance(value, int):
        raise EncodeError(f"{value!r} is not an int")
    out += sleb(value)


def _write_text(out: bytearray, value: Any) -> None:
    if not isinstance(value, str):
        raise EncodeError(f"{value!r} is not a text")
    try:
        raw = value.encode()
    except UnicodeEncodeError as error:
        raise EncodeError(f"{value!r} holds a lone surrogate") from error
    out += uleb(len(raw))
    out += raw


def _fixed(code: int) -> Writer:
    pack = Struct("<" + FIXED_FORMATS[code]).pack
    name = PRIMITIVE_NAMES[code]

    def write(out: bytearray, value: Any) -> None:
        try:
            out += pack(value)
        except (StructError, OverflowError) as error:
            raise EncodeError(f"{value!r} is not a {name}") from error

    return write


PRIMITIVE_WRITERS: dict[int, Writer] = {
    NULL: _write_null,
    BOOL: _write_bool,
    NAT: _write_nat,
    INT: _write_int,
    TEXT: _write_text,
    RESERVED: _write_reserved,
    EMPTY: _write_empty,
    **{code: _fixed(code) for code in FIXED_FORMATS},
}
