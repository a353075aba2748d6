"""The declarations at a module's top level, found by bare name as Kybra's analyser finds them."""

import ast
from collections.abc import Iterator
from dataclasses import dataclass

from canister_runtime.source.candid_types import name_of

Assignment = ast.Assign | ast.AnnAssign


@dataclass(frozen=True, slots=True)
class Definition:
    """A named thing at a module's top level, with the node that says where."""

    name: str
    node: ast.stmt


def classes_of(tree: ast.Module, base: str) -> Iterator[ast.ClassDef]:
    """Top-level classes that name `base` among their bases."""
    for node in tree.body:
        if isinstance(node, ast.ClassDef) and any(name_of(parent) == base for parent in node.bases):
            yield node


def decorator_names(node: ast.FunctionDef) -> list[str]:
    """Bare names of the decorators, called or not; an attribute such as `kybra.query` has none."""
    functions = [d.func if isinstance(d, ast.Call) else d for d in node.decorator_list]
    return [function.id for function in functions if isinstance(function, ast.Name)]


def functions_with(tree: ast.Module, decorator: str) -> Iterator[ast.FunctionDef]:
    """Top-level functions under `decorator`."""
    for node in tree.body:
        if isinstance(node, ast.FunctionDef) and decorator in decorator_names(node):
            yield node


def assignments(tree: ast.Module) -> Iterator[tuple[Assignment, ast.expr]]:
    """Top-level assignments with their values."""
    for node in tree.body:
        if isinstance(node, ast.Assign | ast.AnnAssign) and node.value is not None:
            yield node, node.value


def target_name(node: Assignment) -> str | None:
    """The one bare name that an assignment binds."""
    target = node.targets[0] if isinstance(node, ast.Assign) else node.target
    return name_of(target)


def subscripted_assignments(tree: ast.Module, base: str) -> Iterator[tuple[Assignment, ast.expr]]:
    """Assignments of `base[...]`, with what stands between the brackets."""
    for node, value in assignments(tree):
        if isinstance(value, ast.Subscript) and name_of(value.value) == base:
            yield node, value.slice


def called_assignments(tree: ast.Module, function: str) -> Iterator[tuple[Assignment, ast.Call]]:
    """Assignments of a call of the bare name `function`."""
    for node, value in assignments(tree):
        if isinstance(value, ast.Call) and name_of(value.func) == function:
            yield node, value


def stable_maps(tree: ast.Module) -> Iterator[tuple[Assignment, ast.Call, ast.Subscript]]:
    """Assignments of `StableBTreeMap[K, V](...)`."""
    for node, value in assignments(tree):
        match value:
            case ast.Call(func=ast.Subscript(value=base) as subscript) if name_of(base) == "StableBTreeMap":
                yield node, value, subscript


def guard_functions(tree: ast.Module) -> Iterator[ast.FunctionDef]:
    """Top-level functions that return `GuardResult`, which is what makes a guard."""
    for node in tree.body:
        if isinstance(node, ast.FunctionDef) and name_of(node.returns) == "GuardResult":
            yield node


def guard_of(node: ast.FunctionDef) -> ast.expr | None:
    """The `guard=` argument of a method's decorator."""
    for decorator in node.decorator_list:
        if isinstance(decorator, ast.Call):
            for argument in decorator.keywords:
                if argument.arg == "guard":
                    return argument.value
    return None
