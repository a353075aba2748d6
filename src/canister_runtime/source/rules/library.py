"""What the standard library inside a canister does not have."""

import ast
from collections.abc import Iterator, Mapping

from canister_runtime.source.modules import Bundle
from canister_runtime.source.rules.table import Finding, bundle_rule, module_rule
from canister_runtime.source.standard_library import (
    ABSENT_NAMES,
    ABSENT_SUBMODULES,
    SAME_EVERYWHERE,
    is_available,
    is_standard,
)
from canister_runtime.source.walk import nodes


@bundle_rule(
    "K901",
    "a standard library module that is absent on chain",
    kybra="builds it, and the import fails when it runs",
    fix="do without it, or catch the ImportError",
)
def absent_module(bundle: Bundle) -> Iterator[Finding]:
    for missing in bundle.missing:
        statement = missing.statement
        if missing.may_fail or statement.level or not is_standard(missing.name):
            continue
        members = {f"{missing.name}.{member}" for member in statement.names} & ABSENT_SUBMODULES
        if not is_available(missing.name) or members:
            yield Finding(missing.importer, statement.node, ", ".join(sorted(members)) or missing.name)


@module_rule(
    "K902",
    "a name of the standard library that is absent on chain",
    kybra="builds it, and it is an AttributeError or ImportError when it runs",
    fix="`ic.time()` for time_ns, `str, Enum` for StrEnum, `lru_cache(None)` for cache; leave newer typing out",
)
def absent_name(tree: ast.Module) -> Iterator[tuple[ast.AST, str]]:
    return uses_of(tree, ABSENT_NAMES)


@module_rule(
    "K903",
    "`strptime`",
    kybra="builds it, and it is a ModuleNotFoundError (_strptime) when it runs",
    fix="`datetime.fromisoformat`, or take the text apart by hand",
)
def strptime(tree: ast.Module) -> Iterator[tuple[ast.AST, str]]:
    for node in nodes(tree):
        if isinstance(node, ast.Attribute) and node.attr == "strptime" and _names_datetime(node.value):
            yield node, ast.unparse(node)


def _names_datetime(node: ast.expr) -> bool:
    name = node.attr if isinstance(node, ast.Attribute) else getattr(node, "id", "")
    return name == "datetime"


@module_rule(
    "K904",
    "`add_note` of an exception",
    kybra="builds it, and it is an AttributeError when it runs",
    fix="put the text into the message",
)
def add_note(tree: ast.Module) -> Iterator[tuple[ast.AST, str]]:
    for handler in nodes(tree):
        if isinstance(handler, ast.ExceptHandler) and handler.name:
            for node in ast.walk(handler):
                match node:
                    case ast.Attribute(value=ast.Name(id=name), attr="add_note") if name == handler.name:
                        yield node, ast.unparse(node)


@module_rule(
    "K905",
    "randomness that is the same in every canister",
    kybra="gives the same stream in each",
    fix="`management_canister.raw_rand()` for secrets and ids that must not be guessed",
    is_warning=True,
)
def repeating_randomness(tree: ast.Module) -> Iterator[tuple[ast.AST, str]]:
    return uses_of(tree, SAME_EVERYWHERE)


def uses_of(tree: ast.Module, names: Mapping[str, frozenset[str]]) -> Iterator[tuple[ast.AST, str]]:
    """Where a module imports one of these names from its module, or reads it as an attribute of it."""
    local: dict[str, str] = {}
    for node in nodes(tree):
        match node:
            case ast.Import(names=aliases):
                local |= {alias.asname or alias.name: alias.name for alias in aliases if alias.name in names}
            case ast.ImportFrom(module=str(module), names=aliases, level=0) if module in names:
                for alias in aliases:
                    if alias.name in names[module]:
                        yield node, f"{module}.{alias.name}"
    for node in nodes(tree):
        match node:
            case ast.Attribute(value=ast.Name(id=name), attr=attribute) if name in local:
                if attribute in names[local[name]]:
                    yield node, f"{local[name]}.{attribute}"
