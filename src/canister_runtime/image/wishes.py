"""Imports that a canister's source has inside functions: they have to be run while the image is made, or never."""

import ast
from collections.abc import Iterator
from importlib.util import resolve_name

from canister_runtime.image.archive import Wish
from canister_runtime.source.imports import Import
from canister_runtime.source.modules import BundledModule

STRPTIME_NEEDS = "_strptime"
"""What datetime.strptime and time.strptime import, in C, when first called."""

COMMON_ENCODINGS = (
    "ascii",
    "latin_1",
    "utf_8_sig",
    "utf_16",
    "utf_16_le",
    "utf_16_be",
    "unicode_escape",
    "idna",
    "punycode",
)


def wishes_of(module: BundledModule, *, lenient: bool) -> Iterator[Wish]:
    """The imports to run for one module. With `lenient` all of them may fail (packages that others wrote)."""
    if module.tree is None:
        return
    inside = _nodes_inside_functions(module.tree)
    for statement in module.imports:
        if statement.node in inside and not statement.type_checking:
            yield from _wishes(module, statement, optional=lenient or statement.guarded)
    yield from _hidden(module)


def _nodes_inside_functions(tree: ast.Module) -> set[ast.AST]:
    functions = (node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef))
    return {inner for function in functions for inner in ast.walk(function)}


def _wishes(module: BundledModule, statement: Import, *, optional: bool) -> Iterator[Wish]:
    line = statement.node.lineno
    name = "." * statement.level + statement.name
    if statement.level:
        name = resolve_name(name, module.package)
    for member in statement.names or ("",):
        yield Wish(module.name, name, member, line, optional)


def _hidden(module: BundledModule) -> Iterator[Wish]:
    """Modules that C code imports by name when a function is first called."""
    for node in ast.walk(module.tree) if module.tree else ():
        match node:
            case ast.Attribute(attr="strptime"):
                yield Wish(module.name, STRPTIME_NEEDS, "", node.lineno, optional=False)
            case ast.Call(func=ast.Attribute(attr="encode" | "decode"), args=[ast.Constant(value=str(codec)), *_]):
                yield from _encoding(module.name, codec, node.lineno)


def _encoding(importer: str, codec: str, line: int) -> Iterator[Wish]:
    name = codec.lower().replace("-", "_")
    yield Wish(importer, f"encodings.{name}", "", line, optional=True)
