"""The rules of the checker, as one table in the order of their ids."""

from canister_runtime.source.rules import (
    bindings,
    bundling,
    candid_declarations,
    guards,
    library,
    lifecycle,
    methods,
    names,
    principals,
    recognition,
    services,
    stable_maps,
    syntax,
    top_level,
    types,
)
from canister_runtime.source.rules.table import RULES, Finding, Rule

TOPICS = (
    *(syntax, top_level, candid_declarations, types, bindings, recognition, methods, guards, lifecycle, services),
    *(stable_maps, names, principals, bundling, library),
)
"""The modules that enter their rules when they are imported."""


def rules() -> tuple[Rule, ...]:
    """All rules by id."""
    return tuple(sorted(RULES, key=lambda rule: rule.id))


def reference() -> str:
    """The table of rules in Markdown, as docs/reference/checker.md holds it."""
    lines = ["| rule | refused | what Kybra does | fix |", "|---|---|---|---|"]
    for rule in rules():
        what = rule.what + (" (warning)" if rule.is_warning else "")
        lines.append(
            "| " + " | ".join(cell.replace("|", "\\|") for cell in (rule.id, what, rule.kybra, rule.fix)) + " |"
        )
    return "\n".join(lines) + "\n"


__all__ = ["Finding", "Rule", "reference", "rules"]
