"""Interface descriptions (`.did`): parser and printer (Candid specification, "Type Structure")."""

from collections.abc import Callable, Mapping
from posixpath import dirname, join, normpath
from typing import NamedTuple

from candid.did_printer import RESERVED_WORDS, print_interface_parts, print_type
from candid.errors import CandidError
from candid.lexer import END, NUMBER, TEXT, WORD, Cursor
from candid.table import build
from candid.types import BLOB, NULL, Field, Func, Named, Opt, Primitive, Record, Service, Type, Variant, Vec
from candid.wire import PRIMITIVE_CODES, label_hash

__all__ = ["Interface", "parse", "parse_type", "print_interface", "print_type"]

_MODES = ("query", "composite_query", "oneway")

Resolve = Callable[[str], str]


class Interface(NamedTuple):
    """A parsed description: definitions, the types of init arguments (None where the service takes none), service."""

    env: Mapping[str, Type]
    init: tuple[Type, ...] | None = None
    service: Service | None = None

    def methods(self) -> dict[str, Func]:
        """The service's methods with their types, names resolved."""
        methods = {}
        for name, type_ in self.service.methods if self.service else ():
            actual: Type = type_
            while isinstance(actual, Named):
                actual = self.env[actual.name]
            assert isinstance(actual, Func)  # noqa: S101 # `parse` has checked it
            methods[name] = actual
        return methods


def parse(source: str, resolve: Resolve | None = None) -> Interface:
    """Parse and check a description; `resolve` maps the path of an import to a source, without it they are refused.

    A path that an imported file names is joined to that file's folder first. Raises TextError where it does not parse,
    CandidError for undefined names and clashing labels.
    """
    try:
        interface = _Parser(source, _Imports(resolve)).program()
        _check(interface)
    except RecursionError as error:
        raise CandidError("the types nest too deep") from error
    return interface


def parse_type(source: str) -> Type:
    """Parse one type."""
    parser = TypeParser(Cursor(source))
    type_ = parser.datatype()
    if parser.at.token.kind != END:
        raise parser.at.fail("the type ends before this")
    return type_


def print_interface(interface: Interface) -> str:
    """The description as text; parsing it gives the same interface."""
    return print_interface_parts(interface.env, interface.init, interface.service)


def _check(interface: Interface) -> None:
    types: list[Type] = [Named(name) for name in interface.env]
    types += interface.init or ()
    if interface.service:
        types.append(interface.service)
    build(types, interface.env)


class TypeParser:
    """Parses types at a cursor."""

    def __init__(self, cursor: Cursor) -> None:
        self.at = cursor

    def datatype(self) -> Type:
        """`<datatype>` of the grammar."""
        if self.at.token.kind != WORD:
            raise self.at.fail(f"a type is expected, not {self.at.token.value!r}")
        word = self.at.next().value
        if word in PRIMITIVE_CODES:
            return Primitive(word)
        constructor = _CONSTRUCTORS.get(word)
        return constructor(self) if constructor else Named(word)

    def opt(self) -> Type:
        return Opt(self.datatype())

    def vec(self) -> Type:
        return Vec(self.datatype())

    def record(self) -> Type:
        fields: list[Field] = []
        following = 0
        self.at.expect("{")
        while not self.at.take("}"):
            field = self.record_field(following)
            following = label_hash(field.label) + 1
            fields.append(field)
            self.separator()
        return Record(tuple(fields))

    def variant(self) -> Type:
        cases: list[Field] = []
        self.at.expect("{")
        while not self.at.take("}"):
            label = self.label()
            cases.append(Field(label, self.datatype() if self.at.take(":") else NULL))
            self.separator()
        return Variant(tuple(cases))

    def record_field(self, following: int) -> Field:
        if self.at.token.kind in (NUMBER, TEXT) or self.at.ahead().value == ":":
            label = self.label()
            self.at.expect(":")
            return Field(label, self.datatype())
        return Field(following, self.datatype())

    def separator(self) -> None:
        if not self.at.at("}"):
            self.at.expect(";")

    def label(self) -> str | int:
        return self.at.id() if self.at.token.kind == NUMBER else self.at.name()

    def func(self) -> Func:
        args = self.tuple()
        self.at.expect("->")
        results = self.tuple()
        modes: list[str] = []
        while self.at.token.kind == WORD and self.at.token.value in _MODES:
            modes.append(self.at.next().value)
        if len(modes) > 1:
            raise self.at.fail("a func has at most one annotation")
        if modes == ["oneway"] and results:
            raise self.at.fail("a oneway func has no results")
        return Func(args, results, tuple(modes))

    def tuple(self) -> tuple[Type, ...]:
        """`( <argtype>,* )`."""
        types: list[Type] = []
        names: list[str] = []
        self.at.expect("(")
        while not self.at.take(")"):
            if self.at.ahead().value == ":":
                names.append(self.at.name())
                self.at.next()
            types.append(self.datatype())
            if not self.at.at(")"):
                self.at.expect(",")
        if len(set(names)) != len(names):
            raise self.at.fail("two arguments have the same name")
        return tuple(types)

    def service(self) -> Service:
        methods: list[tuple[str, Func | Named]] = []
        self.at.expect("{")
        while not self.at.take("}"):
            name = self.at.name()
            self.at.expect(":")
            methods.append((name, self.method_type()))
            self.separator()
        return Service(tuple(methods))

    def method_type(self) -> Func | Named:
        if self.at.at("("):
            return self.func()
        if self.at.token.kind != WORD:
            raise self.at.fail("a method's type is a func or its name")
        return Named(self.at.next().value)


_CONSTRUCTORS: dict[str, Callable[[TypeParser], Type]] = {
    "blob": lambda _: BLOB,
    "opt": TypeParser.opt,
    "vec": TypeParser.vec,
    "record": TypeParser.record,
    "variant": TypeParser.variant,
    "func": TypeParser.func,
    "service": TypeParser.service,
}


class _Imports:
    """The files that a description imports, each read once, so that they may import each other."""

    def __init__(self, resolve: Resolve | None) -> None:
        self.resolve = resolve
        self.read: dict[str, Interface] = {}

    def interface(self, path: str, resolve: Resolve) -> Interface:
        """What the file at `path` describes; nothing while it is still being read."""
        if path not in self.read:
            self.read[path] = Interface({})
            self.read[path] = _Parser(resolve(path), self, dirname(path)).program()
        return self.read[path]


class _Parser:
    def __init__(self, source: str, imports: _Imports, folder: str = "") -> None:
        self.at = Cursor(source)
        self.types = TypeParser(self.at)
        self.imports = imports
        self.folder = folder
        self.env: dict[str, Type] = {}
        self.methods: dict[str, Func | Named] = {}

    def program(self) -> Interface:
        self.definitions()
        init, service = None, Service(tuple(self.methods.items())) if self.methods else None
        if self.at.take("service"):
            init, service = self.actor()
            service = self.with_imported(service)
            self.at.take(";")
        if self.at.token.kind != END:
            raise self.at.fail(f"{self.at.token.value!r} cannot stand here")
        return Interface(self.env, init, service)

    def with_imported(self, service: Service) -> Service:
        for name, _ in service.methods:
            if name in self.methods:
                raise self.at.fail(f"method {name} is imported already")
        return Service((*service.methods, *self.methods.items()))

    def definitions(self) -> None:
        while self.at.at("type") or self.at.at("import"):
            self.definition()
            if self.at.token.kind != END:
                self.at.expect(";")

    def definition(self) -> None:
        if self.at.take("import"):
            self.import_()
            return
        self.at.expect("type")
        if self.at.token.kind != WORD or self.at.token.value in RESERVED_WORDS:
            raise self.at.fail(f"a type cannot be called {self.at.token.value!r}")
        name = self.at.next().value
        if name in self.env:
            raise self.at.fail(f"type {name} is defined twice")
        self.at.expect("=")
        self.env[name] = self.types.datatype()

    def import_(self) -> None:
        with_service = self.at.take("service")
        if self.imports.resolve is None:
            raise self.at.fail("imports are not resolved here")
        path = normpath(join(self.folder, self.at.text()))
        imported = self.imports.interface(path, self.imports.resolve)
        for name, type_ in imported.env.items():
            if self.env.setdefault(name, type_) != type_:
                raise self.at.fail(f"type {name} is defined twice")
        if with_service:
            self.import_methods(imported)

    def import_methods(self, imported: Interface) -> None:
        if imported.service is None:
            raise self.at.fail("the imported file has no service")
        for name, type_ in imported.service.methods:
            if name in self.methods:
                raise self.at.fail(f"method {name} is imported already")
            self.methods[name] = type_

    def actor(self) -> tuple[tuple[Type, ...] | None, Service]:
        if self.at.token.kind == WORD:
            self.at.next()
        self.at.expect(":")
        init = None
        if self.at.at("("):
            init = self.types.tuple()
            self.at.expect("->")
        if self.at.at("{"):
            return init, self.types.service()
        type_: Type = Named(self.at.name())
        while isinstance(type_, Named):
            if type_.name not in self.env:
                raise self.at.fail(f"type {type_.name} is not defined")
            type_ = self.env[type_.name]
        if not isinstance(type_, Service):
            raise self.at.fail("the actor's type is not a service")
        return init, type_
