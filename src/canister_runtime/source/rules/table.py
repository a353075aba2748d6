"""What a rule of the checker is, and how rules enter the table."""

import ast
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from canister_runtime.source.modules import Bundle, BundledModule


@dataclass(frozen=True, slots=True)
class Finding:
    """One breach: where (the file itself where `node` is None) and which name or construct it is about."""

    module: BundledModule
    node: ast.AST | None
    detail: str = ""


@dataclass(frozen=True, slots=True)
class Rule:
    """A line of the table. A warning is printed and does not make a canister refused.

    `spares_installed`: only a warning where an installed package does it; Kybra builds that, and the canister starts.
    """

    id: str
    what: str
    kybra: str
    fix: str
    find: Callable[[Bundle], Iterator[Finding]]
    is_warning: bool = False
    spares_installed: bool = False


RULES: list[Rule] = []

InModule = Callable[[ast.Module], Iterator[tuple[ast.AST, str]]]
InBundle = Callable[[Bundle], Iterator[Finding]]


def bundle_rule(
    rule_id: str, what: str, *, kybra: str, fix: str, is_warning: bool = False, spares_installed: bool = False
) -> Callable[[InBundle], InBundle]:
    """Enter a rule that needs the whole bundle."""

    def enter(find: InBundle) -> InBundle:
        RULES.append(Rule(rule_id, what, kybra, fix, find, is_warning, spares_installed))
        return find

    return enter


def module_rule(
    rule_id: str, what: str, *, kybra: str, fix: str, is_warning: bool = False, spares_installed: bool = False
) -> Callable[[InModule], InModule]:
    """Enter a rule that looks at one module's syntax tree at a time."""

    def enter(find: InModule) -> InModule:
        def in_bundle(bundle: Bundle) -> Iterator[Finding]:
            for module in bundle.modules:
                if module.tree is not None:
                    for node, detail in find(module.tree):
                        yield Finding(module, node, detail)

        RULES.append(Rule(rule_id, what, kybra, fix, in_bundle, is_warning, spares_installed))
        return find

    return enter
