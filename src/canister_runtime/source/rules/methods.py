"""Methods and their signatures."""

import ast
from collections.abc import Iterator

from canister_runtime.source.annotations import METHOD_DECORATORS, methods_and_hooks, service_methods
from canister_runtime.source.declarations import decorator_names, functions_with
from canister_runtime.source.rules.table import module_rule

MOST_PARAMETERS = 5
GUARDABLE = frozenset({*METHOD_DECORATORS, "heartbeat", "pre_upgrade", "inspect_message"})


def exported_functions(tree: ast.Module) -> Iterator[ast.FunctionDef]:
    """Methods, lifecycle hooks and methods of services: all whose signature Kybra reads."""
    yield from methods_and_hooks(tree)
    yield from service_methods(tree)


@module_rule(
    "K401",
    "`*args` or `**kwargs`",
    kybra="stops: unpacking operators are not supported in signatures",
    fix="name every parameter, or take one Record",
)
def variable_arguments(tree: ast.Module) -> Iterator[tuple[ast.AST, str]]:
    for node in exported_functions(tree):
        if node.args.vararg or node.args.kwarg:
            yield node, node.name


@module_rule(
    "K402",
    "`self` as the first parameter of a method",
    kybra="stops: the first parameter must not be self",
    fix="methods are plain functions at a module's top level",
)
def self_parameter(tree: ast.Module) -> Iterator[tuple[ast.AST, str]]:
    for node in methods_and_hooks(tree):
        if node.args.args and node.args.args[0].arg == "self":
            yield node, node.name


@module_rule(
    "K403",
    "more than five parameters",
    kybra="stops: too many parameters",
    fix="take one Record",
)
def too_many_parameters(tree: ast.Module) -> Iterator[tuple[ast.AST, str]]:
    for node in methods_and_hooks(tree):
        if len(node.args.args) > MOST_PARAMETERS:
            yield node, node.name
    for node in service_methods(tree):
        if len(node.args.args) > MOST_PARAMETERS + 1:
            yield node, node.name


@module_rule(
    "K404",
    "a parameter without a type",
    kybra="stops: parameter type annotation required",
    fix="annotate it",
)
def unannotated_parameter(tree: ast.Module) -> Iterator[tuple[ast.AST, str]]:
    own = [argument for node in methods_and_hooks(tree) for argument in node.args.args if argument.arg != "self"]
    of_services = [argument for node in service_methods(tree) for argument in node.args.args[1:]]
    for argument in (*own, *of_services):
        if argument.annotation is None:
            yield argument, argument.arg


@module_rule(
    "K405",
    "no return type",
    kybra="stops: return type annotation required",
    fix="annotate the result, `-> void` where there is none",
)
def unannotated_result(tree: ast.Module) -> Iterator[tuple[ast.AST, str]]:
    for node in exported_functions(tree):
        if node.returns is None:
            yield node, node.name


@module_rule(
    "K406",
    "keyword-only or positional-only parameters",
    kybra="silently drops them from the interface, and the call then fails or lacks them",
    fix="plain parameters: no `*` and no `/` in the signature",
)
def dropped_parameters(tree: ast.Module) -> Iterator[tuple[ast.AST, str]]:
    for node in exported_functions(tree):
        if node.args.kwonlyargs or node.args.posonlyargs:
            yield node, node.name


@module_rule(
    "K407",
    "arguments of a decorator that it does not have",
    kybra="builds it, and the canister traps when it is installed",
    fix="`@query`, `@query()` or `@query(guard=name)`",
)
def decorator_arguments(tree: ast.Module) -> Iterator[tuple[ast.AST, str]]:
    for node, decorator, name in _called_decorators(tree):
        known = name in GUARDABLE
        if known and (decorator.args or any(keyword.arg != "guard" for keyword in decorator.keywords)):
            yield decorator, f"@{ast.unparse(decorator)} of {node.name}"


@module_rule(
    "K408",
    "brackets after `@init` or `@post_upgrade`",
    kybra="builds it, and the canister traps when it is installed",
    fix="the decorator without brackets",
)
def called_init(tree: ast.Module) -> Iterator[tuple[ast.AST, str]]:
    for _, decorator, name in _called_decorators(tree):
        if name in {"init", "post_upgrade"}:
            yield decorator, f"@{name}()"


def _called_decorators(tree: ast.Module) -> Iterator[tuple[ast.FunctionDef, ast.Call, str]]:
    for node in methods_and_hooks(tree):
        for decorator in node.decorator_list:
            if isinstance(decorator, ast.Call) and isinstance(decorator.func, ast.Name):
                yield node, decorator, decorator.func.id


@module_rule(
    "K409",
    "a method that is both query and update",
    kybra="generates it twice, and the Rust does not compile",
    fix="one decorator; write two functions for two modes",
)
def query_and_update(tree: ast.Module) -> Iterator[tuple[ast.AST, str]]:
    for node in functions_with(tree, "query"):
        if "update" in decorator_names(node):
            yield node, node.name
