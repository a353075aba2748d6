"""Which types of a canister its `.did` names and which it writes out, as Rust's candid crate decides (`TypeContainer`).

A record or variant is named, a tuple, func or service written out; two names for one structure become the shorter one.
"""

from collections.abc import Hashable
from dataclasses import dataclass

from candid.types import Field, Func, Named, Opt, Primitive, Record, Service, Type, Variant, Vec
from candid.wire import label_hash
from canister_runtime.source.model import CanisterModel, Method


@dataclass(frozen=True, slots=True)
class Interface:
    """Initial arguments, definitions sorted by name, methods sorted by name."""

    init: tuple[Type, ...]
    types: tuple[tuple[str, Type], ...]
    methods: tuple[tuple[str, Func], ...]


def interface_of(model: CanisterModel) -> Interface:
    """The interface that clients see; types that no method reaches are not part of it."""
    naming = _Naming(dict(model.types))
    start = [hook for hook in model.hooks if hook.kind == "init"]
    arguments = start[0].parameters if start else ()
    init = tuple(naming.shown(parameter.type) for parameter in arguments)
    in_order = sorted(model.methods, key=lambda method: method.name)
    methods = tuple((method.name, naming.function(method)) for method in in_order)
    return Interface(init, tuple(sorted(naming.definitions.items())), methods)


def is_tuple(kind: Record) -> bool:
    """Whether the labels are 0 to n-1; the empty record counts."""
    return [field.label for field in kind.fields] == list(range(len(kind.fields)))


class _Naming:
    def __init__(self, declared: dict[str, Type]) -> None:
        self.declared = declared
        self.definitions: dict[str, Type] = {}
        self._numbers: dict[Hashable, int] = {}
        self._structures: dict[str, int | None] = {}
        self._names: dict[int, str] = {}
        self._showing: set[str] = set()

    def function(self, method: Method) -> Func:
        arguments = tuple(self.shown(parameter.type) for parameter in method.parameters)
        results = () if method.result is None else (self.shown(method.result),)
        return Func(arguments, results, () if method.mode == "update" else (method.mode,))

    def shown(self, kind: Type) -> Type:  # noqa: PLR0911  # one return for each kind of type
        """The type as it stands in the text; fills `definitions`."""
        match kind:
            case Named(name):
                return self._shown_name(name)
            case Opt(inner):
                return Opt(self.shown(inner))
            case Vec(inner):
                return Vec(self.shown(inner))
            case Record(fields):
                return Record(self._shown_fields(fields))
            case Variant(fields):
                return Variant(self._shown_fields(fields))
            case Func(arguments, results, modes):
                return Func(tuple(map(self.shown, arguments)), tuple(map(self.shown, results)), modes)
            case Service(methods):
                return Service(tuple((name, self.shown(function)) for name, function in methods))  # type: ignore[misc]  # a function is shown as one
        return kind

    def _shown_fields(self, fields: tuple[Field, ...]) -> tuple[Field, ...]:
        in_order = sorted(fields, key=lambda field: label_hash(field.label))
        return tuple(Field(field.label, self.shown(field.type)) for field in in_order)

    def _shown_name(self, name: str) -> Type:
        kind = self.declared[name]
        is_named = isinstance(kind, Variant) or (isinstance(kind, Record) and not is_tuple(kind))
        title = self._names.get(self._named_structure(name), name) if is_named else name
        if title in self.definitions:
            return Named(title)
        if name in self._showing:
            self.definitions.setdefault(title, kind)
            return Named(title)
        self._showing.add(name)
        written = self.shown(kind)
        self._showing.remove(name)
        if is_named or title in self.definitions:
            self.definitions[title] = written
            return Named(title)
        return written

    def _structure(self, kind: Type) -> int:
        """A number per structure: equal for types that differ in the names of their parts only."""
        return self._named_structure(kind.name) if isinstance(kind, Named) else self._number(self._shape(kind))

    def _number(self, shape: Hashable) -> int:
        return self._numbers.setdefault(shape, len(self._numbers))

    def _named_structure(self, name: str) -> int:
        if name not in self._structures:
            self._structures[name] = None
            number = self._structures[name] = self._structure(self.declared[name])
            if len(name) < len(self._names.setdefault(number, name)):
                self._names[number] = name
        number_or_open = self._structures[name]
        return self._number(("open", name)) if number_or_open is None else number_or_open

    def _shape(self, kind: Type) -> Hashable:
        match kind:
            case Opt(inner) | Vec(inner):
                return (type(kind), self._structure(inner))
            case Record(fields) | Variant(fields):
                parts = [(label_hash(field.label), self._structure(field.type)) for field in fields]
                return (type(kind), tuple(sorted(parts)))
            case Func(arguments, results, modes):
                return (Func, tuple(map(self._structure, arguments)), tuple(map(self._structure, results)), modes)
            case Service(methods):
                return (Service, tuple(sorted((name, self._structure(function)) for name, function in methods)))
            case Primitive(name):
                return name
        raise TypeError(f"not a Candid type: {kind!r}")
