"""Hash trees of others: decoded, and looked up with the difference between absent and not told.

Source: interface specification, "Certificate", "Lookup".
"""

from collections.abc import Sequence
from enum import Enum
from typing import Any, Final

import cbor2

from local_replica.certification.hash_tree import EMPTY, Empty, Fork, Labeled, Leaf, Node, Pruned

MAX_DEPTH = 400

_BYTES, _TEXT, _TAG = 2, 3, 6
_INDEFINITE = 31
_SELF_DESCRIBED_TAG = 55799


class Malformed(Exception):
    """The bytes are no hash tree or no certificate."""


class Untold(Exception):
    """The tree is pruned where the answer would be."""


class _Side(Enum):
    """Where a label would be, seen from a tree that does not have it."""

    LESS = 0
    GREATER = 1
    ABSENT = 2
    UNKNOWN = 3


def read_cbor(encoded: bytes) -> Any:
    """Decode CBOR of others. Raises Malformed, also for tags, the self-describing one aside.

    By tags a few bytes become values that share their parts, and walking through those never ends.
    """
    if _has_tags(encoded):
        raise Malformed("not plain CBOR: it has tags")
    try:
        return cbor2.loads(encoded)
    except (cbor2.CBORDecodeError, ValueError, TypeError, RecursionError) as error:
        raise Malformed(f"not CBOR: {error}") from error


def _has_tags(encoded: bytes) -> bool:
    """Whether any head in it, of which CBOR is a plain sequence (RFC 8949), is a tag that is not followed."""
    position = 0
    while position < len(encoded):
        major, short = encoded[position] >> 5, encoded[position] & 31
        start = position + 1
        position = start + (1 << short - 24 if 24 <= short < 28 else 0)
        argument = int.from_bytes(encoded[start:position]) if position > start else short
        if major == _TAG and argument != _SELF_DESCRIBED_TAG:
            return True
        if major in (_BYTES, _TEXT) and short != _INDEFINITE:
            position += argument
    return False


def read_tree(item: object, depth: int = 0) -> Node:
    """Make a tree of decoded CBOR. Raises Malformed."""
    if depth > MAX_DEPTH:
        raise Malformed("the tree nests too deep")
    match item:
        case [0]:
            return EMPTY
        case [1, left, right]:
            return Fork(read_tree(left, depth + 1), read_tree(right, depth + 1))
        case [2, bytes() as label, subtree]:
            return Labeled(label, read_tree(subtree, depth + 1))
        case [3, bytes() as value]:
            return Leaf(value)
        case [4, bytes() as digest] if len(digest) == 32:
            return Pruned(digest)
    raise Malformed("not a hash tree")


def subtree(tree: Node, path: Sequence[bytes]) -> Node | None:
    """Return what is at `path`, None when the tree shows that nothing is. Raises Untold."""
    found: Node | _Side = tree
    for label in path:
        found = _beneath(found, label)
        if found is _Side.UNKNOWN:
            raise Untold(f"pruned at {label.hex()}")
        if isinstance(found, _Side):
            return None
    if isinstance(found, Pruned):
        raise Untold("pruned")
    return None if isinstance(found, _Side) else found


def value(tree: Node, path: Sequence[bytes]) -> bytes | None:
    """Return the leaf at `path`, None when there is none or nothing is told of it."""
    try:
        found = subtree(tree, path)
    except Untold:
        return None
    return found.value if isinstance(found, Leaf) else None


_NOTHING: Final = (Empty, Leaf)


def _beneath(tree: "Node | _Side", label: bytes) -> "Node | _Side":
    if isinstance(tree, Labeled):
        if label == tree.label:
            return tree.subtree
        return _Side.LESS if label < tree.label else _Side.GREATER
    if isinstance(tree, Fork):
        return _in_fork(tree, label)
    return _Side.ABSENT if isinstance(tree, _NOTHING) else _Side.UNKNOWN


def _in_fork(tree: Fork, label: bytes) -> "Node | _Side":
    left = _beneath(tree.left, label)
    if left is _Side.GREATER:
        right = _beneath(tree.right, label)
        return _Side.ABSENT if right is _Side.LESS else right
    if left is _Side.UNKNOWN:
        right = _beneath(tree.right, label)
        return _Side.UNKNOWN if right is _Side.LESS else right
    return left
