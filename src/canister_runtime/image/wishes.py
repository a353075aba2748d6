"""Imports that a canister's source has inside functions: they have to be run while the image is made, or never."""

import ast
from collections.abc import Iterator
from encodings import normalize_encoding
from encodings.aliases import aliases
from importlib.util import resolve_name

from canister_runtime.image.archive import Wish
from canister_runtime.source.imports import Import
from canister_runtime.source.modules import BundledModule


def wishes_of(module: BundledModule, *, lenient: bool) -> Iterator[Wish]:
    """The imports to run for one module. With `lenient` all of them may fail (packages that others wrote)."""
    if module.tree is None:
        return
    inside = _nodes_inside_functions(module.tree)
    for statement in module.imports:
        if statement.node in inside and not statement.type_checking:
            yield from _wishes(module, statement, optional=lenient or statement.guarded)
    yield from _codecs(module)


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


def _codecs(module: BundledModule) -> Iterator[Wish]:
    """Codecs other than the common ones are modules, which C code imports when they are first named."""
    for node in module.nodes:
        if isinstance(node, ast.Call):
            for text in _codec_names(node):
                yield Wish(module.name, f"encodings.{_codec_module(text)}", "", node.lineno, optional=True)


def _codec_names(call: ast.Call) -> list[str]:
    """The texts by which a call may name a codec."""
    match call.func:
        case ast.Name("str" | "bytes" | "bytearray") | ast.Attribute(ast.Name("codecs"), "encode" | "decode"):
            given = call.args[1:2]
        case ast.Attribute(attr="encode" | "decode") | ast.Attribute(ast.Name("codecs")):
            given = call.args[:1]
        case _:
            given = []
    named = [keyword.value for keyword in call.keywords if keyword.arg == "encoding"]
    return [each.value for each in given + named if isinstance(each, ast.Constant) and isinstance(each.value, str)]


def _codec_module(text: str) -> str:
    """The module that `encodings` looks for."""
    name = normalize_encoding(text).lower()
    return aliases.get(name, name)
