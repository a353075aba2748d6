"""Names: unique over the bundle, possible in Rust, and reachable from the entry."""

import ast
from collections.abc import Iterator

from canister_runtime.source.annotations import HOOK_DECORATORS, declared_types, methods_and_hooks, type_parts
from canister_runtime.source.candid_types import PRIMITIVES, VOID, name_of
from canister_runtime.source.declarations import classes_of, decorator_names, functions_with, guard_functions
from canister_runtime.source.modules import Bundle, BundledModule
from canister_runtime.source.reachability import star_names
from canister_runtime.source.rules.table import Finding, bundle_rule, module_rule
from canister_runtime.source.walk import nodes

RUST_TYPES = frozenset({"Result", "Option", "Vec", "Box", "String", "Ic", "KybraError", "CandidError"})
NO_RUST_NAMES = frozenset({"self", "Self", "super", "crate", "_"})
ALWAYS_GENERATED = frozenset({"init", "post_upgrade"})


def methods(tree: ast.Module) -> Iterator[ast.FunctionDef]:
    """Functions under @query or @update."""
    for node in methods_and_hooks(tree):
        if {"query", "update"} & set(decorator_names(node)):
            yield node


@bundle_rule(
    "K701",
    "a name that the bundle declares twice",
    kybra="generates Rust that does not compile, or calls one function in place of the other",
    fix="rename one; types, functions and guards share one name space over all bundled modules, kybra's own included",
)
def repeated_name(bundle: Bundle) -> Iterator[Finding]:
    first: dict[str, BundledModule] = {}
    for module in sorted(bundle.modules, key=lambda module: module.name.partition(".")[0] != "kybra"):
        if module.tree is not None:
            for name, node in _declarations(module.tree):
                if name in first:
                    yield Finding(module, node, f"{name}, first in {first[name].name}")
                first.setdefault(name, module)


def _declarations(tree: ast.Module) -> Iterator[tuple[str, ast.AST]]:
    yield from ((definition.name, definition.node) for definition in declared_types(tree))
    yield from ((node.name, node) for node in methods_and_hooks(tree))
    yield from ((node.name, node) for node in guard_functions(tree))


@module_rule(
    "K702",
    "a type with a name that the generated Rust needs",
    kybra="the Rust that it generates does not compile",
    fix="rename the type",
)
def rust_name(tree: ast.Module) -> Iterator[tuple[ast.AST, str]]:
    for definition in declared_types(tree):
        if definition.name in RUST_TYPES | NO_RUST_NAMES:
            yield definition.node, definition.name


@module_rule(
    "K703",
    "a type with the name of a Candid type",
    kybra="reads the Candid type wherever the name is used",
    fix="rename the type",
)
def candid_name(tree: ast.Module) -> Iterator[tuple[ast.AST, str]]:
    for definition in declared_types(tree):
        if definition.name in PRIMITIVES or definition.name == VOID:
            yield definition.node, definition.name


@bundle_rule(
    "K704",
    "a method with the name of a function that Kybra generates",
    kybra="the Rust that it generates does not compile",
    fix="rename the method",
)
def generated_name(bundle: Bundle) -> Iterator[Finding]:
    trees = [(module, module.tree) for module in bundle.modules if module.tree]
    hooks = {kind for kind in HOOK_DECORATORS for _, tree in trees if any(functions_with(tree, kind))}
    taken = ALWAYS_GENERATED | NO_RUST_NAMES | hooks
    for module, tree in trees:
        for node in (*methods(tree), *guard_functions(tree)):
            if node.name in taken:
                yield Finding(module, node, node.name)


@bundle_rule(
    "K705",
    "a method, guard or lifecycle function that `from entry import *` does not bring",
    kybra="builds it, and each call of it traps: it looks the function up among the entry's names",
    fix="import it in the entry by its own name, without a leading underscore; list it in an `__all__`",
)
def unreachable_function(bundle: Bundle) -> Iterator[Finding]:
    names = star_names(bundle, bundle.script)
    if names is None:
        return
    for module in bundle.modules:
        if module.tree is not None:
            functions = dict.fromkeys([*methods_and_hooks(module.tree), *guard_functions(module.tree)])
            for node in functions:
                if node.name not in names:
                    yield Finding(module, node, node.name)


@bundle_rule(
    "K708",
    "a Service that is used as a type and that `from entry import *` does not bring",
    kybra="builds it, and a value of that type traps when it comes in: it looks the class up among the entry's names",
    fix="import the class in the entry by its own name",
)
def unreachable_service(bundle: Bundle) -> Iterator[Finding]:
    names = star_names(bundle, bundle.script)
    trees = [(module, module.tree) for module in bundle.modules if module.tree]
    used = {name_of(part.node) for _, tree in trees for part in type_parts(tree)}
    for module, tree in trees:
        for node in classes_of(tree, "Service"):
            if names is not None and node.name in used and node.name not in names:
                yield Finding(module, node, node.name)


@bundle_rule(
    "K706",
    "an entry file whose name cannot be imported",
    kybra="starts the canister with `from <file name> import *`, which is a syntax error",
    fix="rename the file to a Python identifier",
)
def entry_name(bundle: Bundle) -> Iterator[Finding]:
    if not bundle.script.name.isidentifier():
        yield Finding(bundle.script, None, bundle.entry.name)


@module_rule(
    "K707",
    "`print`",
    kybra="prints nowhere",
    fix="`ic.print(...)`, which writes to the canister's log",
    is_warning=True,
)
def inert_print(tree: ast.Module) -> Iterator[tuple[ast.AST, str]]:
    for node in nodes(tree):
        match node:
            case ast.Call(func=ast.Name(id="print")):
                yield node, ""
