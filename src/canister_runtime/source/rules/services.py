"""Service classes: other canisters' interfaces."""

import ast
from collections.abc import Iterator

from canister_runtime.source.annotations import service_methods
from canister_runtime.source.candid_types import name_of
from canister_runtime.source.declarations import classes_of
from canister_runtime.source.rules.table import module_rule

SERVICE_DECORATORS = ("service_query", "service_update")


@module_rule(
    "K521",
    "something else than methods in a Service",
    kybra="stops: a service should only contain function definitions",
    fix="remove docstrings, attributes, `pass` and `...`; a service has at least one method",
)
def service_member(tree: ast.Module) -> Iterator[tuple[ast.AST, str]]:
    for node in classes_of(tree, "Service"):
        for member in node.body:
            if not isinstance(member, ast.FunctionDef):
                yield member, node.name


@module_rule(
    "K522",
    "a method of a Service without exactly one of @service_query and @service_update",
    kybra="stops: missing, too many or wrong decorators",
    fix="`@service_query` or `@service_update`, bare and alone",
)
def service_decorator(tree: ast.Module) -> Iterator[tuple[ast.AST, str]]:
    for node in service_methods(tree):
        if len(node.decorator_list) != 1 or name_of(node.decorator_list[0]) not in SERVICE_DECORATORS:
            yield node, node.name


@module_rule(
    "K523",
    "a method of a Service without `self`",
    kybra="stops: the first parameter must be self",
    fix="`def method(self, ...) -> T: ...`",
)
def service_self(tree: ast.Module) -> Iterator[tuple[ast.AST, str]]:
    for node in service_methods(tree):
        if not node.args.args or node.args.args[0].arg != "self":
            yield node, node.name
