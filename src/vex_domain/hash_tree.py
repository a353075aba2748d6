"""Hash trees of the IC (interface specification, "Certification"): digests, witnesses, the tree over a range."""

from hashlib import sha256
from struct import Struct
from typing import Any

_FORK = b"\x10ic-hashtree-fork"
_LABELED = b"\x13ic-hashtree-labeled"
_LEAF = b"\x10ic-hashtree-leaf"
_PRUNED = b"\x82\x04\x58\x20"
_write_digest = Struct("32s").pack_into
EMPTY = sha256(b"\x11ic-hashtree-empty").digest()


def fork_digest(left: bytes, right: bytes) -> bytes:
    """The digest of a fork over two digests."""
    return sha256(_FORK + left + right).digest()


def labeled_digest(label: bytes, digest: bytes) -> bytes:
    """The digest of a labelled subtree."""
    return sha256(_LABELED + label + digest).digest()


def leaf_digest(content: bytes) -> bytes:
    """The digest of a leaf."""
    return sha256(_LEAF + content).digest()


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


def put_path(nodes: bytearray, at: int, digest: bytes) -> None:
    """Set the digest of node `at` in a RangeTree's array and those above it."""
    _write_digest(nodes, at << 5, digest)
    while at > 1:
        at >>= 1
        low = at << 6
        _write_digest(nodes, at << 5, sha256(_FORK + nodes[low : low + 64]).digest())


try:
    from _merkle import put as _put  # type: ignore[import-not-found] # in C, where the runtime offers it
except ImportError:
    _put = put_path


class RangeTree:
    """A balanced tree over `length` (a power of two) positions; a position holds a digest or nothing.

    Nodes lie in one array (1 is the root, children of i are 2i and 2i + 1), so that a change costs one hash a level.
    """

    def __init__(self, length: int) -> None:
        self.length = length
        rows = []
        digest = EMPTY
        count = length
        while count:
            rows.append(digest * count)
            digest = fork_digest(digest, digest)
            count >>= 1
        rows.append(bytes(32))
        rows.reverse()
        self._nodes = bytearray(b"".join(rows))

    @property
    def root(self) -> bytes:
        """The root's digest."""
        return bytes(self._nodes[32:64])

    def put(self, position: int, digest: bytes) -> None:
        """Set a position's digest and the digests above it."""
        _put(self._nodes, self.length + position, digest)

    def fill(self, digests: list[bytes]) -> None:
        """Set the first positions at once: one hash a node, for a rebuild."""
        nodes = self._nodes
        first = self.length << 5
        nodes[first : first + 32 * len(digests)] = b"".join(digests)
        low, high = self.length, self.length + len(digests)
        while low > 1 and digests:
            low, high = low >> 1, (high + 1) >> 1
            for at in range(low, high):
                pair = at << 6
                _write_digest(nodes, at << 5, sha256(_FORK + nodes[pair : pair + 64]).digest())

    def witness(self, position: int, shown: bytes) -> bytes:
        """The path to a position, where `shown` stands; all else is pruned."""
        nodes = self._nodes
        at = self.length + position
        tree = shown
        while at > 1:
            sibling = (at ^ 1) << 5
            other = _PRUNED + nodes[sibling : sibling + 32]
            tree = b"\x83\x01" + other + tree if at & 1 else b"\x83\x01" + tree + other
            at >>= 1
        return tree
