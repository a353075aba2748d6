"""Writers of records: one loop over steps, with texts and numbers written without a call."""

from struct import Struct
from typing import Any, NoReturn

from candid.errors import EncodeError
from candid.wire import FIXED_FORMATS, TEXT, uleb
from candid.writers import FAILURES, Writer

_TEXT_FIELD, _CALL, _OPTIONAL, _FIXED = 0, 1, 2, 3


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
