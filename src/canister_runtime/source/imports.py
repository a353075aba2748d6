"""The import statements of a module, wherever they stand, as Kybra's bundler (modulegraph) collects them."""

import ast
import dis
from collections.abc import Iterator
from dataclasses import dataclass, replace
from types import CodeType

CATCHES_A_MISSING_MODULE = {"ImportError", "ModuleNotFoundError", "Exception", "BaseException"}


@dataclass(frozen=True, slots=True)
class Circumstances:
    """When an import runs.

    `guarded`: a missing module is caught. `never`: only type checkers see it. `sometimes`: under `if` or `except`.
    """

    guarded: bool = False
    never: bool = False
    sometimes: bool = False


@dataclass(frozen=True, slots=True)
class Import:
    """One `import name` or `from name import names`."""

    node: ast.stmt
    name: str
    names: tuple[str, ...]
    level: int
    circumstances: Circumstances

    @property
    def guarded(self) -> bool:
        """Whether a missing module is caught."""
        return self.circumstances.guarded

    @property
    def type_checking(self) -> bool:
        """Whether the statement never runs."""
        return self.circumstances.never


def imports_of(tree: ast.Module) -> list[Import]:
    """Every import of the module in source order, those inside functions and branches included."""
    return list(_walk(tree.body, Circumstances()))


def stored_names(tree: ast.Module, file: str) -> frozenset[str]:
    """Names that the module or one of its classes binds: `from module import name` needs no submodule for these."""
    return frozenset(_stored(compile(tree, file, "exec", dont_inherit=True)))


def _walk(body: list[ast.stmt], given: Circumstances) -> Iterator[Import]:
    for node in body:
        match node:
            case ast.Import(names=names):
                for alias in names:
                    yield Import(node, alias.name, (), 0, given)
            case ast.ImportFrom(module=module, names=names, level=level):
                members = tuple(alias.name for alias in names)
                yield Import(node, module or "", members, level, given)
            case ast.If(test=test, body=then, orelse=otherwise):
                branch = replace(given, sometimes=True)
                yield from _walk(then, replace(branch, never=given.never or _is_type_checking(test)))
                yield from _walk(otherwise, branch)
            case ast.Try(body=tried, handlers=handlers, orelse=otherwise, finalbody=final):
                caught = given.guarded or any(_catches_import_error(handler) for handler in handlers)
                yield from _walk(tried, replace(given, guarded=caught))
                for handler in handlers:
                    yield from _walk(handler.body, replace(given, sometimes=True))
                yield from _walk(otherwise + final, given)
            case _:
                for inner in _blocks(node):
                    yield from _walk(inner, given)


def _blocks(node: ast.stmt) -> Iterator[list[ast.stmt]]:
    for field in ("body", "orelse", "finalbody"):
        yield getattr(node, field, [])
    for case in getattr(node, "cases", []):
        yield case.body


def _is_type_checking(test: ast.expr) -> bool:
    match test:
        case ast.Name(id="TYPE_CHECKING") | ast.Attribute(attr="TYPE_CHECKING"):
            return True
    return False


def _catches_import_error(handler: ast.ExceptHandler) -> bool:
    if handler.type is None:
        return True
    caught = handler.type.elts if isinstance(handler.type, ast.Tuple) else [handler.type]
    return any(isinstance(name, ast.Name) and name.id in CATCHES_A_MISSING_MODULE for name in caught)


def _stored(code: CodeType) -> Iterator[str]:
    for instruction in dis.get_instructions(code):
        if instruction.opname in {"STORE_NAME", "STORE_GLOBAL"}:
            yield str(instruction.argval)
    for constant in code.co_consts:
        if isinstance(constant, CodeType):
            yield from _stored(constant)
