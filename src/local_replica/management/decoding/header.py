"""The head of a Candid message (magic, type table, argument types) and how the Rust crate's parser fails on it."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from itertools import pairwise
from typing import TypeAlias

from candid.types import (
    BOOL,
    EMPTY,
    FLOAT32,
    FLOAT64,
    INT,
    INT8,
    INT16,
    INT32,
    INT64,
    NAT,
    NAT8,
    NAT16,
    NAT32,
    NAT64,
    NULL,
    PRINCIPAL,
    RESERVED,
    TEXT,
    Field,
    Func,
    Named,
    Opt,
    Record,
    Service,
    Type,
    Variant,
    Vec,
)

MAGIC = b"DIDL"
MAX_TYPES = 10_000
_PRIMITIVES: tuple[Type, ...] = (
    *(NULL, BOOL, NAT, INT, NAT8, NAT16, NAT32, NAT64, INT8, INT16, INT32, INT64, FLOAT32, FLOAT64),
    *(TEXT, RESERVED, EMPTY),
)
_CONSTRUCTORS = {0x6E: "Opt", 0x6D: "Vec", 0x6C: "Record", 0x6B: "Variant", 0x6A: "Func", 0x69: "Service"}
_PRINCIPAL_CODE = -24
_MODES = {1: "query", 2: "oneway", 3: "composite_query"}


class BadHeader(Exception):
    """The header does not parse. `reasons` lead from the outermost to the first cause."""

    def __init__(self, *reasons: str) -> None:
        super().__init__(": ".join(reasons))
        self.reasons = reasons


class _Parse(Exception):
    """A failure of the binary parser at a byte; without a message the input ended."""

    def __init__(self, message: str = "", position: int = 0) -> None:
        super().__init__(message)
        self.message = message
        self.position = position


@dataclass(frozen=True, slots=True)
class Header:
    """`table` names its entries "table0" and so on; values begin at `end`."""

    table: dict[str, Type]
    args: tuple[Type, ...]
    end: int


def read_header(data: bytes) -> Header:
    """Parse the header of a message. Raises BadHeader."""
    try:
        return _Reader(data).header()
    except _Parse as failure:
        reason = f"{failure.message} at byte offset {failure.position}" if failure.message else "io error"
        raise BadHeader(f"binary parser error: {reason}") from None


Entry: TypeAlias = tuple[str, Callable[[], Type]]
"""An entry of the table as Rust prints it for debugging, and what makes its type once the table is known."""


def _within(context: str, make: Callable[[], Type]) -> Type:
    try:
        return make()
    except BadHeader as failure:
        raise BadHeader(context, *failure.reasons) from None


def _index(code: int) -> str:
    return f"IndexType {{ index: {code} }}"


class _Reader:
    def __init__(self, data: bytes) -> None:
        self.data = data
        self.position = 0
        self.entries = 0

    def header(self) -> Header:
        if len(self.data) < len(MAGIC):
            raise _Parse
        if not self.data.startswith(MAGIC):
            raise _Parse("Unexpected bytes")
        self.position = len(MAGIC)
        start = self.position
        self.entries = self.leb("len")
        if self.entries > MAX_TYPES:
            raise _Parse("type table size exceeded", start)
        makers = [self.entry() for _ in range(self.entries)]
        codes = [self.code() for _ in range(self.leb("len"))]
        table = {
            f"table{number}": _within(f"Invalid table entry {number}: {shown}", make)
            for number, (shown, make) in enumerate(makers)
        }
        args = [
            _within(f"Invalid argument entry {number}: {_index(code)}", partial(self.type_of, code))
            for number, code in enumerate(codes)
        ]
        return Header(table, tuple(args), self.position)

    # numbers

    def byte(self) -> int:
        if self.position >= len(self.data):
            raise _Parse
        self.position += 1
        return self.data[self.position - 1]

    def leb(self, name: str) -> int:
        """An unsigned number; a failure is told by the field's name."""
        start, value, shift = self.position, 0, 0
        while True:
            if self.position >= len(self.data) or shift >= 70:
                raise _Parse(name, start)
            byte = self.byte()
            value |= (byte & 0x7F) << shift
            shift += 7
            if byte < 0x80:
                return value

    def code(self) -> int:
        """A type's index or opcode."""
        start = self.position
        value = self.signed("index")
        if value < -17 and value != _PRINCIPAL_CODE:
            raise _Parse(f"unknown opcode {value}", start)
        return value

    def signed(self, name: str) -> int:
        start = self.position
        value = self.leb(name)
        bits = 7 * (self.position - start)
        return value - (1 << bits) if value >> (bits - 1) else value

    # the table

    def entry(self) -> Entry:
        """Read one entry."""
        start = self.position
        if start >= len(self.data):
            raise _Parse("Opt", start)
        if self.data[start] not in _CONSTRUCTORS:
            return self._future(start)
        name = _CONSTRUCTORS[self.byte()]
        try:
            return self._constructed(name)
        except _Parse as failure:
            if failure.message:
                raise
            raise _Parse(name, start) from None

    def _constructed(self, name: str) -> Entry:
        match name:
            case "Opt":
                return self._one("Opt", Opt)
            case "Vec":
                return self._one("Vec", Vec)
            case "Record":
                return self._fields("Record", Record)
            case "Variant":
                return self._fields("Variant", Variant)
            case "Func":
                return self._func()
            case _:
                return self._service()

    def _future(self, start: int) -> Entry:
        opcode = self.signed("opcode")
        if opcode >= _PRINCIPAL_CODE:
            raise _Parse(f"{opcode} is not a valid future type", start)
        self.position += self.leb("len")
        return "Future", lambda: RESERVED

    def _one(self, name: str, made: Callable[[Type], Type]) -> Entry:
        code = self.code()
        return f"{name}({_index(code)})", lambda: made(self.type_of(code))

    def _fields(self, name: str, made: Callable[[tuple[Field, ...]], Type]) -> Entry:
        fields = [(self.leb("id"), self.code()) for _ in range(self.leb("len"))]

        def make() -> Type:
            for (before, _), (label, _) in pairwise(fields):
                if before >= label:
                    raise BadHeader(f"field id {label} collision or not sorted")
            return made(tuple(Field(label, self.type_of(code)) for label, code in fields))

        shown = ", ".join(f"FieldType {{ id: {label}, index: {_index(code)} }}" for label, code in fields)
        return f"{name}(Fields {{ len: {len(fields)}, inner: [{shown}] }})", make

    def _func(self) -> Entry:
        args = [self.code() for _ in range(self.leb("arg_len"))]
        results = [self.code() for _ in range(self.leb("ret_len"))]
        start = self.position
        count = self.byte()
        if count > 1:
            raise _Parse("function annotation length should be at most 1", start)
        modes = tuple(self._mode() for _ in range(count))
        return "Func", lambda: Func(tuple(map(self.type_of, args)), tuple(map(self.type_of, results)), modes)

    def _mode(self) -> str:
        start = self.position
        mode = _MODES.get(self.byte())
        if mode is None:
            raise _Parse("Unknown annotation", start)
        return mode

    def _service(self) -> Entry:
        methods = [(self._name(), self.code()) for _ in range(self.leb("len"))]
        return "Service", lambda: Service(tuple((name, self._method(code)) for name, code in methods))

    def _name(self) -> str:
        length, start = self.leb("len"), self.position
        raw = self.data[start : start + length]
        if len(raw) < length:
            raise _Parse
        self.position += length
        return raw.decode(errors="replace")

    def _method(self, code: int) -> Named:
        type_ = self.type_of(code)
        if not isinstance(type_, Named):
            raise BadHeader("Method has a non-function type")
        return type_

    def type_of(self, code: int) -> Type:
        """The type that an index or opcode stands for. Raises BadHeader."""
        if code >= self.entries:
            raise BadHeader(f"type index {code} out of range")
        if code >= 0:
            return Named(f"table{code}")
        return PRINCIPAL if code == _PRINCIPAL_CODE else _PRIMITIVES[-1 - code]
