"""Imports that a canister's source has inside functions: they have to be run while the image is made, or never."""

import ast
from collections.abc import Iterator
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
    for node in ast.walk(module.tree) if module.tree else ():
        match node:
            case ast.Call(func=ast.Attribute(attr="encode" | "decode"), args=[ast.Constant(value=str(codec)), *_]):
                name = codec.lower().replace("-", "_")
                yield Wish(module.name, f"encodings.{name}", "", node.lineno, optional=True)
