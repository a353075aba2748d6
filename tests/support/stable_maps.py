"""Maps in C and in Python side by side, each over a stable memory of its own."""

from pathlib import Path
from typing import Any

from candid.types import Type, TypeEnv
from canister_runtime.stable.errors import StableMemoryError
from canister_runtime.stable.opening import Opener, Ordering, Tree
from support.native_extension import extension_in, native_extension
from support.stable_memory import HeapStableMemory

native_maps = native_extension("_stable_map", "stable_map/[!s]*.c", "candid/*.c", stand_ins=("stable_system.c",))
plans_of_maps = extension_in(Path(str(native_maps.__file__)), "_candid_plan")
"""The plans that these maps know."""


class Twins:
    """One map opened in C and in Python; an operation on both gives the same or raises the same."""

    def __init__(self, key: Type, max_key: int, max_value: int, env: TypeEnv | None = None) -> None:
        self._limits = max_key, max_value
        self._ordering = Ordering(key, env or {})
        self.memories = HeapStableMemory(), HeapStableMemory()
        self.reopen()

    def reopen(self) -> None:
        """Open both anew."""
        native, python = self.memories
        self.native = self._opened(Opener(native, native_maps))
        self.python = self._opened(Opener(python, None))

    def _opened(self, opener: Opener) -> Tree:
        return opener.open(5, *self._limits, self._ordering)

    def do(self, method: str, *arguments: bytes) -> Any:
        """The outcome of both, which is the same."""
        native, python = (outcome(tree, method, arguments) for tree in (self.native, self.python))
        assert native == python
        return native

    def check(self) -> None:
        """The same content in memory, byte for byte, and in the same order."""
        native, python = self.memories
        assert native.content == python.content
        assert list(self.native.items()) == list(self.python.items())
        assert len(self.native) == len(self.python)


def outcome(tree: Tree, method: str, arguments: tuple[bytes, ...]) -> Any:
    """What a method returns (lists for iterators), or the class and the words of the error that it raises."""
    try:
        result = getattr(tree, method)(*arguments)
        return list(result) if method in ("items", "keys", "values") else result
    except StableMemoryError as error:
        return type(error), str(error)
