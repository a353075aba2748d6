"""A module set of its own for each native canister, beside the modules of the test process."""

import sys
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from types import ModuleType

_SHARED = frozenset({"candid", "canister_runtime"})
"""The host's own packages, which keep no state: one copy serves every canister."""


class ModuleSet:
    """The modules of one canister's bundle, visible to `import` only while the canister runs."""

    def __init__(self, names: Iterable[str], folder: Path) -> None:
        self._tops = {name.partition(".")[0] for name in names} - _SHARED
        self._folder = str(folder)
        self._modules: dict[str, ModuleType] = {}

    @property
    def own(self) -> tuple[ModuleType, ...]:
        """The modules imported so far."""
        return tuple(self._modules.values())

    @contextmanager
    def active(self) -> Iterator[None]:
        """Within this context `import` finds this set's modules and imports missing ones into it."""
        outside = self._take()
        sys.modules.update(self._modules)
        sys.path.insert(0, self._folder)
        try:
            yield
        finally:
            sys.path.remove(self._folder)
            self._modules = self._take()
            sys.modules.update(outside)

    def _take(self) -> dict[str, ModuleType]:
        names = [name for name in sys.modules if name.partition(".")[0] in self._tops]
        return {name: sys.modules.pop(name) for name in names}
