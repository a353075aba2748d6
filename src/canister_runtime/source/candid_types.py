"""Candid types out of annotations, by the bare names that Kybra's analyser knows (`kybra_generate/src/candid_type`)."""

import ast
import keyword
from collections.abc import Mapping
from types import MappingProxyType

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
    Record,
    Type,
    Vec,
)

PRIMITIVES: Mapping[str, Type] = MappingProxyType(
    {
        "blob": BLOB,
        "bool": BOOL,
        "empty": EMPTY,
        "float32": FLOAT32,
        "float64": FLOAT64,
        "int": INT,
        "int8": INT8,
        "int16": INT16,
        "int32": INT32,
        "int64": INT64,
        "nat": NAT,
        "nat8": NAT8,
        "nat16": NAT16,
        "nat32": NAT32,
        "nat64": NAT64,
        "null": NULL,
        "Principal": PRINCIPAL,
        "reserved": RESERVED,
        "str": TEXT,
        "text": TEXT,
    }
)
"""What a bare name means before anything that the canister declares; `void` is no type of a value."""

VOID = "void"
WRAPPERS = frozenset({"Async", "Manual"})
FUNC_MODES = MappingProxyType({"Query": ("query",), "Update": (), "Oneway": ("oneway",)})


def name_of(node: ast.expr | None) -> str | None:
    """The name that an expression gives: a bare name, or a string that stands for one."""
    match node:
        case ast.Name(id=name) | ast.Constant(value=str(name)):
            return name
    return None


def wire_label(python_name: str) -> str:
    """A field's label in Candid: a Python keyword's trailing underscores lose the last (`from_` becomes `from`).

    `python_name(wire_label(name)) == name` for every name that a field can have.
    """
    is_escaped = python_name.endswith("_") and keyword.iskeyword(python_name.rstrip("_"))
    return python_name[:-1] if is_escaped else python_name


def python_name(label: str) -> str:
    """The dictionary key in Python of a field with this Candid label."""
    return label + "_" if keyword.iskeyword(label.rstrip("_")) else label


def candid_type(node: ast.expr) -> Type:
    """The type that an accepted annotation stands for. The rules have refused all that this cannot read."""
    name = name_of(node)
    if name is not None:
        return PRIMITIVES.get(name) or Named(name)
    match node:
        case ast.Subscript(value=base, slice=argument):
            return _subscripted(name_of(base), argument)
        case ast.Call(args=[argument]):
            return _func(argument)
    raise TypeError(f"no Candid type: {ast.dump(node)}")


def result_type(node: ast.expr) -> Type | None:
    """The type of a method's answer, None for `void`; `Async` and `Manual` are looked through."""
    while isinstance(node, ast.Subscript) and name_of(node.value) in WRAPPERS:
        node = node.slice
    return None if name_of(node) == VOID else candid_type(node)


def tuple_type(members: list[ast.expr]) -> Record:
    """`Tuple[A, B]`: a record whose labels are 0, 1."""
    return Record(tuple(Field(index, candid_type(member)) for index, member in enumerate(members)))


def members_of(argument: ast.expr) -> list[ast.expr]:
    """The types between the brackets of `Tuple[...]`."""
    return argument.elts if isinstance(argument, ast.Tuple) else [argument]


def _subscripted(base: str | None, argument: ast.expr) -> Type:
    match base:
        case "Vec":
            return Vec(candid_type(argument))
        case "Opt":
            return Opt(candid_type(argument))
        case "Tuple":
            return tuple_type(members_of(argument))
    return candid_type(argument)


def _func(argument: ast.expr) -> Func:
    match argument:
        case ast.Subscript(value=mode, slice=ast.Tuple(elts=[ast.List(elts=parameters), returned])):
            modes = FUNC_MODES[name_of(mode) or ""]
            result = None if modes == ("oneway",) else result_type(returned)
            results = () if result is None else (result,)
            return Func(tuple(candid_type(parameter) for parameter in parameters), results, modes)
    raise TypeError(f"no func type: {ast.dump(argument)}")
