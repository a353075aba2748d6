"""The modules of a canister as the bundler meets them: their source, their syntax tree, what they import."""

import ast
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Literal

from canister_runtime.source.imports import Import, imports_of, stored_names

Kind = Literal["script", "module", "package", "namespace", "extension"]


@dataclass(frozen=True)
class BundledModule:
    """A module that the entry reaches. `folders` is where its submodules are looked for, empty for a plain module."""

    name: str
    kind: Kind
    path: Path
    folders: tuple[str, ...] = ()

    @property
    def is_package(self) -> bool:
        return self.kind in {"package", "namespace"}

    @property
    def package(self) -> str:
        """The package that relative imports start from, empty where they have no meaning."""
        if self.kind == "script":
            return ""
        return self.name if self.is_package else self.name.rpartition(".")[0]

    @cached_property
    def source(self) -> bytes:
        """The file's bytes; a namespace package and an extension module have none."""
        return b"" if self.kind in {"namespace", "extension"} else self.path.read_bytes()

    @cached_property
    def tree(self) -> ast.Module | None:
        """The syntax tree, or None where CPython refuses the file."""
        try:
            return ast.parse(self.source, str(self.path))
        except (SyntaxError, ValueError):
            return None

    @cached_property
    def imports(self) -> list[Import]:
        return imports_of(self.tree) if self.tree else []

    @cached_property
    def stored_names(self) -> frozenset[str]:
        return stored_names(self.tree, str(self.path)) if self.tree else frozenset()


@dataclass(frozen=True)
class MissingImport:
    """An import that no file on the search path answers: of the standard library, or of nothing at all."""

    importer: BundledModule
    statement: Import
    name: str


@dataclass(frozen=True)
class Bundle:
    """All that an entry file reaches, the entry first, then in order of discovery."""

    entry: Path
    modules: tuple[BundledModule, ...]
    missing: tuple[MissingImport, ...] = field(default=())
