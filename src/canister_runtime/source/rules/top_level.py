"""Assignments at a module's top level that stop Kybra's analyser."""

import ast
from collections.abc import Iterator

from canister_runtime.source.declarations import assignments, target_name
from canister_runtime.source.rules.table import module_rule

ONE_NAME = "its analyser wants one name on the left of every top-level assignment and stops"


@module_rule("K201", "several targets at top level", kybra=ONE_NAME, fix="one assignment for each name")
def chained_assignment(tree: ast.Module) -> Iterator[tuple[ast.AST, str]]:
    for node, _ in assignments(tree):
        if isinstance(node, ast.Assign) and len(node.targets) > 1:
            yield node, ""


@module_rule(
    "K202",
    "top-level assignment to something else than a name",
    kybra=ONE_NAME,
    fix="assign names one by one; set attributes and items inside a function, `if`, `for` or `try`",
)
def not_a_name(tree: ast.Module) -> Iterator[tuple[ast.AST, str]]:
    for node, _ in assignments(tree):
        if target_name(node) is None:
            yield node, ""
