"""From types to their table."""

from collections.abc import Iterable, Sequence
from typing import Any

from candid.errors import CandidError
from candid.table_model import Entry, Table
from candid.types import Field, Func, Named, Opt, Primitive, Record, Service, Type, TypeEnv, Variant, Vec
from candid.wire import (
    FUNC,
    FUNC_MODES,
    OPT,
    PRIMITIVE_CODES,
    RECORD,
    SERVICE,
    VARIANT,
    VEC,
    label_hash,
)


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
