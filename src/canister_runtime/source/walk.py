"""All nodes of a module, walked once however many rules ask."""

import ast
from weakref import WeakKeyDictionary

_NODES: WeakKeyDictionary[ast.Module, list[ast.AST]] = WeakKeyDictionary()


def nodes(tree: ast.Module) -> list[ast.AST]:
    """The nodes below `tree`, outer before inner."""
    found = _NODES.get(tree)
    if found is None:
        found = _NODES[tree] = list(ast.walk(tree))[1:]
    return found
