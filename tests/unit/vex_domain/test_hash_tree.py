"""The tree over a range has the root that its witnesses show, however it was filled."""

import cbor2
from hypothesis import given
from hypothesis import strategies as st

from vex_domain.hash_tree import EMPTY, RangeTree, encode_tree, fork_digest, labeled, leaf, tree_digest
from vex_domain.ticket_proof import ticket_digest, ticket_label

LENGTHS = st.integers(0, 7).map(lambda levels: 1 << levels)
PUTS = st.lists(st.tuples(st.integers(0, 127), st.binary(min_size=32, max_size=32)), max_size=40)


def join(left: bytes, right: bytes) -> bytes:
    if EMPTY in (left, right):
        return left if right == EMPTY else right
    return fork_digest(left, right)


def balanced_root(digests: list[bytes]) -> bytes:
    while len(digests) > 1:
        digests = [join(*digests[at : at + 2]) for at in range(0, len(digests), 2)]
    return digests[0]


def root_of(digests: list[bytes], last: int) -> bytes:
    block = last - last % 16
    before = digests[:block] + [EMPTY] * (len(digests) - block)
    return join(balanced_root(before), balanced_root(digests[block : block + 16]))


@given(LENGTHS, PUTS)
def test_the_root_is_that_of_the_blocks_before_the_last_and_of_the_last(
    length: int, puts: list[tuple[int, bytes]]
) -> None:
    tree = RangeTree(length)
    digests = [EMPTY] * length
    last = 0
    for place, digest in puts:
        position = place % length
        tree.put(position, digest)
        digests[position] = digest
        last = max(last, position)
    assert tree.root == root_of(digests, last)


@given(st.lists(st.binary(min_size=32, max_size=32), max_size=64), st.data())
def test_filling_at_once_is_filling_one_by_one(digests: list[bytes], data: st.DataObject) -> None:
    length = data.draw(LENGTHS.filter(lambda length: length >= len(digests)))
    at_once, one_by_one = RangeTree(length), RangeTree(length)
    at_once.fill(digests)
    for position, digest in enumerate(digests):
        one_by_one.put(position, digest)
    assert at_once._nodes == one_by_one._nodes
    later = data.draw(st.integers(0, length - 1))
    for tree in (at_once, one_by_one):
        tree.put(later, bytes(32))
    assert at_once.root == one_by_one.root


@given(st.dictionaries(st.integers(0, 63), st.binary(min_size=32, max_size=32), min_size=1))
def test_a_witness_proves_its_leaf_and_no_other(contents: dict[int, bytes]) -> None:
    tree = RangeTree(64)
    for position, content in contents.items():
        tree.put(position, ticket_digest(100 + position, content))
    for position, content in contents.items():
        witness = tree.witness(position, labeled(ticket_label(100 + position), leaf(content)))
        assert tree_digest(cbor2.loads(witness)) == tree.root
        forged = tree.witness(position, labeled(ticket_label(100 + position), leaf(content[::-1] + b"x")))
        assert tree_digest(cbor2.loads(forged)) != tree.root


def test_a_witness_is_cbor_as_certificates_have_it() -> None:
    tree = RangeTree(4)
    tree.put(1, ticket_digest(8, bytes(32)))
    tree.put(2, ticket_digest(9, bytes(32)))
    decoded = cbor2.loads(encode_tree(tree.witness(2, labeled(ticket_label(9), leaf(bytes(32))))))
    assert decoded[0] == 1
    label, shown = decoded[2][1:]
    assert (label, list(shown)) == ((9).to_bytes(8, "big"), [3, bytes(32)])


def test_a_tree_of_one_position_is_that_position() -> None:
    tree = RangeTree(1)
    assert tree.root == EMPTY
    tree.put(0, bytes(32))
    assert tree.root == bytes(32)
