"""Kybra's stable maps in Python: Candid in front of a map of bytes, over a stable memory without a canister."""

from collections.abc import Iterator
from typing import Any

from candid import compile_decoder, compile_encoder
from candid.types import Type, TypeEnv
from canister_runtime.stable.btree import BTreeMap
from canister_runtime.stable.keys import order_of
from canister_runtime.stable.memory import VirtualMemory


class CandidCodec:
    """Keys and values as Candid messages of one argument, as Kybra stores them."""

    def __init__(self, key: Type, value: Type, env: TypeEnv) -> None:
        self._write_key = compile_encoder([key], env)
        self._write_value = compile_encoder([value], env)
        self._read_key = compile_decoder([key], env)
        self._read_value = compile_decoder([value], env)
        self._read_key.prepare(self._write_key.header)
        self._read_value.prepare(self._write_value.header)
        self.order = order_of(key, env)

    def encode_key(self, key: Any, /) -> bytes:
        return self._write_key([key])

    def decode_key(self, data: bytes, /) -> Any:
        return self._read_key(data)[0]

    def encode_value(self, value: Any, /) -> bytes:
        return self._write_value([value])

    def decode_value(self, data: bytes, /) -> Any:
        return self._read_value(data)[0]


class TypedMap:
    """A stable map of values; the methods are those of Kybra's `StableBTreeMap`.

    What comes out is a copy. `insert` raises KeyTooLarge, ValueTooLarge, KeyNotOrdered; with any of them the message
    has to trap.
    """

    def __init__(self, memory: VirtualMemory, max_key_size: int, max_value_size: int, codec: CandidCodec) -> None:
        self._codec = codec
        self._map = BTreeMap(memory, max_key_size, max_value_size, codec.order)

    def get(self, key: Any) -> Any:
        """The value at `key`, or None."""
        return self._decoded(self._map.get(self._codec.encode_key(key)))

    def contains_key(self, key: Any) -> bool:
        return self._map.contains(self._codec.encode_key(key))

    def insert(self, key: Any, value: Any) -> Any:
        """Set the value at `key`; returns the one before, or None."""
        return self._decoded(self._map.insert(self._codec.encode_key(key), self._codec.encode_value(value)))

    def remove(self, key: Any) -> Any:
        """Remove `key`; returns its value, or None."""
        return self._decoded(self._map.remove(self._codec.encode_key(key)))

    def len(self) -> int:
        return len(self._map)

    def is_empty(self) -> bool:
        return not len(self._map)

    def keys(self) -> Iterator[Any]:
        return map(self._codec.decode_key, self._map.keys())

    def values(self) -> Iterator[Any]:
        return map(self._codec.decode_value, self._map.values())

    def items(self) -> Iterator[tuple[Any, Any]]:
        codec = self._codec
        return ((codec.decode_key(key), codec.decode_value(value)) for key, value in self._map.items())

    def _decoded(self, data: bytes | None) -> Any:
        return None if data is None else self._codec.decode_value(data)
