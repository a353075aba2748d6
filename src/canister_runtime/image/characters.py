"""Whether a module may ask for characters by their names: the tables that this takes are a tenth of an image."""

import ast

from canister_runtime.source.modules import BundledModule

_MODULE = "unicodedata"
_EVALUATORS = frozenset({"eval", "exec", "compile"})
_WORTH_A_LOOK = (_MODULE.encode(), *[name.encode() for name in _EVALUATORS])
_BY_NAME = frozenset({"name", "lookup", "ucd_3_2_0", "*"})


def names_characters(module: BundledModule) -> bool:
    r"""True unless all that the module has of `unicodedata` is `from unicodedata import normalize` and its like.

    Patterns and texts that are read on chain may name characters too: any `\N{` in the source counts, and so does a
    use of `eval`, whose text nobody knows.
    """
    if b"\\N{" in module.source:
        return True
    if module.tree is None or not any(word in module.source for word in _WORTH_A_LOOK):
        return False
    return any(_may_name(node) for node in ast.walk(module.tree))


def _may_name(node: ast.AST) -> bool:
    match node:
        case ast.Import(names=names):
            return any(alias.name == _MODULE for alias in names)
        case ast.ImportFrom(module=module, names=names):
            return module == _MODULE and any(alias.name in _BY_NAME for alias in names)
        case ast.Constant(value=str(text)):
            return text == _MODULE
        case ast.Name(id=name):
            return name in _EVALUATORS
    return False
