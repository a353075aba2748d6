"""What a canister may import while its image is made: the standard library, the host, its own bundle."""

from collections.abc import Iterator
from pathlib import Path

import candid
import canister_runtime
from canister_runtime.image.archive import OPTIMISED, PACKAGE, Entry
from canister_runtime.image.errors import ImageError
from canister_runtime.image.runtime import Runtime
from canister_runtime.source.modules import BundledModule

LIBRARY, RUNTIME, PACKAGES, CANISTER = "<python>", "<runtime>", "<packages>", "<canister>"
"""What stands for the folders of this machine in tracebacks."""

HOST_PARTS = (
    "__init__.py",
    "system_api.py",
    "host",
    "stable",
    "source/__init__.py",
    "source/model.py",
    "source/exports.py",
)
"""The parts of canister_runtime that run on chain."""


def library(runtime: Runtime) -> list[Entry]:
    """The standard library."""
    return [_entry(runtime.library, file, LIBRARY) for file in sorted(runtime.library.rglob("*.py"))]


def host() -> list[Entry]:
    """The host and the codec, from where this package is installed."""
    return [*_package(candid.__path__[0], ["."]), *_package(canister_runtime.__path__[0], HOST_PARTS)]


def canister(modules: tuple[BundledModule, ...]) -> list[Entry]:
    """The bundle, the entry under its own name. Raises ImageError for a module in C."""
    found = {module.name: _bundled(module) for module in reversed(modules)}
    return list(reversed(found.values()))


def file_name(module: BundledModule) -> str:
    """A bundled module's file as tracebacks show it."""
    root = PACKAGES if _is_third_party(module) else CANISTER
    path = module.name.replace(".", "/")
    return f"{root}/{path}/__init__.py" if module.is_package else f"{root}/{path}.py"


def not_there_yet(own: list[Entry], others: list[Entry]) -> list[Entry]:
    """The bundle without modules that are the host's own files (a canister may import the codec as well).

    Raises ImageError when a module has the name of another one that is there already.
    """
    taken = {entry.name: entry for entry in others}
    for entry in own:
        there = taken.get(entry.name)
        if there is not None and there.content != entry.content:
            raise ImageError(f"the module {entry.name} has the name of {there.file}", entry.file)
    return [entry for entry in own if entry.name not in taken]


def with_parents(entries: list[Entry]) -> Iterator[Entry]:
    """The entries, and an empty package for every parent that has no file (namespace packages)."""
    names = {entry.name for entry in entries}
    for entry in entries:
        parent = entry.name.rpartition(".")[0]
        while parent and parent not in names:
            names.add(parent)
            yield Entry(parent, f"{CANISTER}/{parent.replace('.', '/')}", PACKAGE, b"")
            parent = parent.rpartition(".")[0]
        yield entry


def _is_third_party(module: BundledModule) -> bool:
    return "site-packages" in module.path.parts


def _bundled(module: BundledModule) -> Entry:
    if module.kind == "extension":
        raise ImageError(
            f"the module {module.name} is compiled for this machine and cannot run on chain", str(module.path)
        )
    return Entry(module.name, file_name(module), PACKAGE if module.is_package else "", module.source)


def _package(folder: str, parts: list[str] | tuple[str, ...]) -> Iterator[Entry]:
    root = Path(folder)
    for part in parts:
        place = root / part
        for file in [place] if place.is_file() else sorted(place.rglob("*.py")):
            yield _entry(root.parent, file, RUNTIME)


def _entry(root: Path, file: Path, shown_root: str) -> Entry:
    path = file.relative_to(root)
    is_package = path.name == "__init__.py"
    parts = path.parent.parts if is_package else path.with_suffix("").parts
    flags = (PACKAGE if is_package else "") + OPTIMISED
    return Entry(".".join(parts), f"{shown_root}/{path.as_posix()}", flags, file.read_bytes())
