"""What a canister's source may ask for at run time that most never do, so that images leave it out (decision 24)."""

import ast
import re
from collections.abc import Iterable

from canister_runtime.source.modules import BundledModule

NAMES, DOCUMENTATION = "names", "documentation"
"""Characters by name (tables of 0.34 MB compressed); what functions and classes say of themselves. As
runtime/python/_archive.py calls them."""

_MODULE = "unicodedata"
_EVALUATORS = frozenset({"eval", "exec", "compile"})
_BY_NAME = frozenset({"name", "lookup", "ucd_3_2_0", "*"})

_DOCUMENTATION = re.compile(rb"__doc__|\b(?:help|getdoc|pydoc|doctest|inspect)\b")

_HOST_PARTS = {b"candid_encode": "candid.text", b"candid_decode": "canister_runtime.host.candid_layout"}
"""Modules that the host imports when a method of `ic` is first used."""


def is_kybra(module: BundledModule) -> bool:
    """Whether it is of Kybra's package, which declares all, and whose functions import what only its build needs."""
    return module.name.partition(".")[0] == "kybra"


def host_parts(modules: tuple[BundledModule, ...]) -> list[str]:
    """The parts of the host that these modules may ask for; all where one evaluates texts."""
    own = [module for module in modules if not is_kybra(module)]
    everything = any(map(_evaluates, own))
    return [part for word, part in _HOST_PARTS.items() if everything or any(word in module.source for module in own)]


def kept(modules: Iterable[BundledModule]) -> set[str]:
    """What the image of these modules has to keep. A use of `eval`, whose text nobody knows, keeps all."""
    found = set()
    for module in modules:
        if _evaluates(module):
            return {NAMES, DOCUMENTATION}
        if _names_characters(module):
            found.add(NAMES)
        if _DOCUMENTATION.search(module.source):
            found.add(DOCUMENTATION)
    return found


def _evaluates(module: BundledModule) -> bool:
    """Whether it uses `eval`, `exec` or `compile` by these names, whatever they are there."""
    if not any(name.encode() in module.source for name in _EVALUATORS):
        return False
    return any(isinstance(node, ast.Name) and node.id in _EVALUATORS for node in module.nodes)


def _names_characters(module: BundledModule) -> bool:
    r"""True unless all that the module has of `unicodedata` is `from unicodedata import normalize` and its like.

    Patterns that are read on chain may name characters too: any `\N{` in the source counts, and so does `namereplace`,
    how errors of encoding may be handled.
    """
    if b"\\N{" in module.source or b"namereplace" in module.source:
        return True
    return _MODULE.encode() in module.source and any(map(_may_name, module.nodes))


def _may_name(node: ast.AST) -> bool:
    match node:
        case ast.Import(names=names):
            return any(alias.name == _MODULE for alias in names)
        case ast.ImportFrom(module=module, names=names):
            return module == _MODULE and any(alias.name in _BY_NAME for alias in names)
        case ast.Constant(value=str(text)):
            return text == _MODULE
    return False
