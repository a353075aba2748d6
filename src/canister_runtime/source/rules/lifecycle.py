"""Lifecycle functions: one of each kind, without an answer, and none that waits but the heartbeat."""

import ast
from collections.abc import Iterator

from canister_runtime.source.annotations import HOOK_DECORATORS
from canister_runtime.source.candid_types import VOID, WRAPPERS, name_of
from canister_runtime.source.declarations import functions_with, guard_functions
from canister_runtime.source.modules import Bundle
from canister_runtime.source.rules.table import Finding, bundle_rule, module_rule


@bundle_rule(
    "K501",
    "two functions of one lifecycle kind",
    kybra="stops: only one is allowed in the whole bundle",
    fix="one function that calls the others",
)
def repeated_hook(bundle: Bundle) -> Iterator[Finding]:
    for kind in HOOK_DECORATORS:
        trees = [(module, module.tree) for module in bundle.modules if module.tree]
        found = [(module, node) for module, tree in trees for node in functions_with(tree, kind)]
        for module, node in found[1:]:
            yield Finding(module, node, f"@{kind}")


@module_rule(
    "K502",
    "a lifecycle function that does not return `void`",
    kybra="stops: an explicit void return type is required",
    fix="`-> void`",
)
def hook_result(tree: ast.Module) -> Iterator[tuple[ast.AST, str]]:
    for kind in HOOK_DECORATORS:
        for node in functions_with(tree, kind):
            if node.returns is not None and not _is_void(node.returns):
                yield node, f"@{kind} {node.name}"


def _is_void(node: ast.expr) -> bool:
    while isinstance(node, ast.Subscript) and name_of(node.value) in WRAPPERS:
        node = node.slice
    return name_of(node) == VOID


@module_rule(
    "K503",
    "parameters of pre_upgrade, heartbeat or inspect_message",
    kybra="has no values for them: the Rust does not compile, or each heartbeat traps",
    fix="no parameters; inspect_message reads `ic.method_name()` and `ic.arg_data_raw()`",
)
def hook_parameters(tree: ast.Module) -> Iterator[tuple[ast.AST, str]]:
    for kind in ("pre_upgrade", "heartbeat", "inspect_message"):
        for node in functions_with(tree, kind):
            if node.args.args:
                yield node, f"@{kind} {node.name}"


@module_rule(
    "K504",
    "`yield` in init, an upgrade hook, inspect_message or a guard",
    kybra="builds it, and it traps: these functions cannot wait",
    fix="do it in a method, or in a timer that init starts",
)
def waiting_hook(tree: ast.Module) -> Iterator[tuple[ast.AST, str]]:
    kinds = [kind for kind in HOOK_DECORATORS if kind != "heartbeat"]
    functions = [node for kind in kinds for node in functions_with(tree, kind)]
    for node in (*functions, *guard_functions(tree)):
        if any(_own_yields(node.body)):
            yield node, node.name


def _own_yields(nodes: list[ast.stmt]) -> Iterator[bool]:
    waiting: list[ast.AST] = list(nodes)
    while waiting:
        node = waiting.pop()
        yield isinstance(node, ast.Yield | ast.YieldFrom)
        if not isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda):
            waiting += ast.iter_child_nodes(node)
