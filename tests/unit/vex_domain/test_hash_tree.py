"""The tree over a range has the root that its witnesses show, however it was filled."""

import cbor2
from hypothesis import given
from hypothesis import strategies as st

from vex_domain.hash_tree import EMPTY, RangeTree, encode_tree, fork_digest, labeled, leaf, tree_digest
from vex_domain.ticket_proof import ticket_digest, ticket_label

PUTS = st.lists(st.tuples(st.integers(0, 15), st.binary(min_size=32, max_size=32)), max_size=40)


def slow_root(digests: list[bytes]) -> bytes:
    while len(digests) > 1:
        digests = [fork_digest(*digests[at : at + 2]) for at in range(0, len(digests), 2)]
    return digests[0]


@given(PUTS)
def test_the_root_is_that_of_the_whole_tree(puts: list[tuple[int, bytes]]) -> None:
    tree = RangeTree(16)
    digests = [EMPTY] * 16
    for position, digest in puts:
        tree.put(position, digest)
        digests[position] = digest
    assert tree.root == slow_root(digests)


@given(st.lists(st.binary(min_size=32, max_size=32), max_size=16))
def test_filling_at_once_is_filling_one_by_one(digests: list[bytes]) -> None:
    at_once, one_by_one = RangeTree(16), RangeTree(16)
    at_once.fill(digests)
    for position, digest in enumerate(digests):
        one_by_one.put(position, digest)
    assert at_once.root == one_by_one.root


@given(st.dictionaries(st.integers(0, 15), st.binary(min_size=32, max_size=32), min_size=1))
def test_a_witness_proves_its_leaf_and_no_other(contents: dict[int, bytes]) -> None:
    tree = RangeTree(16)
    for position, content in contents.items():
        tree.put(position, ticket_digest(100 + position, content))
    for position, content in contents.items():
        witness = tree.witness(position, labeled(ticket_label(100 + position), leaf(content)))
        assert tree_digest(cbor2.loads(witness)) == tree.root
        forged = tree.witness(position, labeled(ticket_label(100 + position), leaf(content[::-1] + b"x")))
        assert tree_digest(cbor2.loads(forged)) != tree.root


def test_a_witness_is_cbor_as_certificates_have_it() -> None:
    tree = RangeTree(4)
    tree.put(2, ticket_digest(9, bytes(32)))
    decoded = cbor2.loads(encode_tree(tree.witness(2, labeled(ticket_label(9), leaf(bytes(32))))))
    assert decoded[0] == 1
    label, shown = decoded[2][1][1:]
    assert (label, list(shown)) == ((9).to_bytes(8, "big"), [3, bytes(32)])


def test_a_tree_of_one_position_is_that_position() -> None:
    tree = RangeTree(1)
    assert tree.root == EMPTY
    tree.put(0, bytes(32))
    assert tree.root == bytes(32)
