"""The `stable_b_tree_map_…` functions: Kybra's maps, keys and values Candid-encoded, over the stable B-tree."""

from collections.abc import Callable, Mapping
from typing import Any

from candid.errors import CandidError
from candid.types import Type
from canister_runtime.host.scalars import checked_int
from canister_runtime.host.signature import Codec
from canister_runtime.source.model import StableMap
from canister_runtime.stable.errors import KeyNotOrdered, StableMemoryError
from canister_runtime.stable.opening import Front, Opener, Ordering, Tree
from canister_runtime.system_api import SystemApi

_OUT_OF_ORDER = "assertion failed: self.keys.windows(2).all(|e| e[0] < e[1])"


class _Map:
    """One declared map. Its tree is opened at its first use, which is what lays it out in stable memory."""

    __slots__ = ("declared", "decode_key", "decode_value", "encode_key", "encode_value", "ordering", "tree")

    def __init__(self, declared: StableMap, codec: Codec, env: Mapping[str, Type]) -> None:
        self.declared = declared
        self.encode_key = codec.encoder((declared.key,))
        self.encode_value = codec.encoder((declared.value,))
        self.decode_key = codec.value_decoder(declared.key)
        self.decode_value = codec.value_decoder(declared.value)
        self.ordering = Ordering(declared.key, env)
        self.tree: Tree | None = None


class Maps:
    """A canister's maps by memory id. What stops an operation is a trap that nothing catches, as in Kybra."""

    def __init__(
        self, system: SystemApi, codec: Codec, env: Mapping[str, Type], declared: tuple[StableMap, ...]
    ) -> None:
        self._system = system
        self._maps = {each.memory_id: _Map(each, codec, env) for each in declared}
        self._opener: Opener | None = None
        self._front: Any = Front(self) if Front is not None else None

    def functions(self) -> dict[str, Callable[..., Any]]:
        """What `StableBTreeMap` calls, by name; in C what runs most, where the runtime has it."""
        fronted = {name: getattr(self._front or self, name) for name in ("contains_key", "get", "insert", "remove")}
        return fronted | {name: getattr(self, name) for name in ("is_empty", "len", "keys", "values", "items")}

    def stand_in(self, map_class: type) -> None:
        """Where the runtime has them in C: the methods of this class that run most, which call our functions, are C."""
        if self._front is not None:
            self._front.stand_in(map_class)

    def failed(self, error: Exception) -> None:
        """Traps for what an operation in C raised. Raises it again where it is none of a map's or a message's."""
        if isinstance(error, StableMemoryError):
            raise self._panic(error) from None
        if isinstance(error, CandidError):
            self._trap_undecodable(error)
        raise error

    def contains_key(self, memory_id: Any, key: Any) -> bool:
        entry = self._map(memory_id)
        raw_key = entry.encode_key(key)
        try:
            return self._tree(entry).contains(raw_key)
        except StableMemoryError as error:
            raise self._panic(error) from None

    def get(self, memory_id: Any, key: Any) -> Any:
        entry = self._map(memory_id)
        raw_key = entry.encode_key(key)
        tree = entry.tree
        try:
            value = self._tree(entry).get(raw_key) if tree is None else tree.get(raw_key)
        except StableMemoryError as error:
            raise self._panic(error) from None
        return None if value is None else self._decoded(entry.decode_value, value)

    def insert(self, memory_id: Any, key: Any, value: Any) -> Any:
        entry = self._map(memory_id)
        raw_key, raw_value = entry.encode_key(key), entry.encode_value(value)
        try:
            former = self._tree(entry).insert(raw_key, raw_value)
        except StableMemoryError as error:
            raise self._panic(error) from None
        return None if former is None else self._decoded(entry.decode_value, former)

    def remove(self, memory_id: Any, key: Any) -> Any:
        entry = self._map(memory_id)
        raw_key = entry.encode_key(key)
        try:
            former = self._tree(entry).remove(raw_key)
        except StableMemoryError as error:
            raise self._panic(error) from None
        return None if former is None else self._decoded(entry.decode_value, former)

    def is_empty(self, memory_id: Any) -> bool:
        return self.len(memory_id) == 0

    def len(self, memory_id: Any) -> int:
        entry = self._map(memory_id)
        try:
            return len(self._tree(entry))
        except StableMemoryError as error:
            raise self._panic(error) from None

    def keys(self, memory_id: Any) -> list[Any]:
        return [key for key, _ in self.items(memory_id)]

    def values(self, memory_id: Any) -> list[Any]:
        return [value for _, value in self.items(memory_id)]

    def items(self, memory_id: Any) -> list[tuple[Any, Any]]:
        entry = self._map(memory_id)
        try:
            pairs = list(self._tree(entry).items())
        except StableMemoryError as error:
            raise self._panic(error) from None
        return [
            (self._decoded(entry.decode_key, key), self._decoded(entry.decode_value, value)) for key, value in pairs
        ]

    def _map(self, memory_id: Any) -> _Map:
        entry = self._maps.get(memory_id)
        if entry is None:
            number = checked_int(memory_id, 8)
            raise LookupError(f"memory_id {number} does not have an associated StableBTreeMap")
        return entry

    def _tree(self, entry: _Map) -> Tree:
        tree = entry.tree
        if tree is None:
            if self._opener is None:
                self._opener = Opener(self._system)
            declared = entry.declared
            tree = self._opener.open(declared.memory_id, declared.max_key_size, declared.max_value_size, entry.ordering)
            entry.tree = tree
            if self._front is not None:
                codecs = entry.encode_key, entry.encode_value, entry.decode_value
                self._front.add(declared.memory_id, tree, *codecs)
        return tree

    def _decoded(self, decode: Any, message: bytes) -> Any:
        try:
            return decode(message)
        except CandidError as error:
            self._trap_undecodable(error)

    def _trap_undecodable(self, error: CandidError) -> None:
        self._system.trap(f"CandidError: {error}")

    def _panic(self, error: StableMemoryError) -> BaseException:
        what = _OUT_OF_ORDER if isinstance(error, KeyNotOrdered) else str(error)
        self._system.trap(f"Panicked at '{what}'")
        return error
