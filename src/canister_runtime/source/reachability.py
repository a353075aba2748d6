"""The names that `from entry import *` brings, which is how Kybra starts a canister."""

import ast
from collections.abc import Iterator

from canister_runtime.source.imports import imports_of
from canister_runtime.source.modules import Bundle, BundledModule


def star_names(bundle: Bundle, module: BundledModule) -> frozenset[str] | None:
    """What `from module import *` binds, or None where `__all__` is computed and cannot be known."""
    return _star_names(bundle, module, frozenset())


def _star_names(bundle: Bundle, module: BundledModule, above: frozenset[str]) -> frozenset[str] | None:
    if module.tree is None or module.name in above:
        return frozenset()
    listed = _all_of(module.tree)
    if listed is not _ABSENT:
        return listed
    names = set(bound_names(module.tree.body))
    for statement in imports_of(module.tree):
        if "*" in statement.names and statement.node in _top_level(module.tree.body):
            target = bundle.by_name.get(module.target_of(statement) or "")
            brought = _star_names(bundle, target, above | {module.name}) if target else frozenset()
            if brought is None:
                return None
            names |= brought
    return frozenset(name for name in names if not name.startswith("_"))


def possible_names(bundle: Bundle, module: BundledModule) -> frozenset[str] | None:
    """Names that a module may have, and no others, or None where code decides that."""
    return _possible_names(bundle, module, frozenset())


def _possible_names(bundle: Bundle, module: BundledModule, above: frozenset[str]) -> frozenset[str] | None:
    if module.name in above:
        return frozenset()
    if module.tree is None or _BINDING_BY_CODE & {node.id for node in module.nodes if isinstance(node, ast.Name)}:
        return None
    names = set(module.stored_names)
    if "__getattr__" in names:
        return None
    for statement in module.imports:
        if "*" in statement.names:
            target = bundle.by_name.get(module.target_of(statement) or "")
            brought = _possible_names(bundle, target, above | {module.name}) if target else None
            if brought is None:
                return None
            names |= brought
    return frozenset(names)


_BINDING_BY_CODE = frozenset({"globals", "vars", "setattr", "exec", "eval", "locals"})
"""Functions that can give a module names which no statement shows."""

_ABSENT: frozenset[str] | None = frozenset({"no __all__ in the module"})


def _all_of(tree: ast.Module) -> frozenset[str] | None:
    """The names in a literal `__all__`; `_ABSENT` without one, None for one that is computed."""
    found = _ABSENT
    for node in _top_level(tree.body):
        match node:
            case (
                ast.Assign(targets=[ast.Name(id="__all__")], value=value)
                | ast.AnnAssign(target=ast.Name(id="__all__"), value=ast.expr() as value)
            ):
                found = _literal_names(value)
            case ast.AugAssign(target=ast.Name(id="__all__"), value=value):
                more = _literal_names(value)
                found = None if found is None or more is None else (found | more)
    return found


def _literal_names(node: ast.expr) -> frozenset[str] | None:
    if isinstance(node, ast.List | ast.Tuple) and all(isinstance(name, ast.Constant) for name in node.elts):
        return frozenset(str(name.value) for name in node.elts if isinstance(name, ast.Constant))
    return None


def _top_level(body: list[ast.stmt]) -> Iterator[ast.stmt]:
    """Statements that run when the module is imported, those in `if`, `for`, `while`, `with` and `try` included."""
    for node in body:
        yield node
        if not isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            for field in ("body", "orelse", "finalbody"):
                yield from _top_level(getattr(node, field, []))
            for handler in getattr(node, "handlers", []):
                yield from _top_level(handler.body)


def bound_names(body: list[ast.stmt]) -> Iterator[str]:
    """Names that statements bind when the module is imported; those of star imports are not among them."""
    for node in _top_level(body):
        match node:
            case ast.FunctionDef(name=name) | ast.AsyncFunctionDef(name=name) | ast.ClassDef(name=name):
                yield name
            case ast.Import(names=aliases):
                yield from (alias.asname or alias.name.partition(".")[0] for alias in aliases)
            case ast.ImportFrom(names=aliases):
                yield from (alias.asname or alias.name for alias in aliases if alias.name != "*")
            case ast.Assign(targets=targets):
                yield from _target_names(targets)
            case ast.AnnAssign(target=target, value=ast.expr()) | ast.AugAssign(target=target):
                yield from _target_names([target])
            case ast.For(target=target):
                yield from _target_names([target])
            case ast.With(items=items):
                yield from _target_names([item.optional_vars for item in items if item.optional_vars])


def _target_names(targets: list[ast.expr]) -> Iterator[str]:
    for target in targets:
        yield from (node.id for node in ast.walk(target) if isinstance(node, ast.Name))
