"""The digests above a changed position, in C as in Python."""

from hashlib import sha256

import pytest
from hypothesis import given
from hypothesis import strategies as st

from support.native_extension import native_extension
from vex_domain import hash_tree

native = native_extension("_merkle", "merkle.c", "sha256.c")


@given(exponent=st.integers(0, 7), places=st.lists(st.integers(0, 127), max_size=6))
def test_the_tree_is_the_same_as_in_python(exponent: int, places: list[int]) -> None:
    length = 1 << exponent
    written, expected = hash_tree.RangeTree(length), hash_tree.RangeTree(length)
    for place in places:
        digest = sha256(bytes((place,))).digest()
        native.put(written._nodes, length + place % length, digest)
        hash_tree.put_path(expected._nodes, length + place % length, digest)
    assert written._nodes == expected._nodes


@pytest.mark.parametrize(
    ("nodes", "at", "digest"),
    [
        (bytearray(256), 0, bytes(32)),
        (bytearray(256), 8, bytes(32)),
        (bytearray(256), 5, bytes(31)),
        (bytearray(), 1, bytes(32)),
    ],
)
def test_what_is_no_node_is_refused(nodes: bytearray, at: int, digest: bytes) -> None:
    with pytest.raises(ValueError, match="no node"):
        native.put(nodes, at, digest)
    with pytest.raises(TypeError):
        native.put(bytes(nodes), at, digest)
    with pytest.raises((OverflowError, ValueError)):
        native.put(nodes, -1, digest)
