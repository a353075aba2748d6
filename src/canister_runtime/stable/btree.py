"""A B-tree map from bytes to bytes (ic-stable-structures 0.5.6, `btreemap.rs`, layout V1).

The same operations in the same order leave the same bytes as the Rust library's.
"""

from bisect import bisect_left
from collections.abc import Iterator
from struct import Struct
from typing import Any

from canister_runtime.stable.allocator import Allocator
from canister_runtime.stable.errors import KeyNotOrdered, KeyTooLarge, StableCorruption, ValueTooLarge
from canister_runtime.stable.memory import PAGE, VirtualMemory
from canister_runtime.stable.node import CAPACITY, Layout, Node, Order

_HEADER = Struct("<4sIIQQ")
_COUNTERS = Struct("<QQ")
_COUNTERS_AT = 12
_MAGIC = b"BTR\x01"
_ALLOCATOR_AT = 52
_MAX_DEPTH = 40
"""A tree of 2^64 entries is less than 26 nodes deep."""

INNER_KEPT = 1024
LEAVES_KEPT = 1024

Entry = tuple[bytes, Any, bytes]


class BTreeMap:
    """A map in one virtual memory. `order` says by what encoded keys compare; limits are in bytes.

    Nodes that were read or written stay in the heap, within bounds, keys only: the heap is as transactional as
    stable memory is, so the two agree after a trap too.
    """

    def __init__(self, memory: VirtualMemory, max_key_size: int, max_value_size: int, order: Order) -> None:
        self._memory = memory
        self._layout = Layout(max_key_size, max_value_size, order)
        self._inner: dict[int, Node] = {}
        self._leaves: dict[int, Node] = {}
        if memory.size() == 0 or memory.read(0, 3) == bytes(3):
            self._create()
        else:
            self._load()

    def _create(self) -> None:
        layout = self._layout
        self._root = self._length = 0
        self._allocator = Allocator.create(self._memory, _ALLOCATOR_AT, layout.node_size)
        self._memory.write(0, _HEADER.pack(_MAGIC, layout.max_key, layout.max_value, 0, 0))

    def _load(self) -> None:
        layout = self._layout
        magic, max_key, max_value, self._root, self._length = _HEADER.unpack(self._memory.read(0, _HEADER.size))
        if magic != _MAGIC:
            raise StableCorruption(f"memory {self._memory.id} does not hold a map of version 1")
        if max_key != layout.max_key:
            raise StableCorruption(f"max_key_size must be <= {max_key}, and stays what it was")
        if max_value != layout.max_value:
            raise StableCorruption(f"max_value_size must be <= {max_value}, and stays what it was")
        if self._length > self._memory.size() * PAGE // layout.node_size * CAPACITY:
            raise StableCorruption("a map counts more entries than its memory holds")
        self._allocator = Allocator.load(self._memory, _ALLOCATOR_AT, layout.node_size)

    def __len__(self) -> int:
        return self._length

    def forget(self) -> None:
        """Drop the nodes kept in the heap; for a heap that did not roll back when stable memory did."""
        self._inner.clear()
        self._leaves.clear()
        self._load()

    def get(self, key: bytes) -> bytes | None:
        """The value at `key`, or None."""
        address = self._root
        if address == 0:
            return None
        order = self._layout.order(key)
        inner = self._inner
        for _ in range(_MAX_DEPTH):
            node = inner.get(address) or self._node(address)
            orders = node.orders
            index = bisect_left(orders, order)
            if index < len(orders) and orders[index] == order:
                return node.glance(index)
            if node.is_leaf:
                node.forget_raw()
                return None
            address = node.children[index]
        raise _too_deep()

    def contains(self, key: bytes) -> bool:
        """Whether `key` has a value."""
        return self.get(key) is not None

    def insert(self, key: bytes, value: bytes) -> bytes | None:
        """Set the value at `key`; returns the one before. Raises KeyTooLarge, ValueTooLarge, KeyNotOrdered."""
        if len(key) > self._layout.max_key:
            raise KeyTooLarge(self._layout.max_key, len(key))
        if len(value) > self._layout.max_value:
            raise ValueTooLarge(self._layout.max_value, len(value))
        order = self._layout.order(key)
        if order != order:  # noqa: PLR0124 # a NaN is the only key that differs from itself
            raise KeyNotOrdered("a key does not compare with itself")
        entry = key, order, value
        if self._root == 0:
            root = self._allocate(is_leaf=True)
            self._root = root.address
        else:
            root = self._node(self._root)
            if root.is_full():
                index, found = _search(root, order)
                if found:
                    return root.overwrite(index, entry)
                root = self._grow_root()
        return self._insert_below(root, entry)

    def _grow_root(self) -> Node:
        root = self._allocate(is_leaf=False)
        root.children.append(self._root)
        self._root = root.address
        self._save_counters()
        self._split_child(root, 0)
        return root

    def _insert_below(self, node: Node, entry: Entry) -> bytes | None:
        order = entry[1]
        for _ in range(_MAX_DEPTH):
            orders = node.orders
            index = bisect_left(orders, order)
            if index < len(orders) and orders[index] == order:
                return node.overwrite(index, entry)
            if node.is_leaf:
                node.insert(index, entry)
                self._save(node)
                self._length += 1
                self._save_counters()
                return None
            child = self._node(node.children[index])
            if len(child.keys) == CAPACITY:
                at, found = _search(child, order)
                if found:
                    return child.overwrite(at, entry)
                self._split_child(node, index)
                child = self._node(node.children[_search(node, order)[0]])
            node = child
        raise _too_deep()

    def _split_child(self, node: Node, index: int) -> None:
        child = self._node(node.children[index])
        sibling = self._allocate(is_leaf=child.is_leaf)
        node.children.insert(index + 1, sibling.address)
        node.insert(index, child.split(sibling))
        self._save(sibling)
        self._save(child)
        self._save(node)

    def remove(self, key: bytes) -> bytes | None:
        """Remove `key`; returns its value, or None where it had none."""
        if self._root == 0:
            return None
        return self._remove_below(self._node(self._root), self._layout.order(key), 0)

    def _remove_below(self, node: Node, order: Any, depth: int) -> bytes | None:
        if depth > _MAX_DEPTH:
            raise _too_deep()
        index, found = _search(node, order)
        if node.is_leaf:
            return self._remove_from_leaf(node, index) if found else None
        if found:
            return self._remove_from_inner(node, index, depth)
        child = self._node(node.children[index])
        if not child.can_spare():
            child = self._strengthen(node, child, index)
        return self._remove_below(child, order, depth + 1)

    def _remove_from_leaf(self, node: Node, index: int) -> bytes:
        value = node.remove(index)[2]
        self._length -= 1
        if node.keys:
            self._save(node)
        elif node.address == self._root:
            self._deallocate(node)
            self._root = 0
        else:
            raise StableCorruption(f"the leaf at {node.address} has too few entries")
        self._save_counters()
        return value

    def _remove_from_inner(self, node: Node, index: int, depth: int) -> bytes | None:
        left = self._node(node.children[index])
        if left.can_spare():
            return self._replace(node, index, left, self._edge(left, -1), depth)
        right = self._node(node.children[index + 1])
        if right.can_spare():
            return self._replace(node, index, right, self._edge(right, 0), depth)
        order = node.orders[index]
        merged = self._merge(right, left, node.remove(index))
        del node.children[index + 1]
        if node.keys:
            self._save(node)
        else:
            self._drop_root(node, merged.address)
            node.save()
        return self._remove_below(merged, order, depth + 1)

    def _drop_root(self, node: Node, successor: int) -> None:
        """Give up the root, which has one child left."""
        if node.address != self._root:
            raise StableCorruption(f"the node at {node.address} has too few entries")
        self._deallocate(node)
        self._root = successor
        self._save_counters()

    def _replace(self, node: Node, index: int, child: Node, entry: Entry, depth: int) -> bytes:
        """Put `entry`, the nearest of the child's, in the place of entry `index`."""
        self._remove_below(child, entry[1], depth + 1)
        return node.overwrite(index, entry)

    def _edge(self, node: Node, end: int) -> Entry:
        """The last (`end` -1) or first (0) entry below `node`."""
        for _ in range(_MAX_DEPTH):
            if node.is_leaf:
                return node.keys[end], node.orders[end], node.value(range(len(node.keys))[end])
            node = self._node(node.children[end])
        raise _too_deep()

    def _strengthen(self, node: Node, child: Node, index: int) -> Node:
        """Give the child of `node` an entry to spare, from a sibling or by merging; returns where to go on."""
        left = self._node(node.children[index - 1]) if index > 0 else None
        right = self._node(node.children[index + 1]) if index + 1 < len(node.children) else None
        if left is not None and left.can_spare():
            child.insert(0, node.swap(index - 1, left.remove(len(left.keys) - 1)))
            if not child.is_leaf:
                child.children.insert(0, left.children.pop())
            return self._save_moved(left, child, node)
        if right is not None and right.can_spare():
            child.push(node.swap(index, right.remove(0)))
            if not child.is_leaf:
                child.children.append(right.children.pop(0))
            return self._save_moved(right, child, node)
        if left is not None:
            return self._merge_siblings(node, child, left, index - 1, index)
        if right is None:
            raise StableCorruption(f"the node at {node.address} has one child")
        return self._merge_siblings(node, child, right, index, index)

    def _save_moved(self, sibling: Node, child: Node, node: Node) -> Node:
        self._save(sibling)
        self._save(child)
        self._save(node)
        return child

    def _merge_siblings(self, node: Node, child: Node, sibling: Node, median: int, index: int) -> Node:
        merged = self._merge(child, sibling, node.remove(median))
        del node.children[index]
        if node.keys:
            self._save(node)
        else:
            self._drop_root(node, merged.address)
        return merged

    def _merge(self, source: Node, into: Node, median: Entry) -> Node:
        if not source.keys or source.is_leaf != into.is_leaf:
            raise StableCorruption(f"the nodes at {source.address} and {into.address} are no siblings")
        into.merge(source, median)
        self._save(into)
        self._deallocate(source)
        return into

    def keys(self) -> Iterator[bytes]:
        """All keys in order; the map must not change meanwhile."""
        return (node.keys[index] for node, index in self._entries())

    def values(self) -> Iterator[bytes]:
        """All values in the order of their keys; the map must not change meanwhile."""
        return (node.value(index) for node, index in self._entries())

    def items(self) -> Iterator[tuple[bytes, bytes]]:
        """All keys and values in order; the map must not change meanwhile."""
        return ((node.keys[index], node.value(index)) for node, index in self._entries())

    def _entries(self) -> Iterator[tuple[Node, int]]:
        left = self._length
        stack: list[tuple[Node, int]] = []
        address = self._root
        while address or stack:
            if address:
                if len(stack) > _MAX_DEPTH:
                    raise _too_deep()
                node, index = Node.load(self._memory, self._layout, address), 0
            else:
                node, index = stack.pop()
                yield node, index
                left -= 1
                index += 1
            if left < len(node.keys) - index:
                raise StableCorruption("a map has more entries than it counts")
            if index < len(node.keys):
                stack.append((node, index))
            address = node.children[index] if node.children else 0
        if left:
            raise StableCorruption("a map has fewer entries than it counts")

    def _node(self, address: int) -> Node:
        node = self._inner.get(address) or self._leaves.get(address)
        if node is None:
            node = Node.load(self._memory, self._layout, address)
            if not node.is_leaf:
                node.forget_values()
            self._keep(node)
        return node

    def _keep(self, node: Node) -> None:
        kept, limit = (self._leaves, LEAVES_KEPT) if node.is_leaf else (self._inner, INNER_KEPT)
        if len(kept) >= limit and node.address not in kept:
            del kept[next(iter(kept))]
        kept[node.address] = node

    def _save(self, node: Node) -> None:
        node.save()
        self._keep(node)

    def _allocate(self, *, is_leaf: bool) -> Node:
        return Node(self._memory, self._layout, self._allocator.allocate(), is_leaf=is_leaf)

    def _deallocate(self, node: Node) -> None:
        self._inner.pop(node.address, None)
        self._leaves.pop(node.address, None)
        self._allocator.deallocate(node.address)

    def _save_counters(self) -> None:
        self._memory.write(_COUNTERS_AT, _COUNTERS.pack(self._root, self._length))


def _search(node: Node, order: Any) -> tuple[int, bool]:
    """Where a key stands or belongs, and whether it is there."""
    orders = node.orders
    index = bisect_left(orders, order)
    return index, index < len(orders) and orders[index] == order


def _too_deep() -> StableCorruption:
    return StableCorruption("a map's nodes go in a circle")
