"""Guards: functions that return GuardResult, named by the methods that they guard."""

import ast
from collections.abc import Iterator

from canister_runtime.source.annotations import METHOD_DECORATORS, methods_and_hooks
from canister_runtime.source.candid_types import name_of
from canister_runtime.source.declarations import decorator_names, guard_functions, guard_of
from canister_runtime.source.modules import Bundle
from canister_runtime.source.rules.table import Finding, bundle_rule, module_rule


@module_rule(
    "K421",
    "a guard that is not a name",
    kybra="stops: the guard must be a reference to a function",
    fix="`guard=name` with a function of the canister's top level",
)
def guard_is_no_name(tree: ast.Module) -> Iterator[tuple[ast.AST, str]]:
    for node in methods_and_hooks(tree):
        guard = guard_of(node)
        if guard is not None and name_of(guard) is None:
            yield guard, ast.unparse(guard)


@bundle_rule(
    "K422",
    "a guard that is no guard function",
    kybra="finds no function of that name that returns GuardResult, and the Rust that it generates does not compile",
    fix="`def name() -> GuardResult:` at the top level of a bundled module, under that name",
)
def unknown_guard(bundle: Bundle) -> Iterator[Finding]:
    trees = [(module, module.tree) for module in bundle.modules if module.tree]
    known = {guard.name for _, tree in trees for guard in guard_functions(tree)}
    for module, tree in trees:
        for node in methods_and_hooks(tree):
            guard = guard_of(node)
            name = name_of(guard)
            if guard is not None and name is not None and name not in known:
                yield Finding(module, guard, name)


@module_rule(
    "K423",
    "a guard function with parameters",
    kybra="stops: guard functions take no parameters",
    fix="read what it needs from `ic`",
)
def guard_parameters(tree: ast.Module) -> Iterator[tuple[ast.AST, str]]:
    for node in guard_functions(tree):
        if node.args.args or node.args.posonlyargs or node.args.kwonlyargs:
            yield node, node.name


@module_rule(
    "K424",
    "a guard on a lifecycle function",
    kybra="silently ignores it",
    fix="check inside the function",
    spares_installed=True,
)
def guarded_hook(tree: ast.Module) -> Iterator[tuple[ast.AST, str]]:
    for node in methods_and_hooks(tree):
        is_method = set(decorator_names(node)) & set(METHOD_DECORATORS)
        if guard_of(node) is not None and not is_method:
            yield node, node.name
