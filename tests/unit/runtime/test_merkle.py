"""The digests above a changed position, in C as in Python."""

from hashlib import sha256

import pytest
from hypothesis import given
from hypothesis import strategies as st

from support.native_extension import native_extension
from vex_domain import hash_tree

native = native_extension("_merkle", "merkle*.c", "sha256.c", "sha256_message.c", "sha256_each.c", "sha256_lanes.c")


@given(exponent=st.integers(0, 8), places=st.lists(st.integers(0, 255), max_size=8))
def test_the_tree_is_the_same_as_in_python(exponent: int, places: list[int]) -> None:
    length = 1 << exponent
    written, expected = hash_tree.RangeTree(length), hash_tree.RangeTree(length)
    opened = expected_open = 0
    for place in places:
        digest = sha256(bytes((place,))).digest()
        opened = native.put(written._nodes, length + place % length, digest, opened)
        expected_open = hash_tree.put_path(expected._nodes, length + place % length, digest, expected_open)
        assert opened == expected_open
    assert written._nodes == expected._nodes
    for place in places:
        path = (expected._nodes, length + place % length, b"shown", opened)
        assert native.witness(*path) == hash_tree.witness_path(*path)


@pytest.mark.parametrize(
    ("nodes", "at", "digest"),
    [
        (bytearray(256), 0, bytes(32)),
        (bytearray(256), 3, bytes(32)),
        (bytearray(256), 8, bytes(32)),
        (bytearray(256), 5, bytes(31)),
        (bytearray(192), 5, bytes(32)),
        (bytearray(32), 0, bytes(32)),
        (bytearray(), 1, bytes(32)),
    ],
)
def test_what_is_no_leaf_is_refused(nodes: bytearray, at: int, digest: bytes) -> None:
    with pytest.raises(ValueError, match="no leaf"):
        native.put(nodes, at, digest, 0)
    with pytest.raises(TypeError):
        native.put(bytes(nodes), at, digest, 0)
    with pytest.raises((OverflowError, ValueError)):
        native.put(nodes, -1, digest, 0)
    if len(digest) == 32:
        with pytest.raises(ValueError, match="no leaf"):
            native.witness(nodes, at, b"", 1)


@pytest.mark.parametrize("opened", [-1, 8, 1 << 70])
def test_what_is_no_open_block_is_refused(opened: int) -> None:
    with pytest.raises((OverflowError, ValueError)):
        native.put(bytearray(256), 5, bytes(32), opened)
    with pytest.raises((OverflowError, ValueError)):
        native.witness(bytearray(256), 5, b"", opened)


def test_a_witness_is_of_an_array_and_bytes() -> None:
    for arguments in ((), (bytes(256), 5, b"", 1), (bytearray(256), 5, "", 1), (bytearray(256), "5", b"", 1)):
        with pytest.raises(TypeError):
            native.witness(*arguments)


LABELS = st.binary(max_size=64)


@given(st.lists(st.tuples(LABELS, st.binary(max_size=90)), max_size=2), st.lists(LABELS, min_size=1, max_size=2))
def test_labelled_subtrees_have_the_digest_that_python_gives_them(
    leaves: list[tuple[bytes, bytes]], others: list[bytes]
) -> None:
    labels = (*[label for label, _ in leaves], *others)
    contents = tuple(content for _, content in leaves)
    below = tuple(sha256(label).digest() for label in others)
    assert native.labeled_root(labels, contents, below) == hash_tree.root_of_labeled(labels, contents, below)


@pytest.mark.parametrize(
    "arguments",
    [
        ((), (), ()),
        ((b"a",) * 5, (b"",) * 5, ()),
        ((b"a",), (b"", b""), ()),
        ((b"a" * 65,), (b"",), ()),
        (("a",), (b"",), ()),
        ((b"a",), ("",), ()),
        ((b"a",), (), (bytes(31),)),
    ],
)
def test_what_is_no_labelled_subtree_is_refused(arguments: tuple[object, ...]) -> None:
    with pytest.raises(ValueError, match="one to four"):
        native.labeled_root(*arguments)
    with pytest.raises(TypeError):
        native.labeled_root([], (), ())
