"""Hash trees of the IC (interface specification, "Certification"): digests, witnesses, the tree over a range."""

from collections.abc import Callable
from hashlib import sha256
from struct import Struct
from typing import Any

from vex_domain import digests

_FORK = b"\x10ic-hashtree-fork"
_LABELED = b"\x13ic-hashtree-labeled"
_LEAF = b"\x10ic-hashtree-leaf"
_PRUNED = b"\x82\x04\x58\x20"
_write_digest = Struct("32s").pack_into
_read_digest = Struct("32s").unpack_from
EMPTY = sha256(b"\x11ic-hashtree-empty").digest()
BLOCK_LEVELS = 4
"""A block of a RangeTree has 2^4 positions: the next position then costs 3.3 forks on average, at most eleven."""


def fork_digest(left: bytes, right: bytes) -> bytes:
    """The digest of a fork over two digests."""
    return digests.digest(_FORK, left, right)


def labeled_digest(label: bytes, digest: bytes) -> bytes:
    """The digest of a labelled subtree."""
    return digests.digest(_LABELED, label, digest)


def leaf_digest(content: bytes) -> bytes:
    """The digest of a leaf."""
    return digests.digest(_LEAF, content)


def fork(left: bytes, right: bytes) -> bytes:
    """A fork of a witness. Witnesses are CBOR from the start: a tree of objects costs ten times as much."""
    return b"\x83\x01" + left + right


def labeled(label: bytes, subtree: bytes) -> bytes:
    """A labelled subtree of a witness."""
    return b"\x83\x02" + _cbor_bytes(label) + subtree


def leaf(content: bytes) -> bytes:
    """A leaf of a witness."""
    return b"\x82\x03" + _cbor_bytes(content)


def pruned(digest: bytes) -> bytes:
    """A subtree of which a witness shows the digest only."""
    return _PRUNED + digest


def tree_digest(tree: Any) -> bytes:
    """The root digest of a decoded witness: lists or tuples that begin with a kind, as CBOR decoders give them."""
    kind = tree[0]
    if kind == 0:
        return EMPTY
    if kind == 1:
        return fork_digest(tree_digest(tree[1]), tree_digest(tree[2]))
    if kind == 2:
        return labeled_digest(tree[1], tree_digest(tree[2]))
    if kind == 3:
        return leaf_digest(tree[1])
    digest: bytes = tree[1]
    return digest


def _cbor_bytes(content: bytes) -> bytes:
    size = len(content)
    if size < 24:
        return bytes((0x40 | size,)) + content
    if size < 256:
        return bytes((0x58, size)) + content
    return b"\x59" + size.to_bytes(2, "big") + content


def encode_tree(tree: bytes) -> bytes:
    """The whole witness with CBOR's self-describing tag, as a certificate's tree is encoded."""
    return b"\xd9\xd9\xf7" + tree


def _join(nodes: bytearray, to: int, left: bytes, right: bytes) -> None:
    """The digest of two subtrees; of two of which one is empty the other stands for both."""
    digest = left if right == EMPTY else right if left == EMPTY else fork_digest(left, right)
    _write_digest(nodes, to << 5, digest)


def _node(nodes: bytearray, at: int) -> bytes:
    return bytes(nodes[at << 5 : (at + 1) << 5])


def _climb(nodes: bytearray, at: int, top: int, open_block: int) -> None:
    while at > top:
        at >>= 1
        right = EMPTY if 2 * at + 1 == open_block else _node(nodes, 2 * at + 1)
        _join(nodes, at, _node(nodes, 2 * at), right)


def _join_root(nodes: bytearray, open_block: int) -> None:
    _join(nodes, 0, _node(nodes, 1) if open_block > 1 else EMPTY, _node(nodes, open_block))


def put_path(nodes: bytearray, at: int, digest: bytes, open_block: int) -> int:
    """Set the digest of leaf `at` in a RangeTree's array and those above it; the open block's node after that."""
    block = at >> BLOCK_LEVELS or 1
    former, open_block = open_block, max(block, open_block)
    if 0 < former < block:
        _climb(nodes, former, 1, open_block)
    _write_digest(nodes, at << 5, digest)
    _climb(nodes, at, block, open_block)
    if block < open_block:
        _climb(nodes, block, 1, open_block)
    _join_root(nodes, open_block)
    return open_block


def witness_path(nodes: bytearray, at: int, shown: bytes, open_block: int) -> bytes:
    """The witness that shows `shown` at leaf `at` of a RangeTree's array; all else is pruned."""
    tree = shown
    in_open_block = open_block in (at >> BLOCK_LEVELS, 1)
    top = open_block if in_open_block else 1
    while at > top:
        beside = _node(nodes, at ^ 1)
        if beside != EMPTY and at ^ 1 != open_block:
            tree = fork(pruned(beside), tree) if at & 1 else fork(tree, pruned(beside))
        at >>= 1
    if not in_open_block:
        return fork(tree, pruned(_node(nodes, open_block)))
    return tree if open_block == 1 or _node(nodes, 1) == EMPTY else fork(pruned(_node(nodes, 1)), tree)


def root_of_labeled(labels: tuple[bytes, ...], contents: tuple[bytes, ...], below: tuple[bytes, ...]) -> bytes:
    """As `labeled_root`."""
    under = [leaf_digest(content) for content in contents] + list(below)
    root, *others = [labeled_digest(label, digest) for label, digest in zip(labels, under, strict=True)]
    for other in others:
        root = fork_digest(root, other)
    return root


_put: Callable[[bytearray, int, bytes, int], int] = put_path
_witness: Callable[[bytearray, int, bytes, int], bytes] = witness_path
_labeled_root: Callable[..., bytes] = root_of_labeled
try:
    import _merkle  # type: ignore[import-not-found] # in C, where the runtime offers it
except ImportError:
    pass
else:
    _put, _witness, _labeled_root = _merkle.put, _merkle.witness, _merkle.labeled_root


def labeled_root(labels: tuple[bytes, ...], contents: tuple[bytes, ...], below: tuple[bytes, ...]) -> bytes:
    """The digest of one to four labelled subtrees, forked from the left: fork(fork(first, second), third).

    The first labels (of at most 64 bytes) stand over leaves, the others over subtrees whose digests are `below`.
    """
    return _labeled_root(labels, contents, below)


class RangeTree:
    """A hash tree over `length` (a power of two) positions; a position holds a digest or nothing.

    Nodes lie in one array: children of i are 2i and 2i + 1, positions begin at `length`. A fork with nothing on one
    side is what is on the other. The block of sixteen positions that holds the last one is open: node 0, the root, is
    the fork of all blocks before it (node 1) and of it. So the next position costs some three hashes, any other up to
    one a level.
    """

    def __init__(self, length: int) -> None:
        self.length = length
        self._nodes = bytearray(EMPTY) * (2 * length)
        self._open = 0

    @property
    def root(self) -> bytes:
        """The root's digest."""
        root: bytes
        (root,) = _read_digest(self._nodes)
        return root

    def put(self, position: int, digest: bytes) -> None:
        """Set a position's digest and the digests above it."""
        self._open = _put(self._nodes, self.length + position, digest, self._open)

    def fill(self, digests: list[bytes]) -> None:
        """Set the first positions of an empty tree at once: one hash a node, for a rebuild."""
        if not digests:
            return
        nodes = self._nodes
        low, high = self.length, self.length + len(digests)
        nodes[low << 5 : high << 5] = b"".join(digests)
        self._open = (high - 1) >> BLOCK_LEVELS or 1
        while low > 1:
            if low <= self._open:
                high = min(high, self._open)
            low, high = low >> 1, (high + 1) >> 1
            for at in range(low, high):
                _climb(nodes, 2 * at, at, self._open)
        _join_root(nodes, self._open)

    def witness(self, position: int, shown: bytes) -> bytes:
        """The path to a position, where `shown` stands; all else is pruned."""
        return _witness(self._nodes, self.length + position, shown, self._open)
