"""Hash trees of the IC (interface specification, "Certification", "Certificate"): nodes, digests, encoding.

Nodes are immutable and remember their digest, so a tree that shares most of its nodes with an older one
hashes only what is new.
"""

import hashlib
from typing import Final, TypeAlias

Encoded: TypeAlias = list["int | bytes | Encoded"]


def domain_separator(name: str) -> bytes:
    """One length byte, then the name."""
    return bytes([len(name)]) + name.encode()


_EMPTY: Final = hashlib.sha256(domain_separator("ic-hashtree-empty")).digest()
_FORK: Final = domain_separator("ic-hashtree-fork")
_LABELED: Final = domain_separator("ic-hashtree-labeled")
_LEAF: Final = domain_separator("ic-hashtree-leaf")
_sha256 = hashlib.sha256


class Empty:
    """The tree without content."""

    __slots__ = ()
    digest = _EMPTY

    def encoded(self) -> Encoded:
        return [0]


class Fork:
    """Two trees side by side; labels on the left are smaller. `bit` is where the two sides' labels part."""

    __slots__ = ("_digest", "bit", "left", "right")

    def __init__(self, left: "Node", right: "Node", bit: int = 0) -> None:
        self.left = left
        self.right = right
        self.bit = bit
        self._digest: bytes | None = None

    @property
    def digest(self) -> bytes:
        if self._digest is None:
            self._digest = _sha256(_FORK + self.left.digest + self.right.digest).digest()
        return self._digest

    def encoded(self) -> Encoded:
        return [1, self.left.encoded(), self.right.encoded()]


class Labeled:
    """A tree under a label."""

    __slots__ = ("_digest", "label", "subtree")

    def __init__(self, label: bytes, subtree: "Node") -> None:
        self.label = label
        self.subtree = subtree
        self._digest: bytes | None = None

    @property
    def digest(self) -> bytes:
        if self._digest is None:
            self._digest = _sha256(_LABELED + self.label + self.subtree.digest).digest()
        return self._digest

    def encoded(self) -> Encoded:
        return [2, self.label, self.subtree.encoded()]


class Leaf:
    """A value."""

    __slots__ = ("_digest", "value")

    def __init__(self, value: bytes) -> None:
        self.value = value
        self._digest: bytes | None = None

    @property
    def digest(self) -> bytes:
        if self._digest is None:
            self._digest = _sha256(_LEAF + self.value).digest()
        return self._digest

    def encoded(self) -> Encoded:
        return [3, self.value]


class Pruned:
    """A tree of which only the digest is told."""

    __slots__ = ("digest",)

    def __init__(self, digest: bytes) -> None:
        self.digest = digest

    def encoded(self) -> Encoded:
        return [4, self.digest]


Node: TypeAlias = Empty | Fork | Labeled | Leaf | Pruned
EMPTY: Final = Empty()
