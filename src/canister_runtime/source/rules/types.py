"""Annotations that Kybra's analyser, or the Rust compiler behind it, refuses."""

import ast
from collections.abc import Iterator

from canister_runtime.source.annotations import declared_types, type_parts
from canister_runtime.source.candid_types import PRIMITIVES, VOID, WRAPPERS, name_of
from canister_runtime.source.modules import Bundle
from canister_runtime.source.rules.table import Finding, bundle_rule, module_rule

SUBSCRIPTS = WRAPPERS | {"Vec", "Opt", "Tuple"}
HINTS = {
    "float": "float64 or float32",
    "bytes": "blob",
    "bytearray": "blob",
    "list": "Vec[...]",
    "tuple": "Tuple[...]",
    "dict": "a Record, or Vec[Tuple[K, V]]",
    "object": "reserved",
    "Any": "reserved",
    "set": "Vec[...]",
}


@module_rule(
    "K321",
    "`None` as a type",
    kybra="stops: None must not be used as a type",
    fix="`void` for a method without an answer, `null` elsewhere",
)
def none_as_type(tree: ast.Module) -> Iterator[tuple[ast.AST, str]]:
    for part in type_parts(tree):
        if isinstance(part.node, ast.Constant) and part.node.value is None:
            yield part.node, ""


@module_rule(
    "K322",
    "a subscript that is no Candid type",
    kybra="stops: only Async, Vec, Manual, Opt and Tuple can be subscripted",
    fix="`Vec[T]` for a list, `Opt[T]` for an optional value, `Tuple[A, B]`, by their bare names",
)
def unknown_subscript(tree: ast.Module) -> Iterator[tuple[ast.AST, str]]:
    for part in type_parts(tree):
        if isinstance(part.node, ast.Subscript) and name_of(part.node.value) not in SUBSCRIPTS:
            yield part.node, ast.unparse(part.node)


@module_rule(
    "K323",
    "an expression that is no Candid type",
    kybra="stops: such an expression is not allowed in a type",
    fix="a bare name, `Opt[T]` instead of `T | None`, names imported by `from kybra import ...`",
)
def unsupported_expression(tree: ast.Module) -> Iterator[tuple[ast.AST, str]]:
    for part in type_parts(tree):
        node = part.node
        is_known = name_of(node) is not None or isinstance(node, ast.Subscript)
        is_none = isinstance(node, ast.Constant) and node.value is None
        is_func = isinstance(node, ast.Call) and name_of(node.func) == "Func"
        if not (is_known or is_none or is_func):
            yield node, ast.unparse(node)


@module_rule(
    "K324",
    "a string that is more than one name as a type",
    kybra="takes the string for a name, and the Rust that it generates does not compile",
    fix='quote the name alone: `Opt["Node"]`',
)
def compound_forward_reference(tree: ast.Module) -> Iterator[tuple[ast.AST, str]]:
    for part in type_parts(tree):
        name = name_of(part.node)
        if name is not None and not name.isidentifier():
            yield part.node, repr(name)


@bundle_rule(
    "K325",
    "a name that no module of the canister declares as a Candid type",
    kybra="passes it on, and the Rust that it generates does not compile",
    fix="declare it as Record, Variant, Func, Service or `Alias[...]` at a module's top level, in a bundled module",
)
def unknown_type(bundle: Bundle) -> Iterator[Finding]:
    trees = [(module, module.tree) for module in bundle.modules if module.tree]
    known = {*PRIMITIVES, VOID, *(definition.name for _, tree in trees for definition in declared_types(tree))}
    for module, tree in trees:
        for part in type_parts(tree):
            name = name_of(part.node)
            if name is not None and name.isidentifier() and name not in known:
                yield Finding(module, part.node, f"{name}, use {HINTS[name]}" if name in HINTS else name)


@module_rule(
    "K326",
    "`void` inside a type or as a parameter",
    kybra="passes it on, and the Rust that it generates does not compile",
    fix="`null`",
)
def inner_void(tree: ast.Module) -> Iterator[tuple[ast.AST, str]]:
    for part in type_parts(tree):
        if name_of(part.node) == VOID and not part.is_result:
            yield part.node, ""
