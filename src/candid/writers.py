"""The writers that an encoder is composed of; `encoder` says what a writer is."""

from collections.abc import Callable
from struct import Struct
from struct import error as StructError  # noqa: N812
from typing import Any, NoReturn

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

_TEXT_FIELD, _CALL, _OPTIONAL, _FIXED = 0, 1, 2, 3


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


def record_writer(  # the hot loop is written out, a call per field would double its cost
    fields: list[tuple[Any, int, bool, Writer]], *, extra_keys: bool
) -> Writer:
    """A dict; `fields` are (key, type, may be absent, writer) in the order of the wire."""
    steps = _steps(fields)
    known = frozenset([key for key, *_ in fields])

    def write(out: bytearray, value: Any) -> None:
        key = None
        try:
            if not (extra_keys or value.keys() <= known):
                _refuse_keys(value, known)
            for what, key, arg in steps:
                if what == _TEXT_FIELD:
                    raw = value[key].encode()
                    length = len(raw)
                    if length < 128:
                        out.append(length)
                    else:
                        out += uleb(length)
                    out += raw
                elif what == _CALL:
                    arg(out, value[key])
                elif what == _OPTIONAL:
                    arg(out, value.get(key))
                else:
                    out += arg(*[value[name] for name in key])
        except EncodeError as error:
            raise (error if key is None else error.within(str(key))) from None
        except FAILURES as error:
            _explain(value, fields, error)

    return write


def _steps(fields: list[tuple[Any, int, bool, Writer]]) -> list[tuple[int, Any, Any]]:
    steps: list[tuple[int, Any, Any]] = []
    letters = ""
    keys: list[Any] = []
    for key, ref, optional, writer in [*fields, (None, 0, False, None)]:
        if ref in FIXED_FORMATS:
            letters += FIXED_FORMATS[ref]
            keys.append(key)
            continue
        if letters:
            steps.append((_FIXED, tuple(keys), Struct("<" + letters).pack))
            letters, keys = "", []
        what = _TEXT_FIELD if ref == TEXT else _OPTIONAL if optional else _CALL
        steps.append((what, key, writer))
    return steps[:-1]


def _refuse_keys(value: Any, known: frozenset[Any]) -> NoReturn:
    raise EncodeError(f"unknown fields {sorted(map(str, value.keys() - known))}")


def _explain(value: Any, fields: list[tuple[Any, int, bool, Writer]], cause: Exception) -> NoReturn:
    """Find the field that failed and raise an EncodeError that names it."""
    if not hasattr(value, "keys"):
        raise EncodeError(f"a record is a dict, not {type(value).__name__}") from cause
    for key, _, optional, writer in fields:
        if key not in value and not optional:
            raise EncodeError(f"field {key} is missing") from cause
        try:
            writer(bytearray(), value.get(key))
        except EncodeError as error:
            raise error.within(str(key)) from None
        except FAILURES as error:
            raise EncodeError(str(error)).within(str(key)) from error
    raise EncodeError(str(cause)) from cause


def tuple_writer(members: list[Writer]) -> Writer:
    """A tuple (or list) with exactly these members."""
    count = len(members)

    def write(out: bytearray, value: Any) -> None:
        if not isinstance(value, tuple | list) or len(value) != count:
            raise EncodeError(f"{value!r} is not a tuple of {count}")
        index = 0
        try:
            for index, member in enumerate(members):  # the index is for the error's path
                member(out, value[index])
        except EncodeError as error:
            raise error.within(str(index)) from None

    return write


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
