"""Hash trees of the IC (interface specification, "Certification"): digests, witnesses, the tree over a range."""

from hashlib import sha256
from typing import Any

_FORK = sha256(b"\x10ic-hashtree-fork")
_LABELED = sha256(b"\x13ic-hashtree-labeled")
_LEAF = sha256(b"\x10ic-hashtree-leaf")
EMPTY = sha256(b"\x11ic-hashtree-empty").digest()


def fork_digest(left: bytes, right: bytes) -> bytes:
    """The digest of a fork over two digests."""
    state = _FORK.copy()
    state.update(left)
    state.update(right)
    return state.digest()


def labeled_digest(label: bytes, digest: bytes) -> bytes:
    """The digest of a labelled subtree."""
    state = _LABELED.copy()
    state.update(label)
    state.update(digest)
    return state.digest()


def leaf_digest(content: bytes) -> bytes:
    """The digest of a leaf."""
    state = _LEAF.copy()
    state.update(content)
    return state.digest()


def fork(left: tuple[Any, ...], right: tuple[Any, ...]) -> tuple[Any, ...]:
    """A fork of a witness."""
    return (1, left, right)


def labeled(label: bytes, subtree: tuple[Any, ...]) -> tuple[Any, ...]:
    """A labelled subtree of a witness."""
    return (2, label, subtree)


def leaf(content: bytes) -> tuple[Any, ...]:
    """A leaf of a witness."""
    return (3, content)


def pruned(digest: bytes) -> tuple[Any, ...]:
    """A subtree of which a witness shows the digest only."""
    return (4, digest)


def tree_digest(tree: tuple[Any, ...]) -> bytes:
    """The root digest of a witness."""
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


def _cbor(tree: tuple[Any, ...]) -> bytes:
    parts = [bytes((0x80 | len(tree), tree[0]))]
    parts.extend(_cbor_bytes(part) if isinstance(part, bytes) else _cbor(part) for part in tree[1:])
    return b"".join(parts)


def encode_tree(tree: tuple[Any, ...]) -> bytes:
    """The witness as CBOR with the self-describing tag, as a certificate's tree is encoded."""
    return b"\xd9\xd9\xf7" + _cbor(tree)


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
        nodes = self._nodes
        at = self.length + position
        nodes[at << 5 : (at << 5) + 32] = digest
        while at > 1:
            at >>= 1
            state = _FORK.copy()
            state.update(nodes[at << 6 : (at << 6) + 64])
            nodes[at << 5 : (at << 5) + 32] = state.digest()

    def fill(self, digests: list[bytes]) -> None:
        """Set the first positions at once: one hash a node, for a rebuild."""
        nodes = self._nodes
        first = self.length << 5
        nodes[first : first + 32 * len(digests)] = b"".join(digests)
        low, high = self.length, self.length + len(digests)
        while low > 1 and digests:
            low, high = low >> 1, (high + 1) >> 1
            for at in range(low, high):
                state = _FORK.copy()
                state.update(nodes[at << 6 : (at << 6) + 64])
                nodes[at << 5 : (at << 5) + 32] = state.digest()

    def witness(self, position: int, shown: tuple[Any, ...]) -> tuple[Any, ...]:
        """The path to a position, where `shown` stands; all else is pruned."""
        at = self.length + position
        tree = shown
        while at > 1:
            sibling = pruned(bytes(self._nodes[(at ^ 1) << 5 : ((at ^ 1) << 5) + 32]))
            tree = fork(sibling, tree) if at & 1 else fork(tree, sibling)
            at >>= 1
        return tree
