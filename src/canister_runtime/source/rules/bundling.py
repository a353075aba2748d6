"""What the bundler copies where, and what gets lost on the way."""

from collections import defaultdict
from collections.abc import Iterator

from canister_runtime.source.imports import Import
from canister_runtime.source.modules import Bundle, BundledModule, ImportSite
from canister_runtime.source.reachability import possible_names
from canister_runtime.source.rules.table import Finding, bundle_rule
from canister_runtime.source.standard_library import is_standard


def flat_files(bundle: Bundle) -> dict[str, list[BundledModule]]:
    """Modules by the file name that they are copied to, side by side in the root, whatever package they are from."""
    files: dict[str, list[BundledModule]] = defaultdict(list)
    for module in bundle.modules:
        if module.kind in {"script", "module"}:
            files[module.path.name].append(module)
    return files


@bundle_rule(
    "K801",
    "a module that overwrites the entry",
    kybra="copies every module flat under its file name, so this file takes the entry's place",
    fix="give the module another file name than the entry",
)
def overwritten_entry(bundle: Bundle) -> Iterator[Finding]:
    for module in flat_files(bundle)[bundle.entry.name]:
        if module.path != bundle.entry:
            yield Finding(module, None, module.name)


@bundle_rule(
    "K802",
    "two modules for one place in the root",
    kybra="copies every module flat under its file name, and which of the two is imported is chance",
    fix="rename one of the files, or move the top-level module into a package",
)
def colliding_modules(bundle: Bundle) -> Iterator[Finding]:
    packages = {module.name for module in bundle.modules if module.is_package and "." not in module.name}
    for name, modules in flat_files(bundle).items():
        paths = {module.path for module in modules}
        is_imported = any("." not in module.name for module in modules)
        if bundle.entry in paths:
            continue
        if (len(paths) > 1 and is_imported) or name.removesuffix(".py") in packages:
            yield Finding(modules[-1], None, ", ".join(sorted(str(path) for path in paths)))


@bundle_rule(
    "K803",
    "a module with the name of a standard library module",
    kybra="freezes the standard library over it, so the standard module is imported instead",
    fix="rename it, or move it into a package",
)
def standard_name(bundle: Bundle) -> Iterator[Finding]:
    for module in bundle.modules:
        if "." not in module.name and is_standard(module.name) and module.kind != "namespace":
            yield Finding(module, None, module.name)


@bundle_rule(
    "K804",
    "a package without `__init__.py`",
    kybra="freezes its modules but not the package, so importing it fails when the canister is installed",
    fix="add an empty `__init__.py`",
)
def namespace_package(bundle: Bundle) -> Iterator[Finding]:
    return _first_imports_of(bundle, "namespace")


@bundle_rule(
    "K805",
    "a C extension",
    kybra="leaves it out, so importing it fails when the canister is installed",
    fix="use a package in plain Python",
)
def extension_module(bundle: Bundle) -> Iterator[Finding]:
    return _first_imports_of(bundle, "extension")


def _first_imports_of(bundle: Bundle, kind: str) -> Iterator[Finding]:
    for module in bundle.modules:
        if module.kind == kind and not is_standard(module.name):
            site = bundle.first_imports[module.name]
            if not site.may_fail:
                yield Finding(site.importer, site.statement.node, module.name)


@bundle_rule(
    "K806",
    "an import that finds nothing",
    kybra="builds it, and the import fails when it runs",
    fix="check the name, and that the module lies below the project, beside the entry or in site-packages",
)
def missing_module(bundle: Bundle) -> Iterator[Finding]:
    for missing in bundle.missing:
        if not missing.may_fail and (missing.statement.level > 0 or not is_standard(missing.name)):
            yield Finding(missing.importer, missing.statement.node, missing.name)


@bundle_rule(
    "K807",
    "a module that imports the entry",
    kybra="reads the entry twice, and the Rust that it generates does not compile",
    fix="move what both need into a module of its own",
)
def imported_entry(bundle: Bundle) -> Iterator[Finding]:
    for module in bundle.modules[1:]:
        if module.path == bundle.entry:
            site = bundle.first_imports[module.name]
            yield Finding(site.importer, site.statement.node, module.name)


@bundle_rule(
    "K808",
    "a name that the imported module does not have",
    kybra="builds it, and the import fails when it runs",
    fix="check the name (kybra 0.7.1 has Service, CallResult, Manual, Alias and Opt for what once was Canister, "
    "CanisterResult, manual, alias and opt)",
)
def missing_name(bundle: Bundle) -> Iterator[Finding]:
    for module in bundle.modules:
        for statement in [] if module.is_installed else module.imports:
            if not ImportSite(module, statement).may_fail:
                for name in _absent_names(bundle, module, statement):
                    yield Finding(module, statement.node, name)


def _absent_names(bundle: Bundle, module: BundledModule, statement: Import) -> Iterator[str]:
    target = bundle.by_name.get(module.target_of(statement) or "")
    names = possible_names(bundle, target) if target else None
    if target is None or names is None:
        return
    for name in statement.names:
        is_special = name == "*" or (name.startswith("__") and name.endswith("__"))
        if not is_special and name not in names and f"{target.name}.{name}" not in bundle.by_name:
            yield f"{target.name}.{name}"
