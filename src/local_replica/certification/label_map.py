"""A map from labels to trees whose shape depends on its content only: a crit-bit tree of immutable nodes.

Each change makes new nodes along one path (logarithmic for hashed labels) and shares the rest. Labels are
compared as if each byte had nine bits, a leading 1 and its own, and the end were a 0: so prefixes order first.
"""

from collections.abc import Iterator

from local_replica.certification.hash_tree import EMPTY, Empty, Fork, Labeled, Node


def bit(label: bytes, position: int) -> int:
    """Return the bit of a label by which a fork with `bit == position` sorts it: 0 left, 1 right."""
    index, offset = divmod(position, 9)
    if index >= len(label):
        return 0
    return 1 if offset == 0 else label[index] >> (8 - offset) & 1


def _first_difference(one: bytes, other: bytes) -> int:
    """Position of the first bit in which two different labels differ."""
    shorter = min(len(one), len(other))
    if one[:shorter] == other[:shorter]:
        return shorter * 9
    index = next(i for i in range(shorter) if one[i] != other[i])
    return index * 9 + 9 - (one[index] ^ other[index]).bit_length()


def _nearest(tree: Node, label: bytes) -> Labeled | None:
    """The entry that a search for `label` ends at; None in an empty map."""
    while isinstance(tree, Fork):
        tree = tree.right if bit(label, tree.bit) else tree.left
    return tree if isinstance(tree, Labeled) else None


def lookup(tree: Node, label: bytes) -> Node | None:
    """Return the tree under `label`, or None."""
    entry = _nearest(tree, label)
    return entry.subtree if entry is not None and entry.label == label else None


def insert(tree: Node, label: bytes, subtree: Node) -> Node:
    """Return the map with `label` set to `subtree`."""
    entry = Labeled(label, subtree)
    nearest = _nearest(tree, label)
    if nearest is None:
        return entry
    if nearest.label == label:
        return _replace(tree, label, entry)
    return _attach(tree, entry, _first_difference(label, nearest.label))


def _replace(tree: Node, label: bytes, entry: Labeled) -> Node:
    if not isinstance(tree, Fork):
        return entry
    if bit(label, tree.bit):
        return Fork(tree.left, _replace(tree.right, label, entry), tree.bit)
    return Fork(_replace(tree.left, label, entry), tree.right, tree.bit)


def _attach(tree: Node, entry: Labeled, position: int) -> Node:
    if isinstance(tree, Fork) and tree.bit < position:
        if bit(entry.label, tree.bit):
            return Fork(tree.left, _attach(tree.right, entry, position), tree.bit)
        return Fork(_attach(tree.left, entry, position), tree.right, tree.bit)
    if bit(entry.label, position):
        return Fork(tree, entry, position)
    return Fork(entry, tree, position)


def remove(tree: Node, label: bytes) -> Node:
    """Return the map without `label`; the same map if it is not there."""
    if isinstance(tree, Labeled):
        return EMPTY if tree.label == label else tree
    if not isinstance(tree, Fork):
        return tree
    right = bool(bit(label, tree.bit))
    old = tree.right if right else tree.left
    new = remove(old, label)
    if new is old:
        return tree
    if isinstance(new, Empty):
        return tree.left if right else tree.right
    return Fork(tree.left, new, tree.bit) if right else Fork(new, tree.right, tree.bit)


def neighbours(tree: Node, label: bytes) -> tuple[bytes | None, bytes | None]:
    """Return the labels just below and just above an absent `label`: what a proof of absence shows."""
    nearest = _nearest(tree, label)
    if nearest is None:
        return None, None
    position = _first_difference(label, nearest.label)
    below: Node | None = None
    above: Node | None = None
    current: Node = tree
    while isinstance(current, Fork) and current.bit < position:
        if bit(label, current.bit):
            below, current = current.left, current.right
        else:
            above, current = current.right, current.left
    if bit(label, position):
        below = current
    else:
        above = current
    return _last(below), _first(above)


def _first(tree: Node | None) -> bytes | None:
    while isinstance(tree, Fork):
        tree = tree.left
    return tree.label if isinstance(tree, Labeled) else None


def _last(tree: Node | None) -> bytes | None:
    while isinstance(tree, Fork):
        tree = tree.right
    return tree.label if isinstance(tree, Labeled) else None


def labels(tree: Node) -> Iterator[bytes]:
    """Yield the labels in order."""
    if isinstance(tree, Fork):
        yield from labels(tree.left)
        yield from labels(tree.right)
    elif isinstance(tree, Labeled):
        yield tree.label


def from_entries(entries: dict[bytes, Node]) -> Node:
    """Build a map."""
    tree: Node = EMPTY
    for label, subtree in entries.items():
        tree = insert(tree, label, subtree)
    return tree
