"""Type tables: the form in which the codec and the subtype check see types, read from the wire or built from `Type`s.

A reference is an int: a primitive's code (negative) or an index into `entries`. An entry is a tuple whose first
member is its code: `(OPT, ref)`, `(VEC, ref)`, `(RECORD, ids, refs)`, `(VARIANT, ids, refs)`,
`(FUNC, args, results, modes)`, `(SERVICE, names, refs)` or `(FUTURE,)`.
"""

from collections.abc import Iterable, Sequence
from typing import Any

from candid.errors import CandidError, DecodeError
from candid.limits import DEFAULT, Limits
from candid.types import Field, Func, Named, Opt, Primitive, Record, Service, Type, TypeEnv, Variant, Vec
from candid.wire import (
    EMPTY,
    FUNC,
    FUNC_MODE_NAMES,
    FUNC_MODES,
    MAGIC,
    OPT,
    PRIMITIVE_CODES,
    PRIMITIVE_NAMES,
    PRINCIPAL,
    RECORD,
    SERVICE,
    VARIANT,
    VEC,
    label_hash,
    read_index,
    read_length,
    sleb,
    uleb,
)

FUTURE = -25

Entry = tuple[Any, ...]


class Table:
    """Types that refer to each other, and `roots`: the argument types.

    `labels[i]` are the labels of record or variant `i` in the order of its ids, and `order[i]` the same in the order
    of the source; `names[i]` is the definition that entry `i` came from. Tables from the wire have none of the three.
    """

    __slots__ = ("entries", "labels", "names", "order", "roots")

    def __init__(self) -> None:
        self.entries: list[Entry] = []
        self.labels: list[tuple[str | int, ...]] = []
        self.order: list[tuple[str | int, ...]] = []
        self.names: list[str | None] = []
        self.roots: tuple[int, ...] = ()

    def kind(self, ref: int) -> int:
        """The code of the type that `ref` refers to."""
        return ref if ref < 0 else self.entries[ref][0]


def build(types: Sequence[Type], env: TypeEnv, *, by_name: bool = False) -> Table:
    """The table of `types`, its entries in the order in which the Rust library numbers them.

    Equal types share an entry; with `by_name`, definitions of different names keep entries of their own.
    Raises CandidError for an undefined name, a name defined as itself, and colliding labels.
    """
    builder = _Builder(env, by_name)
    builder.table.roots = tuple([builder.ref(type_) for type_ in types])
    return builder.table


class _Builder:
    def __init__(self, env: TypeEnv, by_name: bool) -> None:
        self.env = env
        self.by_name = by_name
        self.table = Table()
        self.shapes: dict[Any, int] = {}
        self.named: dict[str, int | None] = {}
        self.indexes: dict[Any, int] = {}

    def resolve(self, type_: Type) -> tuple[Type, str | None]:
        name = None
        seen = set()
        while isinstance(type_, Named):
            name = type_.name
            if name in seen:
                raise CandidError(f"type {name} is defined as itself")
            seen.add(name)
            if name not in self.env:
                raise CandidError(f"type {name} is not defined")
            type_ = self.env[name]
        return type_, name

    def ref(self, type_: Type) -> int:
        actual, name = self.resolve(type_)
        if isinstance(actual, Primitive):
            return PRIMITIVE_CODES[actual.name]
        shape: Any = self.shape(type_)
        key = (shape, name) if self.by_name else shape
        if key not in self.indexes:
            self.indexes[key] = self.add(actual, name, key)
        return self.indexes[key]

    def add(self, type_: Type, name: str | None, key: Any) -> int:
        table = self.table
        index = self.indexes[key] = len(table.entries)
        table.entries.append(())
        table.names.append(name)
        table.labels.append(())
        table.order.append(())
        table.entries[index] = self.entry(index, type_)
        return index

    def entry(self, index: int, type_: Type) -> Entry:
        match type_:
            case Opt(inner):
                return OPT, self.ref(inner)
            case Vec(inner):
                return VEC, self.ref(inner)
            case Record(fields):
                return RECORD, *self.fields(index, fields)
            case Variant(fields):
                return VARIANT, *self.fields(index, fields)
            case Func():
                return self.func(type_)
            case Service(methods):
                return self.service(methods)
        raise CandidError(f"{type_!r} is not a Candid type")

    def fields(self, index: int, fields: tuple[Field, ...]) -> tuple[tuple[int, ...], tuple[int, ...]]:
        ordered = sorted(fields, key=lambda field: label_hash(field.label))
        ids = tuple([label_hash(field.label) for field in ordered])
        for i in range(1, len(ids)):
            if ids[i] == ids[i - 1]:
                raise CandidError(f"labels {ordered[i - 1].label!r} and {ordered[i].label!r} have the same id")
        if ids and not 0 <= ids[0] <= ids[-1] < 1 << 32:
            raise CandidError("the id of a field has 32 bits")
        self.table.labels[index] = tuple([field.label for field in ordered])
        self.table.order[index] = tuple([field.label for field in fields])
        return ids, tuple([self.ref(field.type) for field in ordered])

    def func(self, type_: Func) -> Entry:
        args = tuple([self.ref(arg) for arg in type_.args])
        results = tuple([self.ref(result) for result in type_.results])
        return FUNC, args, results, tuple([FUNC_MODES[mode] for mode in type_.modes])

    def service(self, methods: Iterable[tuple[str, Func | Named]]) -> Entry:
        ordered = sorted(methods, key=lambda method: method[0].encode())
        names = tuple([name for name, _ in ordered])
        if len(set(names)) != len(names):
            raise CandidError("a method's name stands twice in a service")
        for name, type_ in ordered:
            if not isinstance(self.resolve(type_)[0], Func):
                raise CandidError(f"method {name} is not a func")
        return SERVICE, names, tuple([self.ref(type_) for _, type_ in ordered])

    def shape(self, type_: Type) -> int:
        """A number that equal structures share; recursion ends at the name that is being looked at."""
        if isinstance(type_, Primitive):
            return PRIMITIVE_CODES[type_.name]
        if not isinstance(type_, Named):
            return self.intern(self.shape_key(type_))
        name = type_.name
        if name not in self.named:
            self.resolve(type_)
            self.named[name] = None
            self.named[name] = self.shape(self.env[name])
        known = self.named[name]
        return self.intern(("knot", name)) if known is None else known

    def intern(self, key: Any) -> int:
        return self.shapes.setdefault(key, len(self.shapes))

    def shape_key(self, type_: Type) -> Any:
        match type_:
            case Opt(inner):
                return OPT, self.shape_of(inner)
            case Vec(inner):
                return VEC, self.shape_of(inner)
            case Record(fields) | Variant(fields):
                return self.fields_key(RECORD if isinstance(type_, Record) else VARIANT, fields)
            case Func(args, results, modes):
                return FUNC, tuple(map(self.shape_of, args)), tuple(map(self.shape_of, results)), modes
            case Service(methods):
                return SERVICE, tuple([(name, self.shape_of(func)) for name, func in methods])
        raise CandidError(f"{type_!r} is not a Candid type")

    def fields_key(self, code: int, fields: tuple[Field, ...]) -> Any:
        if self.by_name:
            return code, tuple([(field.label, self.shape_of(field.type)) for field in fields])
        return code, tuple(sorted([(label_hash(field.label), self.shape(field.type)) for field in fields]))

    def shape_of(self, type_: Type) -> Any:
        if self.by_name and isinstance(type_, Named):
            return type_.name, self.shape(type_)
        return self.shape(type_)


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


def parse(data: bytes, limits: Limits = DEFAULT) -> tuple[Table, int]:
    """Read the bytes before the values; returns the table and the position of the first value.

    Raises DecodeError for anything that the specification forbids and for more than `limits` allow.
    """
    bounded = data[: limits.header_bytes]
    if bounded[:4] != MAGIC:
        raise DecodeError("not Candid: the magic number is missing")
    reader = _HeaderReader(bounded)
    try:
        table = reader.table(limits)
    except IndexError as error:
        if len(bounded) < len(data):
            raise DecodeError(f"the type table is longer than {limits.header_bytes} bytes") from error
        raise DecodeError("the type table ends early") from error
    except UnicodeDecodeError as error:
        raise DecodeError("a method's name is not UTF-8") from error
    return table, reader.pos


class _HeaderReader:
    def __init__(self, data: bytes) -> None:
        self.data = data
        self.pos = len(MAGIC)
        self.count = 0

    def table(self, limits: Limits) -> Table:
        table = Table()
        self.count = self.length()
        if self.count > limits.table_entries:
            raise DecodeError(f"the type table has {self.count} entries, more than {limits.table_entries}")
        for _ in range(self.count):
            table.entries.append(self.entry())
        for entry in table.entries:
            if entry[0] == SERVICE:
                _check_methods(table, entry)
        table.roots = self.refs()
        return table

    def length(self) -> int:
        byte = self.data[self.pos]
        if byte < 128:
            self.pos += 1
            return byte
        number, self.pos = read_length(self.data, self.pos)
        return number

    def index(self) -> int:
        byte = self.data[self.pos]
        if byte < 128:
            self.pos += 1
            return byte - 128 if byte & 64 else byte
        number, self.pos = read_index(self.data, self.pos)
        return number

    def ref(self) -> int:
        ref = self.index()
        if ref >= self.count or (ref < EMPTY and ref != PRINCIPAL):
            raise DecodeError(f"{ref} is not a type")
        return ref

    def refs(self) -> tuple[int, ...]:
        return tuple([self.ref() for _ in self.counted()])

    def counted(self) -> Iterable[int]:
        """As many turns as a count says that stands here; each turn takes at least a byte."""
        count = self.length()
        if count > len(self.data) - self.pos:
            raise IndexError
        return range(count)

    def entry(self) -> Entry:
        code = self.index()
        if code in (OPT, VEC):
            return code, self.ref()
        if code in (RECORD, VARIANT):
            return self.fields(code)
        if code == FUNC:
            return FUNC, self.refs(), self.refs(), self.modes()
        if code == SERVICE:
            return self.service()
        if code < PRINCIPAL:
            return self.future()
        raise DecodeError(f"{code} cannot stand in a type table")

    def fields(self, code: int) -> Entry:
        ids: list[int] = []
        refs: list[int] = []
        last = -1
        for _ in self.counted():
            id_ = self.length()
            if not last < id_ < 1 << 32:
                raise DecodeError(f"field id {id_} is out of order, repeated or too large")
            last = id_
            ids.append(id_)
            refs.append(self.ref())
        return code, tuple(ids), tuple(refs)

    def modes(self) -> tuple[int, ...]:
        modes = self.take(self.length())
        if len(modes) > 1 or any(mode not in FUNC_MODE_NAMES for mode in modes):
            raise DecodeError(f"{modes!r} are not annotations of a func")
        return tuple(modes)

    def service(self) -> Entry:
        names: list[str] = []
        refs: list[int] = []
        last = None
        for _ in self.counted():
            raw = self.take(self.length())
            if last is not None and raw <= last:
                raise DecodeError(f"method {raw!r} is out of order or repeated")
            last = raw
            names.append(raw.decode())
            refs.append(self.ref())
        return SERVICE, tuple(names), tuple(refs)

    def future(self) -> Entry:
        self.take(self.length())
        return (FUTURE,)

    def take(self, length: int) -> bytes:
        end = self.pos + length
        if end > len(self.data):
            raise IndexError
        raw = self.data[self.pos : end]
        self.pos = end
        return raw


def _check_methods(table: Table, entry: Entry) -> None:
    for name, ref in zip(entry[1], entry[2], strict=True):
        if table.kind(ref) != FUNC:
            raise DecodeError(f"method {name} of a service is not a func")


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
