"""The modules of a canister as the bundler meets them: their source, their syntax tree, what they import."""

import ast
import site
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Literal

from canister_runtime.source.imports import Import, imports_of, stored_names
from canister_runtime.source.walk import nodes

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
    def is_installed(self) -> bool:
        """Whether the file is of an installed package, not of the project."""
        return any(self.path.is_relative_to(folder) for folder in site.getsitepackages())

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
        return parse(self.source, self.path)

    @cached_property
    def nodes(self) -> list[ast.AST]:
        """All nodes of the tree."""
        return nodes(self.tree) if self.tree else []

    @cached_property
    def imports(self) -> list[Import]:
        return imports_of(self.tree) if self.tree else []

    @cached_property
    def stored_names(self) -> frozenset[str]:
        return stored_names(self.tree, str(self.path)) if self.tree else frozenset()

    def target_of(self, statement: Import) -> str | None:
        """The dotted name that an import means, or None for a relative import that leads out of every package."""
        if statement.level == 0:
            return statement.name
        base = self.package.split(".") if self.package else []
        kept = len(base) - (statement.level - 1)
        if kept < 1:
            return None
        return ".".join([*base[:kept], *([statement.name] if statement.name else [])])


@dataclass(frozen=True)
class ImportSite:
    """An import statement with the module that it stands in."""

    importer: BundledModule
    statement: Import

    @property
    def may_fail(self) -> bool:
        """Whether it does no harm when the module is not there.

        Of an installed package nobody expects every branch to run here; of one's own code all are taken to run.
        """
        when = self.statement.circumstances
        return when.guarded or when.never or (when.sometimes and self.importer.is_installed)


@dataclass(frozen=True)
class MissingImport(ImportSite):
    """An import that no file on the search path answers: of the standard library, or of nothing at all."""

    name: str


@dataclass(frozen=True)
class Bundle:
    """All that an entry file reaches, the entry first, then in order of discovery.

    `first_imports` tells for each module which import first led to it.
    """

    entry: Path
    modules: tuple[BundledModule, ...]
    missing: tuple[MissingImport, ...] = ()
    first_imports: dict[str, ImportSite] = field(default_factory=dict)

    @property
    def script(self) -> BundledModule:
        return self.modules[0]

    @cached_property
    def by_name(self) -> dict[str, BundledModule]:
        """Modules by the name that an import finds them under."""
        return {module.name: module for module in self.modules[1:]}

    @cached_property
    def copied(self) -> tuple[BundledModule, ...]:
        """Every reached module, then the files that come along because a reached package is copied whole.

        Of kybra's own package only what is reached: its tools are no part of a canister's source.
        """
        files = {module.path: module for module in self.modules}
        for module in self.modules:
            if module.kind == "package" and module.name.partition(".")[0] != "kybra":
                for path in sorted(module.path.parent.rglob("*.py")):
                    files.setdefault(path, BundledModule(module.name, "module", path))
        return tuple(files.values())


def parse(source: bytes, path: Path) -> ast.Module | None:
    """The syntax tree, or None where CPython refuses the file."""
    try:
        return ast.parse(source, str(path))
    except (SyntaxError, ValueError):
        return None
