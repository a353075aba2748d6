"""Every expression of a module that Kybra's analyser reads as a Candid type, taken apart into its parts."""

import ast
from collections.abc import Iterator
from dataclasses import dataclass

from canister_runtime.source import declarations as declared
from canister_runtime.source.candid_types import WRAPPERS, members_of, name_of

METHOD_DECORATORS = ("query", "update")
HOOK_DECORATORS = ("init", "post_upgrade", "pre_upgrade", "heartbeat", "inspect_message")
EXPORTING = frozenset({*METHOD_DECORATORS, *HOOK_DECORATORS})


@dataclass(frozen=True, slots=True)
class TypePart:
    """A type or a part of one; `is_result` where a method's answer stands, which may be `void`."""

    node: ast.expr
    is_result: bool


def methods_and_hooks(tree: ast.Module) -> Iterator[ast.FunctionDef]:
    """Top-level functions that Kybra exports, each once."""
    for node in tree.body:
        if isinstance(node, ast.FunctionDef) and EXPORTING & set(declared.decorator_names(node)):
            yield node


def service_methods(tree: ast.Module) -> Iterator[ast.FunctionDef]:
    """Methods of the top-level Service classes."""
    for service in declared.classes_of(tree, "Service"):
        yield from (node for node in service.body if isinstance(node, ast.FunctionDef))


def type_parts(tree: ast.Module) -> Iterator[TypePart]:
    """All types in declarations, outer before inner."""
    for expression, is_result in _written_types(tree):
        yield from parts_of(expression, is_result=is_result)


def _written_types(tree: ast.Module) -> Iterator[tuple[ast.expr, bool]]:
    for base in ("Record", "Variant"):
        for node in declared.classes_of(tree, base):
            yield from ((member.annotation, False) for member in node.body if isinstance(member, ast.AnnAssign))
    for assignment, argument in declared.subscripted_assignments(tree, "Tuple"):
        if isinstance(assignment, ast.Assign):
            yield from ((member, False) for member in members_of(argument))
    for _, argument in declared.subscripted_assignments(tree, "Alias"):
        yield argument, False
    for _, call in declared.called_assignments(tree, "Func"):
        yield call, False
    for _, _, subscript in declared.stable_maps(tree):
        yield from ((member, False) for member in members_of(subscript.slice)[:2])
    for function in (*methods_and_hooks(tree), *service_methods(tree)):
        yield from ((argument.annotation, False) for argument in function.args.args if argument.annotation)
        if function.returns:
            yield function.returns, True


def parts_of(node: ast.expr, *, is_result: bool) -> Iterator[TypePart]:
    """A type and the types inside it, as far as the analyser would go."""
    yield TypePart(node, is_result)
    if isinstance(node, ast.Subscript):
        base = name_of(node.value)
        if base in WRAPPERS:
            yield from parts_of(node.slice, is_result=is_result)
        elif base in {"Vec", "Opt"}:
            yield from parts_of(node.slice, is_result=False)
        elif base == "Tuple":
            for member in members_of(node.slice):
                yield from parts_of(member, is_result=False)
    elif (signature := func_signature(node)) is not None:
        mode, parameters, returned = signature
        for parameter in parameters:
            yield from parts_of(parameter, is_result=False)
        if mode != "Oneway":
            yield from parts_of(returned, is_result=True)


def func_signature(node: ast.expr) -> tuple[str, list[ast.expr], ast.expr] | None:
    """Mode, parameters and result of a well-formed `Func(Query[[A, B], R])`."""
    match node:
        case ast.Call(
            func=function,
            args=[ast.Subscript(value=mode, slice=ast.Tuple(elts=[ast.List(elts=parameters), returned]))],
        ) if name_of(function) == "Func" and name_of(mode):
            return name_of(mode) or "", parameters, returned
    return None


def declared_types(tree: ast.Module) -> Iterator[declared.Definition]:
    """Names that a module declares as Candid types."""
    for base in ("Record", "Variant", "Service"):
        for node in declared.classes_of(tree, base):
            yield declared.Definition(node.name, node)
    named = [
        *((node, True) for node, _ in declared.subscripted_assignments(tree, "Alias")),
        *((node, isinstance(node, ast.Assign)) for node, _ in declared.subscripted_assignments(tree, "Tuple")),
        *((node, True) for node, _ in declared.called_assignments(tree, "Func")),
    ]
    for assignment, is_declared in named:
        name = declared.target_name(assignment)
        if is_declared and name is not None:
            yield declared.Definition(name, assignment)
