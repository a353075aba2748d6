"""Kybra's Principal has no `__eq__`: what compares two of them compares objects."""

import ast
from collections.abc import Iterator

from canister_runtime.source.rules.table import module_rule
from canister_runtime.source.walk import nodes

_OF_IC = frozenset({"caller", "id"})
_OF_THE_CLASS = frozenset({"from_str", "from_hex", "anonymous", "management_canister", "self_authenticating"})
_BY_EQUALITY = (ast.Eq, ast.NotEq, ast.In, ast.NotIn)


@module_rule(
    "K709",
    "a Principal compared with `==`, `!=` or `in`",
    kybra="builds it, and no two are ever equal: its Principal has no `__eq__`",
    fix="compare `.to_str()` of both, and keep texts in lists and dictionaries that are searched",
    is_warning=True,
)
def compared_principals(tree: ast.Module) -> Iterator[tuple[ast.AST, str]]:
    found = {}
    for function in nodes(tree):
        if isinstance(function, ast.FunctionDef):
            names = _principal_names(function)
            for node in ast.walk(function):
                if isinstance(node, ast.Compare) and _compares(node, names):
                    found[node] = ast.unparse(node)
    yield from found.items()


def _compares(comparison: ast.Compare, names: set[str]) -> bool:
    """Whether a principal meets something else than None in it."""
    sides = [comparison.left, *comparison.comparators]
    for left, operator, right in zip(sides, comparison.ops, sides[1:], strict=False):
        if not isinstance(operator, _BY_EQUALITY) or _is_none(left) or _is_none(right):
            continue
        searched = isinstance(operator, ast.In | ast.NotIn)
        if _is_principal(left, names) or (not searched and _is_principal(right, names)):
            return True
    return False


def _principal_names(function: ast.FunctionDef) -> set[str]:
    """Parameters and local names that hold principals whatever way the function takes."""
    principals = {each.arg for each in function.args.args if _is_the_class(each.annotation)}
    others: set[str] = set()
    for node in ast.walk(function):
        match node:
            case ast.AnnAssign(target=ast.Name(id=name), annotation=annotation):
                (principals if _is_the_class(annotation) else others).add(name)
            case ast.Assign(targets=[ast.Name(id=name)], value=value):
                (principals if _is_principal(value, set()) else others).add(name)
    return principals - others


def _is_principal(node: ast.expr, names: set[str]) -> bool:
    match node:
        case ast.Name(id=name):
            return name in names
        case ast.Call(func=ast.Attribute(value=ast.Name(id="ic"), attr=attribute)):
            return attribute in _OF_IC
        case ast.Call(func=ast.Attribute(value=ast.Name(id="Principal"), attr=attribute)):
            return attribute in _OF_THE_CLASS
    return False


def _is_the_class(annotation: ast.expr | None) -> bool:
    return isinstance(annotation, ast.Name) and annotation.id == "Principal"


def _is_none(node: ast.expr) -> bool:
    return isinstance(node, ast.Constant) and node.value is None
