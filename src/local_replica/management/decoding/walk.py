"""Decoding step by step in the order of the Rust crate (`de.rs` of candid 0.10.17), to tell where and why it fails.

Values are not kept. `expected` types are plain (no names), wire types refer to the message's table.
"""

from collections import deque
from collections.abc import Callable
from typing import ClassVar

from candid.types import (
    BLOB,
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
    Primitive,
    Record,
    Service,
    Type,
    Variant,
    Vec,
)
from candid.wire import label_hash
from local_replica.management.decoding.failures import Failure, Mismatch
from local_replica.management.decoding.header import Header
from local_replica.management.decoding.limits import check_blob, check_element
from local_replica.management.decoding.printing import by_hash, printed, printed_label

_SOURCE = "/candid-0.10.17/src/de.rs"
"""Where "Type mismatch" points to; in front of it stands the path of whoever built the replica."""
_SEQUENCE_LINE, _STRUCT_LINE, _ENUM_LINE = 882, 994, 1028
_WIDTHS: dict[Type, tuple[str, int]] = {
    NAT8: ("Nat8", 1),
    NAT16: ("Nat16", 2),
    NAT32: ("Nat32", 4),
    NAT64: ("Nat64", 8),
    INT8: ("Int8", 1),
    INT16: ("Int16", 2),
    INT32: ("Int32", 4),
    INT64: ("Int64", 8),
    FLOAT32: ("Float32", 4),
    FLOAT64: ("Float64", 8),
}
_MAX_PRINCIPAL = 29
_MAX_DEPTH = 512


def _elsewhere(line: int) -> Mismatch:
    return Mismatch(f"Type mismatch at {_SOURCE}:{line}")


class Walk:
    """One message being decoded."""

    def __init__(self, data: bytes, header: Header) -> None:
        self.data = data
        self.table = header.table
        self.position = header.end
        self.wire: Type = NULL
        self.expected: Type = NULL
        self.field: str | int | None = None
        """The field whose name is to be decoded next."""
        self.depth = 0
        self.text_bytes = 0
        """Bytes of all texts so far."""

    @property
    def at_end(self) -> bool:
        return self.position == len(self.data)

    def argument(self, wire: Type, expected: Type) -> None:
        """Decode the next argument. Raises Failure."""
        self.wire, self.expected = wire, expected
        self._value(expected, "")

    def state(self) -> str:
        """The crate's dump of where it stands."""
        shown = f"input: {self.data[: self.position].hex()}_{self.data[self.position :].hex()}\n"
        if self.table:
            entries = [f"type {name} = {printed(self.table[name])}\n" for name in sorted(self.table)]
            shown += "table: " + "".join(entries)
        shown += f"wire_type: {printed(self.wire)}, expect_type: {printed(self.expected)}"
        if self.field is not None:
            named = f'Named("{self.field}")' if isinstance(self.field, str) else f"Id({self.field})"
            shown += f", field_name: {named}"
        return shown

    # one value

    def _value(self, expected: Type, label: str) -> None:
        """Decode at the expected type; `label` is the field that it stands in, for limits of its own."""
        self.depth += 1
        if self.depth > _MAX_DEPTH:
            raise Failure(f"Recursion limit exceeded at depth {self.depth}")
        self._unroll()
        if isinstance(expected, Primitive):
            self._primitive(expected)
        elif isinstance(expected, Opt):
            self._option(expected.inner, label)
        elif expected == BLOB:
            self._blob(label)
        elif isinstance(expected, Vec):
            self._vector(expected, label)
        elif isinstance(expected, Record):
            self._record(expected)
        elif isinstance(expected, Variant):
            self._variant(expected)
        elif isinstance(expected, Func):
            self._function()
        else:
            self._check(isinstance(self.wire, Service), "service")
            self._principal_bytes()
        self.depth -= 1

    def _unroll(self) -> None:
        self.wire, self.expected = self._traced(self.wire), self._traced(self.expected)

    def _traced(self, type_: Type) -> Type:
        for _ in range(len(self.table) + 1):
            if not isinstance(type_, Named):
                return type_
            type_ = self.table[type_.name]
        raise Failure("Cannot resolve type")

    def _check(self, holds: bool, what: str) -> None:
        if not holds:
            raise Mismatch(what)

    def _primitive(self, expected: Primitive) -> None:
        if expected in _WIDTHS:
            name, width = _WIDTHS[expected]
            self._check(self.wire == expected, f"TypeInner::{name}")
            if self.position + width > len(self.data):
                raise Failure(f"Cannot read TypeInner::{name} value")
            self.position += width
        else:
            self._SPECIAL[expected](self)

    def _nat(self) -> None:
        self._check(self.wire == NAT, "nat")
        self._leb()

    def _int(self) -> None:
        if self.wire not in (NAT, INT):
            raise Mismatch(f"{printed(self.wire)} cannot be deserialized to int")
        self._leb()

    def _leb(self) -> None:
        while True:
            if self.position >= len(self.data):
                raise Failure("io error: failed to fill whole buffer")
            self.position += 1
            if self.data[self.position - 1] < 0x80:
                return

    def _text(self) -> None:
        self._check(self.wire == TEXT, "text")
        raw = self._bytes(self._length())
        self.text_bytes += len(raw)
        try:
            raw.decode()
        except UnicodeDecodeError as error:
            length = len(raw[error.start : error.end])
            raise Failure(f"invalid utf-8 sequence of {length} bytes from index {error.start}") from None

    def _bool(self) -> None:
        self._check(self.wire == BOOL, "bool")
        self._flag("Expect 00 or 01")

    def _flag(self, otherwise: str) -> bool:
        if self.at_end:
            raise Failure("binary parser error: io error")
        self.position += 1
        flag = self.data[self.position - 1]
        if flag > 1:
            raise Failure(f"binary parser error: {otherwise} at byte offset {self.position - 1}")
        return bool(flag)

    def _null(self) -> None:
        self._check(self.wire in (NULL, RESERVED), "unit")

    def _principal(self) -> None:
        self._check(self.wire == PRINCIPAL, "principal")
        self._principal_bytes()

    def _principal_bytes(self) -> None:
        start = self.position
        if not self._flag("Opaque reference not supported"):
            raise Failure(f"binary parser error: Opaque reference not supported at byte offset {start}")
        length = self._length()
        if length > _MAX_PRINCIPAL:
            raise Failure(f"binary parser error: Principal is longer than 29 bytes at byte offset {start}")
        if self.position + length > len(self.data):
            raise Failure("binary parser error: io error")
        self.position += length

    def _reserved(self) -> None:
        if self.wire != RESERVED:
            self._ignored()

    def _empty(self) -> None:
        raise (Failure if self.wire == EMPTY else Mismatch)("Cannot decode empty type")

    _SPECIAL: ClassVar[dict[Type, Callable[["Walk"], None]]] = {
        NAT: _nat,
        INT: _int,
        TEXT: _text,
        BOOL: _bool,
        NULL: _null,
        PRINCIPAL: _principal,
        RESERVED: _reserved,
        EMPTY: _empty,
    }

    def _length(self) -> int:
        start, value, shift = self.position, 0, 0
        while True:
            if self.at_end:
                raise Failure(f"binary parser error: Invalid leb128 at byte offset {start}")
            byte = self.data[self.position]
            self.position += 1
            value |= (byte & 0x7F) << shift
            shift += 7
            if byte < 0x80:
                return value

    def _bytes(self, length: int) -> bytes:
        raw = self.data[self.position : self.position + length]
        if len(raw) < length:
            raise Failure(f"Cannot read {length} bytes")
        self.position += length
        return raw

    # compound values

    def _blob(self, label: str) -> None:
        self._check(self._is_blob(self.wire), "vec nat8")
        raw = self._bytes(self._length())
        check_blob(label, raw)

    def _is_blob(self, type_: Type) -> bool:
        return isinstance(type_, Vec) and self._traced(type_.inner) == NAT8

    def _option(self, inner: Type, label: str) -> None:
        wire = self.wire
        if wire in (NULL, RESERVED):
            return
        self.expected = inner
        if isinstance(wire, Opt):
            self.wire = wire.inner
            if self._flag("Expect 00 or 01"):
                self._present(inner, label)
        elif isinstance(inner, Opt) or inner in (NULL, RESERVED):
            self._ignored()
        else:
            self._present(inner, label)

    def _present(self, inner: Type, label: str) -> None:
        """A value of another type counts as absent and is skipped."""
        before = self.position, self.wire, self.field, self.depth
        try:
            self._value(inner, label)
        except Mismatch:
            self.position, self.wire, self.field, self.depth = before
            self._ignored()

    def _vector(self, expected: Vec, label: str) -> None:
        if not isinstance(self.wire, Vec):
            raise _elsewhere(_SEQUENCE_LINE)
        wire = self._traced(self.wire.inner)
        total = self.text_bytes
        for number in range(self._length()):
            self.wire, self.expected = wire, expected.inner
            before = self.text_bytes
            self._value(expected.inner, "")
            check_element(label, number, self.text_bytes - before, self.text_bytes - total)

    def _record(self, expected: Record) -> None:
        if not isinstance(self.wire, Record):
            raise _elsewhere(_STRUCT_LINE)
        wanted, given = deque(by_hash(expected.fields)), deque(self.wire.fields)
        while wanted or given:
            self._field(wanted, given)

    def _field(self, wanted: deque[Field], given: deque[Field]) -> None:
        mine = label_hash(wanted[0].label) if wanted else None
        theirs = label_hash(given[0].label) if given else None
        if mine is None or (theirs is not None and theirs < mine):
            self.wire = given.popleft().type
            self._ignored()
            return
        field = wanted.popleft()
        self.expected = field.type
        if mine == theirs:
            self.wire = given.popleft().type
        else:
            if theirs is not None and not (isinstance(field.type, Opt) or field.type in (NULL, RESERVED)):
                self.field = field.label
                raise Mismatch(f"field {printed_label(field.label)} is not optional field")
            self.wire = RESERVED
        self._value(field.type, field.label if isinstance(field.label, str) else "")

    def _variant(self, expected: Variant) -> None:
        if not isinstance(self.wire, Variant):
            raise _elsewhere(_ENUM_LINE)
        cases, index = self.wire.fields, self._length()
        if index >= len(cases):
            raise Failure(f"Variant index {index} larger than length {len(cases)}")
        chosen = cases[index]
        known = {label_hash(field.label): field for field in expected.fields}
        field = known.get(label_hash(chosen.label))
        if field is None:
            raise Mismatch(f"Unknown variant field {printed_label(chosen.label)}")
        self.wire, self.expected = chosen.type, field.type
        if field.type == NULL:
            self._check(self.wire == NULL, "unit_variant")
        else:
            self._value(field.type, field.label if isinstance(field.label, str) else "")

    def _function(self) -> None:
        if not isinstance(self.wire, Func):
            raise Mismatch(f"{printed(self.wire)} is not a subtype of {printed(self.expected)}")
        self._flag("Expect 00 or 01")
        self._principal_bytes()
        self._bytes(self._length())

    def _ignored(self) -> None:
        """Skip a value by its own type."""
        self.expected = self.wire
        self._unroll()
        self._value(self.wire, "")
