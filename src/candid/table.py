"""Type tables, read from the wire or built from `Type`s; `table_model` describes them."""

from collections.abc import Iterable

from candid.table_builder import build
from candid.table_model import FUTURE, Entry, Table
from candid.table_parser import parse
from candid.types import Field, Func, Named, Opt, Primitive, Record, Service, Type, Variant, Vec
from candid.wire import (
    FUNC,
    FUNC_MODE_NAMES,
    MAGIC,
    OPT,
    PRIMITIVE_NAMES,
    RECORD,
    SERVICE,
    VARIANT,
    VEC,
    sleb,
    uleb,
)

__all__ = ["FUTURE", "Entry", "Table", "build", "header", "parse", "to_types"]


def header(table: Table) -> bytes:
    """The bytes before the values: magic, type table, argument types."""
    entries = [_entry_bytes(entry) for entry in table.entries]
    return b"".join([MAGIC, uleb(len(entries)), *entries, _refs(table.roots)])


def _refs(refs: Iterable[int]) -> bytes:
    encoded = [sleb(ref) for ref in refs]
    return uleb(len(encoded)) + b"".join(encoded)


def _entry_bytes(entry: Entry) -> bytes:
    code = entry[0]
    if code in (OPT, VEC):
        return sleb(code) + sleb(entry[1])
    if code in (RECORD, VARIANT):
        pairs = [uleb(id_) + sleb(ref) for id_, ref in zip(entry[1], entry[2], strict=True)]
        return sleb(code) + uleb(len(pairs)) + b"".join(pairs)
    if code == FUNC:
        return sleb(code) + _refs(entry[1]) + _refs(entry[2]) + uleb(len(entry[3])) + bytes(entry[3])
    methods = [uleb(len(raw)) + raw + sleb(ref) for raw, ref in _encoded_names(entry)]
    return sleb(code) + uleb(len(methods)) + b"".join(methods)


def _encoded_names(entry: Entry) -> list[tuple[bytes, int]]:
    return [(name.encode(), ref) for name, ref in zip(entry[1], entry[2], strict=True)]


def to_types(table: Table) -> tuple[list[Type], dict[str, Type]]:
    """A wire table's argument types and definitions (`table0` …); labels are ids, future types `reserved`."""

    def name(ref: int) -> Type:
        return Named(f"table{ref}") if ref >= 0 else Primitive(PRIMITIVE_NAMES[ref])

    def fields(entry: Entry) -> tuple[Field, ...]:
        return tuple([Field(id_, name(ref)) for id_, ref in zip(entry[1], entry[2], strict=True)])

    def definition(entry: Entry) -> Type:
        code = entry[0]
        if code in (OPT, VEC):
            return Opt(name(entry[1])) if code == OPT else Vec(name(entry[1]))
        if code in (RECORD, VARIANT):
            return Record(fields(entry)) if code == RECORD else Variant(fields(entry))
        if code == FUNC:
            modes = tuple([FUNC_MODE_NAMES[mode] for mode in entry[3]])
            return Func(tuple(map(name, entry[1])), tuple(map(name, entry[2])), modes)
        if code == SERVICE:
            return Service(tuple([(text, Named(f"table{ref}")) for text, ref in zip(entry[1], entry[2], strict=True)]))
        return Primitive("reserved")

    env = {f"table{index}": definition(entry) for index, entry in enumerate(table.entries)}
    return [name(root) for root in table.roots], env
