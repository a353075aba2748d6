"""Opens maps: in C where the runtime has it, else in Python; both leave the same bytes."""

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any, Protocol

from candid.types import Type
from canister_runtime.stable.keys import order_of, plan_of

try:
    import _stable_map  # type: ignore[import-not-found] # in C, a part of the runtime
except ImportError:  # the machine's own Python; no image has maps in Python
    from canister_runtime.stable.btree import BTreeMap
    from canister_runtime.stable.memory import MemoryManager

    _stable_map = None

if TYPE_CHECKING:
    from canister_runtime.stable.memory import StableMemory

Front: Any = None if _stable_map is None else _stable_map.Front
"""In C: `Front(maps)`, the most used functions of the host's maps; or None."""


class Tree(Protocol):
    """A map from bytes to bytes, as BTreeMap describes it."""

    def __len__(self) -> int: ...
    def get(self, key: bytes, /) -> bytes | None: ...
    def contains(self, key: bytes, /) -> bool: ...
    def insert(self, key: bytes, value: bytes, /) -> bytes | None: ...
    def remove(self, key: bytes, /) -> bytes | None: ...
    def keys(self) -> Iterable[bytes]: ...
    def values(self) -> Iterable[bytes]: ...
    def items(self) -> Iterable[tuple[bytes, bytes]]: ...


class Ordering:
    """How the encoded keys of a type compare: by a function, and by a plan where the C side can do it alone."""

    __slots__ = ("order", "plan")

    def __init__(self, key: Type, env: Mapping[str, Type]) -> None:
        self.order = order_of(key, env)
        self.plan = plan_of(key, env)


class Opener:
    """Opens the maps of one stable memory. Raises what MemoryManager raises."""

    def __init__(self, stable: "StableMemory", native: Any = _stable_map) -> None:
        self._native = native
        self._manager: Any = MemoryManager(stable) if native is None else native.Manager(stable)

    def open(self, memory_id: int, max_key_size: int, max_value_size: int, ordering: Ordering) -> Tree:
        """The map in memory `memory_id`; limits in bytes. Raises what BTreeMap raises."""
        if self._native is None:
            memory = self._manager.memory(memory_id)
            return BTreeMap(memory, max_key_size, max_value_size, ordering.order)
        opened: Tree = self._native.Map(
            self._manager, memory_id, max_key_size, max_value_size, ordering.order, ordering.plan
        )
        return opened
