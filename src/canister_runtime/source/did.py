"""The `.did` of a canister, in the text that Kybra's toolchain prints (Rust crate `candid`, `pretty/candid.rs`)."""

from collections.abc import Iterable

from candid.types import (
    BLOB,
    NULL,
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
from canister_runtime.source.interface import Interface, interface_of
from canister_runtime.source.layout import Doc, Line, Nest, enclosed, joined, render
from canister_runtime.source.model import CanisterModel

LINE_WIDTH = 80
PRIMITIVE_KEYWORDS = (
    *("nat", "nat8", "nat16", "nat32", "nat64", "int", "int8", "int16", "int32", "int64"),
    *("float32", "float64", "bool", "text", "null", "reserved", "empty"),
)
KEYWORDS = frozenset(PRIMITIVE_KEYWORDS) | {
    *("import", "service", "func", "type", "opt", "vec", "record", "variant", "blob", "principal"),
    *("oneway", "query", "composite_query", "true", "false"),
}


def did_text(model: CanisterModel) -> str:
    """The canister's interface as text, without a newline at the end, as Kybra writes its file."""
    return _print(interface_of(model))


def _print(interface: Interface) -> str:
    definitions = [(f"type {name} = ", _type(kind), ";", Line("")) for name, kind in interface.types]
    methods = enclosed("{", joined(map(_method, interface.methods), ";"), "}", space=" ")
    start: Doc = "service : "
    if interface.init is not None:
        start = ("service : ", _arguments(interface.init), " -> ")
    return render((*definitions, start, methods), LINE_WIDTH)


def _method(method: tuple[str, Func]) -> Doc:
    name, function = method
    return (_name(name), " : ", _function(function))


def _function(function: Func) -> Doc:
    modes = tuple(f" {'query' if mode == 'composite_query' else mode}" for mode in function.modes)
    return Nest((_arguments(function.args), " -> ", _arguments(function.results), *modes))


def _arguments(types: Iterable[Type]) -> Doc:
    return enclosed("(", joined(map(_type, types), ","), ")", space="")


def _type(kind: Type) -> Doc:  # noqa: PLR0911  # one return for each kind of type
    match kind:
        case Primitive(name) | Named(name):
            return name
        case Vec() if kind == BLOB:
            return "blob"
        case Vec(inner):
            return ("vec ", _type(inner))
        case Opt(inner):
            return ("opt ", _type(inner))
        case Record(fields):
            return ("record ", _fields(fields, is_variant=False))
        case Variant(fields):
            return ("variant ", _fields(fields, is_variant=True))
        case Func():
            return ("func ", _function(kind))
    return ("service ", _service(kind))


def _service(service: Service) -> Doc:
    methods = sorted((name, function) for name, function in service.methods if isinstance(function, Func))
    return enclosed("{", joined(map(_method, methods), ";"), "}", space=" ")


def _fields(fields: tuple[Field, ...], *, is_variant: bool) -> Doc:
    if not is_variant and [field.label for field in fields] == list(range(len(fields))):
        members: list[Doc] = [_type(field.type) for field in fields]
    else:
        members = [_field(field, is_variant=is_variant) for field in fields]
    return enclosed("{", joined(members, ";"), "}", space=" ")


def _field(field: Field, *, is_variant: bool) -> Doc:
    if is_variant and field.type == NULL:
        return _name(field.label)
    return (_name(field.label), " : ", _type(field.type))


def _name(label: str | int) -> str:
    """A label, in quotes where Candid's grammar needs them."""
    text = str(label)
    if text.isascii() and text.isidentifier() and text not in KEYWORDS:
        return text
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'
