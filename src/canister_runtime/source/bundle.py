"""Which modules belong to a canister, decided as Kybra's bundler (modulegraph) decides it."""

from importlib.machinery import (
    EXTENSION_SUFFIXES,
    SOURCE_SUFFIXES,
    ExtensionFileLoader,
    FileFinder,
    ModuleSpec,
    SourceFileLoader,
)
from pathlib import Path

from canister_runtime.source.imports import Import
from canister_runtime.source.model import SourceModule
from canister_runtime.source.modules import Bundle, BundledModule, ImportSite, MissingImport
from canister_runtime.source.search_path import search_path


def bundle(entry_file: Path) -> tuple[SourceModule, ...]:
    """The entry and every module that it reaches by imports, those inside functions included.

    The standard library is not among them. An entry that is imported again under its own name stands here once.
    """
    modules = trace(entry_file).modules
    found = {module.name: module for module in reversed(modules)}
    return tuple(SourceModule(m.name, m.is_package, str(m.path)) for m in reversed(found.values()))


def trace(entry_file: Path) -> Bundle:
    """Follow the imports of `entry_file` along `search_path`."""
    entry = entry_file.resolve()
    tracing = _Tracing(search_path(entry))
    script = BundledModule(entry.stem, "script", entry)
    tracing.follow(script)
    return Bundle(entry, (script, *tracing.found.values()), tuple(tracing.missing), tracing.first_imports)


class _Tracing:
    def __init__(self, path: tuple[str, ...]) -> None:
        self.path = path
        self.found: dict[str, BundledModule] = {}
        self.missing: list[MissingImport] = []
        self.first_imports: dict[str, ImportSite] = {}
        self._scanned: set[str] = set()
        self._finders: dict[str, FileFinder] = {}

    def follow(self, module: BundledModule) -> None:
        """Load all that `module` imports. Until that is done its own names do not count, as in modulegraph."""
        for statement in module.imports:
            self._follow_import(module, statement)
        self._scanned.add(module.name if module.kind != "script" else "")

    def _follow_import(self, importer: BundledModule, statement: Import) -> None:
        site = ImportSite(importer, statement)
        name = importer.target_of(statement)
        target = self._load_dotted(name, site) if name else None
        if target is None:
            missing = name or "." * statement.level + statement.name
            self.missing.append(MissingImport(importer, statement, missing))
            return
        for member in statement.names:
            known = target.stored_names if target.name in self._scanned else frozenset()
            if member != "*" and target.is_package and member not in known:
                self._load(f"{target.name}.{member}", target, site)

    def _load_dotted(self, name: str, site: ImportSite) -> BundledModule | None:
        module: BundledModule | None = None
        parts = name.split(".")
        for count in range(1, len(parts) + 1):
            if module is not None and not module.is_package:
                return None
            module = self._load(".".join(parts[:count]), module, site)
            if module is None:
                return None
        return module

    def _load(self, name: str, parent: BundledModule | None, site: ImportSite) -> BundledModule | None:
        if name in self.found:
            return self.found[name]
        module = self._find(name, parent.folders if parent else self.path)
        if module is not None:
            self.found[name] = module
            self.first_imports[name] = site
            self.follow(module)
        return module

    def _find(self, name: str, path: tuple[str, ...]) -> BundledModule | None:
        """The first file or package along `path`; only where there is none, the folders of that name."""
        folders: list[str] = []
        for folder in path:
            finder = self._finders.setdefault(folder, FileFinder(folder, *LOADERS))
            spec = finder.find_spec(name)
            if spec is not None and spec.loader is not None:
                return _module_of(name, spec)
            if spec is not None:
                folders += spec.submodule_search_locations or []
        return BundledModule(name, "namespace", Path(folders[0]), tuple(folders)) if folders else None


LOADERS = ((ExtensionFileLoader, EXTENSION_SUFFIXES), (SourceFileLoader, SOURCE_SUFFIXES))


def _module_of(name: str, spec: ModuleSpec) -> BundledModule:
    folders = tuple(spec.submodule_search_locations or ())
    origin = Path(spec.origin or "")
    if isinstance(spec.loader, ExtensionFileLoader):
        return BundledModule(name, "extension", origin)
    return BundledModule(name, "package" if folders else "module", origin, folders)
