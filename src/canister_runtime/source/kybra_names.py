"""Which local names and attributes of a module mean something that the kybra package declares."""

import ast
from dataclasses import dataclass

from canister_runtime.source.walk import nodes

CLASSES = frozenset({"Record", "Variant", "Service"})
DECORATORS = frozenset({"query", "update", "init", "post_upgrade", "pre_upgrade", "heartbeat", "inspect_message"})
SERVICE_DECORATORS = frozenset({"service_query", "service_update"})
MAKERS = frozenset({"Alias", "Func", "StableBTreeMap", "Tuple"})


@dataclass(frozen=True, slots=True)
class KybraNames:
    """`names`: local name to kybra's; `modules`: local names of the package itself; `is_star`: `import *` was used."""

    names: dict[str, str]
    modules: frozenset[str]
    is_star: bool

    def meaning(self, node: ast.expr) -> str | None:
        """Kybra's name of what an expression means, if it is something of kybra's."""
        match node:
            case ast.Attribute(value=ast.Name(id=module), attr=name) if module in self.modules:
                return name
            case ast.Name(id=name) if name in self.names:
                return self.names[name]
            case ast.Name(id=name) if self.is_star:
                return name
        return None

    def hidden_meaning(self, node: ast.expr) -> str | None:
        """As `meaning`, where the expression is not the bare name that the analyser looks for."""
        name = self.meaning(node)
        return None if isinstance(node, ast.Name) and node.id == name else name


def kybra_names(tree: ast.Module) -> KybraNames:
    """Collect imports of kybra anywhere in the module, and top-level names that are set to one of its names."""
    names: dict[str, str] = {}
    modules: set[str] = set()
    for node in nodes(tree):
        match node:
            case ast.ImportFrom(module="kybra", names=aliases):
                names |= {alias.asname or alias.name: alias.name for alias in aliases}
            case ast.Import(names=aliases):
                modules |= {alias.asname or "kybra" for alias in aliases if _is_kybra(alias)}
    found = KybraNames(names, frozenset(modules), "*" in names)
    for node in tree.body:
        match node:
            case ast.Assign(targets=[ast.Name(id=name)], value=value) if found.meaning(value):
                names[name] = found.meaning(value) or ""
    return found


def _is_kybra(alias: ast.alias) -> bool:
    return alias.name == "kybra" or (alias.asname is None and alias.name.startswith("kybra."))
