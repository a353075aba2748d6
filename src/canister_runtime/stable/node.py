"""Nodes of the B-tree (ic-stable-structures 0.5.6, `btreemap/node.rs`, layout V1).

A node in stable memory is a header, the entries (size and key, size and value, each padded to the map's limits) and,
behind the last entry, the children. What the padding holds is left as it is, as the Rust library leaves it.
"""

from collections.abc import Callable
from struct import Struct
from struct import error as StructError  # noqa: N812
from typing import Any

from canister_runtime.stable.errors import StableCorruption
from canister_runtime.stable.memory import VirtualMemory

B = 6
CAPACITY = 2 * B - 1

_HEADER = Struct("<4sBH")
_U32 = Struct("<I")
_MAGIC = b"BTN\x01"

AT_ONCE = 32_768
"""Up to this many bytes of a node are read and written in one go; larger ones entry by entry."""

Order = Callable[[bytes], Any]
"""From an encoded key to what keys are compared by. An attribute `fixed` (see `keys.FixedOrder`) makes it faster."""


class Layout:
    """Where things stand in the nodes of one map."""

    __slots__ = (
        "_keys",
        "_orders",
        "fixed",
        "max_key",
        "max_value",
        "node_size",
        "order",
        "pack_entry",
        "stride",
        "value_at",
    )

    def __init__(self, max_key: int, max_value: int, order: Order) -> None:
        self.max_key = max_key
        self.max_value = max_value
        self.order = order
        self.value_at = 4 + max_key
        self.stride = 8 + max_key + max_value
        self.node_size = _HEADER.size + CAPACITY * self.stride + (CAPACITY + 1) * 8
        self.fixed: tuple[int, str, int] | None = getattr(order, "fixed", None)
        self.pack_entry = Struct(f"<I{max_key}sI").pack_into
        self._keys: dict[int, Struct] = {}
        self._orders: dict[int, Struct] = {}

    def keys(self, count: int) -> Struct:
        """Unpacks a node of `count` entries into the lengths of its keys and the padded keys, in turns."""
        if count not in self._keys:
            entry = f"I{self.max_key}s{4 + self.max_value}x"
            self._keys[count] = Struct(f"<{_HEADER.size}x" + entry * count)
        return self._keys[count]

    def orders(self, count: int, fixed: tuple[int, str, int]) -> Struct:
        """Unpacks a node of `count` keys of fixed width into the numbers that they compare by."""
        if count not in self._orders:
            start, letter, length = fixed
            entry = f"{4 + start}x{letter}{self.stride - 4 - length}x"
            self._orders[count] = Struct(f"<{_HEADER.size}x" + entry * count)
        return self._orders[count]


class Node:
    """A node in the heap: keys and children whole, values where they are needed.

    `values[i]` is None while the value is only in stable memory, at entry `i`. `orders` holds what the keys are
    compared by. Changes reach stable memory with `save`.
    """

    __slots__ = (
        "_dirty",
        "_memory",
        "_raw",
        "_reshaped",
        "address",
        "children",
        "is_leaf",
        "keys",
        "layout",
        "orders",
        "values",
    )

    def __init__(self, memory: VirtualMemory, layout: Layout, address: int, *, is_leaf: bool) -> None:
        self.address = address
        self.layout = layout
        self.is_leaf = is_leaf
        self.keys: list[bytes] = []
        self.orders: list[Any] = []
        self.values: list[bytes | None] = []
        self.children: list[int] = []
        self._memory = memory
        self._raw: bytes | None = None
        self._dirty: tuple[int, int] | None = None
        self._reshaped = True

    @classmethod
    def load(cls, memory: VirtualMemory, layout: Layout, address: int) -> "Node":
        """Read the node at `address`. Raises StableCorruption."""
        at_once = layout.node_size <= AT_ONCE
        raw = memory.read(address, layout.node_size if at_once else _HEADER.size)
        magic, kind, count = _HEADER.unpack_from(raw)
        if magic != _MAGIC or kind > 1 or not 0 < count <= CAPACITY:
            raise StableCorruption(f"there is no node at {address}")
        node = cls(memory, layout, address, is_leaf=kind == 0)
        node._raw = raw if at_once else None
        node._reshaped = False
        node._read_keys(count)
        if kind:
            node._read_children(count)
        return node

    def _read_keys(self, count: int) -> None:
        self.values = [None] * count
        raw, layout = self._raw, self.layout
        if raw is None:
            self._read_keys_one_by_one(count)
            self._order_keys()
            return
        parts = layout.keys(count).unpack_from(raw)
        lengths, padded = parts[::2], parts[1::2]
        if lengths.count(layout.max_key) == count:
            self.keys = list(padded)
        elif max(lengths) > layout.max_key:
            raise StableCorruption(f"a key in the node at {self.address} is too long")
        else:
            self.keys = [key[:length] for length, key in zip(lengths, padded, strict=True)]
        fixed = layout.fixed
        if fixed is not None and lengths.count(fixed[2]) == count:
            self.orders = list(layout.orders(count, fixed).unpack_from(raw))
        else:
            self._order_keys()

    def _read_keys_one_by_one(self, count: int) -> None:
        layout = self.layout
        for slot in range(count):
            entry = self._bytes(_HEADER.size + slot * layout.stride, layout.value_at)
            length = _U32.unpack_from(entry)[0]
            if length > layout.max_key:
                raise StableCorruption(f"a key in the node at {self.address} is too long")
            self.keys.append(entry[4 : 4 + length])

    def _order_keys(self) -> None:
        try:
            self.orders = list(map(self.layout.order, self.keys))
        except (ValueError, IndexError, StructError) as error:
            raise StableCorruption(f"a key in the node at {self.address} is damaged") from error

    def _read_children(self, count: int) -> None:
        raw = self._bytes(_HEADER.size + count * self.layout.stride, 8 * (count + 1))
        self.children = list(Struct(f"<{count + 1}Q").unpack(raw))

    def _bytes(self, start: int, length: int) -> bytes:
        raw = self._raw
        if raw is not None:
            return raw[start : start + length]
        return self._memory.read(self.address + start, length)

    def forget_values(self) -> None:
        """Leave the values to stable memory; call it only when the node is saved."""
        self._raw = None
        self.values = [None] * len(self.keys)

    def forget_raw(self) -> None:
        """Let go of the bytes that the node was read from."""
        self._raw = None

    def glance(self, index: int) -> bytes:
        """The value of entry `index` of a saved node, which keeps neither it nor what it was read from."""
        value = self._read_value(index)
        self._raw = None
        return value

    def value(self, index: int) -> bytes:
        """The encoded value of entry `index`."""
        value = self.values[index]
        if value is None:
            value = self.values[index] = self._read_value(index)
        return value

    def _read_value(self, index: int) -> bytes:
        layout = self.layout
        start = _HEADER.size + index * layout.stride + layout.value_at
        if self._raw is None and layout.max_value > AT_ONCE // 8:
            length = self._length(self._bytes(start, 4))
            return self._bytes(start + 4, length)
        raw = self._bytes(start, 4 + layout.max_value)
        return raw[4 : 4 + self._length(raw)]

    def _length(self, raw: bytes) -> int:
        length: int = _U32.unpack_from(raw)[0]
        if length > self.layout.max_value:
            raise StableCorruption(f"a value in the node at {self.address} is too long")
        return length

    def _fetch(self, first: int) -> None:
        """Have the values from entry `first` on in the heap, before they move."""
        count = len(self.keys)
        start = _HEADER.size + first * self.layout.stride
        span = (count - first) * self.layout.stride
        if self._raw is not None:
            self._take_values(self._raw, start, first)
        elif count - first > 1 and span <= AT_ONCE and None in self.values[first:]:
            self._take_values(self._memory.read(self.address + start, span), 0, first)
        else:
            for index in range(first, count):
                self.value(index)

    def _take_values(self, raw: bytes, start: int, first: int) -> None:
        """Take values from entry `first` on out of bytes in which that entry begins at `start`."""
        values, stride, limit = self.values, self.layout.stride, self.layout.max_value
        unpack = _U32.unpack_from
        at = start + self.layout.value_at
        for index in range(first, len(values)):
            if values[index] is None:
                (length,) = unpack(raw, at)
                if length > limit:
                    raise StableCorruption(f"a value in the node at {self.address} is too long")
                values[index] = raw[at + 4 : at + 4 + length]
            at += stride

    def _touch(self, first: int, last: int) -> None:
        """Entries from `first` to before `last` differ from stable memory."""
        if self._dirty is not None:
            first, last = min(first, self._dirty[0]), max(last, self._dirty[1])
        self._dirty = first, last

    def is_full(self) -> bool:
        return len(self.keys) >= CAPACITY

    def can_spare(self) -> bool:
        """Whether an entry can be removed without merging."""
        return len(self.keys) >= B

    def insert(self, index: int, entry: tuple[bytes, Any, bytes]) -> None:
        """Insert (key, order, value) before entry `index`."""
        self._fetch(index)
        key, order, value = entry
        self.keys.insert(index, key)
        self.orders.insert(index, order)
        self.values.insert(index, value)
        self._reshaped = True
        self._touch(index, len(self.keys))

    def push(self, entry: tuple[bytes, Any, bytes]) -> None:
        """Insert behind the last entry."""
        self.insert(len(self.keys), entry)

    def remove(self, index: int) -> tuple[bytes, Any, bytes]:
        """Remove and return entry `index`."""
        self._fetch(index)
        value = self.value(index)
        del self.values[index]
        self._reshaped = True
        self._touch(index, len(self.keys) - 1)
        return self.keys.pop(index), self.orders.pop(index), value

    def swap(self, index: int, entry: tuple[bytes, Any, bytes]) -> tuple[bytes, Any, bytes]:
        """Put an entry in the place of entry `index` and return that."""
        old = self.keys[index], self.orders[index], self.value(index)
        self.keys[index], self.orders[index], self.values[index] = entry
        self._touch(index, index + 1)
        return old

    def overwrite(self, index: int, entry: tuple[bytes, Any, bytes]) -> bytes:
        """Swap, and write it to stable memory; returns the old value. The node has no other changes."""
        value = self.value(index)
        if self.keys[index] == entry[0]:
            at = self.address + _HEADER.size + index * self.layout.stride + self.layout.value_at
            self._memory.write(at, _U32.pack(len(entry[2])) + entry[2])
        else:
            self.keys[index], self.orders[index], self.values[index] = entry
            self._write_entry(index)
        self.forget_values()
        return value

    def split(self, sibling: "Node") -> tuple[bytes, Any, bytes]:
        """Move the upper half to an empty sibling and return the entry between the two."""
        self._fetch(B - 1)
        sibling.keys, self.keys = self.keys[B:], self.keys[:B]
        sibling.orders, self.orders = self.orders[B:], self.orders[:B]
        sibling.values, self.values = self.values[B:], self.values[:B]
        sibling.children, self.children = self.children[B:], self.children[:B]
        sibling._touch(0, len(sibling.keys))  # noqa: SLF001
        return self.remove(B - 1)

    def merge(self, source: "Node", median: tuple[bytes, Any, bytes]) -> None:
        """Take over all of a neighbour's entries and children, with the entry between the two."""
        source._fetch(0)  # noqa: SLF001
        self._reshaped = True
        if source.orders[0] > self.orders[0]:
            self.push(median)
            first = len(self.keys)
            self._append(source)
        else:
            self._fetch(0)
            first = 0
            self._prepend(source, median)
        self._touch(first, len(self.keys))

    def _append(self, source: "Node") -> None:
        self.keys += source.keys
        self.orders += source.orders
        self.values += source.values
        self.children += source.children

    def _prepend(self, source: "Node", median: tuple[bytes, Any, bytes]) -> None:
        self.keys = [*source.keys, median[0], *self.keys]
        self.orders = [*source.orders, median[1], *self.orders]
        self.values = [*source.values, median[2], *self.values]
        self.children = source.children + self.children

    def save(self) -> None:
        """Write what changed; the values are left to stable memory then."""
        layout = self.layout
        count = len(self.keys)
        first, last = self._dirty or (0, 0)
        last = min(last, count)
        if first < last and (last - first) * layout.stride <= AT_ONCE:
            self._write_window(first, last)
        else:
            if self._reshaped:
                self._memory.write(self.address, self._header())
            for index in range(first, last):
                self._write_entry(index)
        if self._reshaped and self.children:
            tail = Struct(f"<{len(self.children)}Q").pack(*self.children)
            self._memory.write(self.address + _HEADER.size + count * layout.stride, tail)
        self._dirty = None
        self._reshaped = False
        self.forget_values()

    def _header(self) -> bytes:
        return _HEADER.pack(_MAGIC, 0 if self.is_leaf else 1, len(self.keys))

    def _write_window(self, first: int, last: int) -> None:
        """Write neighbouring entries at once, around what stands in their padding."""
        start = _HEADER.size + first * self.layout.stride if first else 0
        if first and self._reshaped:
            self._memory.write(self.address, self._header())
        end = _HEADER.size + last * self.layout.stride - self.layout.max_value + len(self.value(last - 1))
        window = bytearray(self._bytes(start, end - start))
        if first == 0:
            window[: _HEADER.size] = self._header()
        at = _HEADER.size + first * self.layout.stride - start
        pack, max_key, stride = self.layout.pack_entry, self.layout.max_key, self.layout.stride
        for index in range(first, last):
            key, value = self.keys[index], self.values[index] or self.value(index)
            if len(key) == max_key:
                pack(window, at, max_key, key, len(value))
            else:
                window[at : at + 4 + len(key)] = _U32.pack(len(key)) + key
                _U32.pack_into(window, at + 4 + max_key, len(value))
            value_at = at + 8 + max_key
            window[value_at : value_at + len(value)] = value
            at += stride
        self._memory.write(self.address + start, bytes(window))

    def _write_entry(self, index: int) -> None:
        at = self.address + _HEADER.size + index * self.layout.stride
        key, value = self.keys[index], self.value(index)
        self._memory.write(at, _U32.pack(len(key)) + key)
        self._memory.write(at + self.layout.value_at, _U32.pack(len(value)) + value)
