"""Names in declarations that Python does not know yet when it reads them."""

import ast
import builtins
from collections.abc import Iterator

from canister_runtime.source.annotations import EXPORTING
from canister_runtime.source.candid_types import name_of
from canister_runtime.source.declarations import decorator_names
from canister_runtime.source.kybra_names import CLASSES, MAKERS
from canister_runtime.source.modules import Bundle, BundledModule
from canister_runtime.source.reachability import bound_names, star_names
from canister_runtime.source.rules.table import Finding, bundle_rule


@bundle_rule(
    "K327",
    "a name in a declaration that the module has not bound above",
    kybra="builds it, and the canister traps with a NameError when it is installed",
    fix="import it from kybra, declare it further up, or put the name of a type in quotes",
)
def unbound_name(bundle: Bundle) -> Iterator[Finding]:
    for module in bundle.modules:
        if module.tree is not None:
            yield from _unbound_names(bundle, module, module.tree)


def _unbound_names(bundle: Bundle, module: BundledModule, tree: ast.Module) -> Iterator[Finding]:
    bound = set(dir(builtins))
    is_lazy = any(s.name == "__future__" and "annotations" in s.names for s in module.imports)
    stars = {statement.node: statement for statement in module.imports if "*" in statement.names}
    for node in tree.body:
        for name in _names_read(node, is_lazy=is_lazy):
            if name.id not in bound:
                yield Finding(module, name, name.id)
        bound |= set(bound_names([node]))
        for inner in ast.walk(node):
            if isinstance(inner, ast.stmt) and inner in stars:
                target = bundle.by_name.get(module.target_of(stars[inner]) or "")
                brought = star_names(bundle, target) if target else None
                if brought is None:
                    return
                bound |= brought


def _names_read(node: ast.stmt, *, is_lazy: bool) -> Iterator[ast.Name]:
    """Names that Python looks up when it runs a declaration; annotations wait under `from __future__`."""
    expressions: list[ast.expr | None] = []
    match node:
        case ast.ClassDef(bases=bases, body=body) if any(name_of(base) in CLASSES for base in bases):
            expressions += bases
            for member in body:
                expressions += _evaluated(member, is_lazy=is_lazy)
        case ast.FunctionDef() if EXPORTING & set(decorator_names(node)) or name_of(node.returns) == "GuardResult":
            expressions += _evaluated(node, is_lazy=is_lazy)
        case (
            ast.Assign(value=ast.Call() | ast.Subscript() as value)
            | ast.AnnAssign(value=ast.Call() | ast.Subscript() as value)
        ) if _maker(value) in MAKERS:
            expressions.append(value)
    for expression in expressions:
        for inner in ast.walk(expression) if expression else ():
            if isinstance(inner, ast.Name):
                yield inner


def _evaluated(node: ast.stmt, *, is_lazy: bool) -> list[ast.expr | None]:
    match node:
        case ast.AnnAssign(annotation=annotation):
            return [] if is_lazy else [annotation]
        case ast.FunctionDef(decorator_list=decorators, args=arguments, returns=returned):
            annotations = [*(argument.annotation for argument in arguments.args), returned]
            return [*decorators, *([] if is_lazy else annotations)]
    return []


def _maker(node: ast.expr) -> str | None:
    while isinstance(node, ast.Call | ast.Subscript):
        node = node.func if isinstance(node, ast.Call) else node.value
    return name_of(node)
