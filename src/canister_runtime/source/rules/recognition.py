"""Declarations that Kybra does not see, because they are spelled or placed otherwise than it looks for them."""

import ast
from collections.abc import Iterator

from canister_runtime.source import declarations as declared
from canister_runtime.source.kybra_names import CLASSES, DECORATORS, MAKERS, SERVICE_DECORATORS, kybra_names
from canister_runtime.source.modules import Bundle
from canister_runtime.source.rules.table import Finding, bundle_rule, module_rule
from canister_runtime.source.walk import nodes

FunctionNode = ast.FunctionDef | ast.AsyncFunctionDef


@module_rule(
    "K331",
    "a declaration through an attribute or another name than kybra's",
    kybra="silently ignores it: it knows bare names only",
    fix="`from kybra import Record, query, ...` and use the bare name",
    spares_installed=True,
)
def other_spelling(tree: ast.Module) -> Iterator[tuple[ast.AST, str]]:
    names = kybra_names(tree)
    for node, expression, kinds in _declaring_expressions(tree):
        if names.hidden_meaning(expression) in kinds:
            yield node, ast.unparse(expression)


def _declaring_expressions(tree: ast.Module) -> Iterator[tuple[ast.AST, ast.expr, frozenset[str]]]:
    for node in nodes(tree):
        if isinstance(node, ast.ClassDef):
            yield from ((node, base, CLASSES) for base in node.bases)
        elif isinstance(node, FunctionNode):
            yield from ((d, _function(d), DECORATORS | SERVICE_DECORATORS) for d in node.decorator_list)
    for assignment, value in declared.assignments(tree):
        if isinstance(value, ast.Subscript | ast.Call):
            yield assignment, _function(value), MAKERS


def _function(node: ast.expr) -> ast.expr:
    """What is called or subscripted, through both."""
    while isinstance(node, ast.Call | ast.Subscript):
        node = node.func if isinstance(node, ast.Call) else node.value
    return node


@module_rule(
    "K332",
    "a Record, Variant or Service that is not at a module's top level",
    kybra="silently ignores it",
    fix="move the class to the top level, out of functions, classes, `if` and `try`",
    spares_installed=True,
)
def nested_class(tree: ast.Module) -> Iterator[tuple[ast.AST, str]]:
    names = kybra_names(tree)
    for node in nodes(tree):
        match node:
            case ast.ClassDef(name=name, bases=bases) if node not in tree.body:
                if any(names.meaning(base) in CLASSES for base in bases):
                    yield node, name


@module_rule(
    "K333",
    "a method or lifecycle function that is not at a module's top level",
    kybra="silently does not export it",
    fix="move the function to the top level, out of functions, classes, `if` and `try`",
    spares_installed=True,
)
def nested_method(tree: ast.Module) -> Iterator[tuple[ast.AST, str]]:
    for node in _decorated(tree):
        if node not in tree.body and isinstance(node, ast.FunctionDef):
            yield node, node.name


@module_rule(
    "K334",
    "`async def` as a method, lifecycle function or guard",
    kybra="silently does not export it",
    fix="a generator: `def method() -> Async[T]` with `result = yield Service(principal).call()`",
    spares_installed=True,
)
def coroutine(tree: ast.Module) -> Iterator[tuple[ast.AST, str]]:
    for node in _decorated(tree):
        if isinstance(node, ast.AsyncFunctionDef):
            yield node, node.name


def _decorated(tree: ast.Module) -> Iterator[FunctionNode]:
    names = kybra_names(tree)
    for node in nodes(tree):
        match node:
            case ast.FunctionDef(decorator_list=decorators) | ast.AsyncFunctionDef(decorator_list=decorators):
                if any(names.meaning(_function(decorator)) in DECORATORS for decorator in decorators):
                    yield node


@bundle_rule(
    "K335",
    "a class that inherits from a Record, Variant or Service",
    kybra="silently does not take it for one",
    fix="name Record, Variant or Service itself as the base, and repeat the inherited lines",
    spares_installed=True,
)
def inherited(bundle: Bundle) -> Iterator[Finding]:
    trees = [(module, module.tree) for module in bundle.modules if module.tree]
    known = {node.name for _, tree in trees for base in CLASSES for node in declared.classes_of(tree, base)}
    for module, tree in trees:
        classes = [node for node in tree.body if isinstance(node, ast.ClassDef)]
        own = {node.name for base in CLASSES for node in declared.classes_of(tree, base)}
        plain = {node.name for node in classes} - own
        for node in classes:
            if any(isinstance(base, ast.Name) and base.id in known - CLASSES - plain for base in node.bases):
                yield Finding(module, node, node.name)
