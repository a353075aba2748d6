"""Hash trees of others: what is there, what is shown to be absent, and what is not told."""

import cbor2
import pytest
from hypothesis import given
from hypothesis import strategies as st

from local_replica.certification import label_map
from local_replica.certification.hash_tree import Leaf, Node
from local_replica.certification.reading import Malformed, Untold, read_cbor, read_tree, subtree, value
from local_replica.certification.witness import wanted, witness
from support.cbor_bombs import BOMBS

LABELS = st.binary(max_size=3)
MAPS = st.dictionaries(LABELS, st.binary(max_size=4), max_size=12)


def tree_of(entries: dict[bytes, bytes]) -> Node:
    return label_map.from_entries({label: Leaf(content) for label, content in entries.items()})


@given(MAPS)
def test_a_tree_read_back_has_the_same_digest(entries: dict[bytes, bytes]) -> None:
    tree = tree_of(entries)
    assert read_tree(read_cbor(cbor2.dumps(tree.encoded()))).digest == tree.digest


@given(MAPS, LABELS)
def test_a_witness_shows_what_is_there_and_that_the_rest_is_absent(entries: dict[bytes, bytes], asked: bytes) -> None:
    shown = read_tree(witness(tree_of(entries), wanted([(asked,)])).encoded())
    found = subtree(shown, [asked])
    assert (found.value if isinstance(found, Leaf) else found) == entries.get(asked)


@given(MAPS, LABELS, LABELS)
def test_what_a_witness_says_of_other_labels_is_true_or_nothing(
    entries: dict[bytes, bytes], asked: bytes, other: bytes
) -> None:
    shown = read_tree(witness(tree_of(entries), wanted([(asked,)])).encoded())
    try:
        found = subtree(shown, [other])
    except Untold:
        return
    assert (found.value if isinstance(found, Leaf) else found) == entries.get(other)


def test_a_value_that_is_pruned_is_none() -> None:
    shown = witness(tree_of({b"a": b"1", b"b": b"2", b"c": b"3", b"d": b"4"}), wanted([(b"a",)]))
    assert (value(shown, [b"a"]), value(shown, [b"d"])) == (b"1", None)


@pytest.mark.parametrize("item", [None, 7, [], [0, 1], [1, [0]], [2, "a", [0]], [3, 4], [4, b"short"], [5], {}, [[0]]])
def test_what_is_no_tree_is_refused(item: object) -> None:
    with pytest.raises(Malformed):
        read_tree(item)


def test_a_tree_without_end_is_refused() -> None:
    deep: list[object] = [0]
    for _ in range(500):
        deep = [2, b"a", deep]
    with pytest.raises(Malformed):
        read_tree(deep)


@pytest.mark.parametrize("name", BOMBS)
def test_what_grows_when_it_is_read_is_refused(name: str) -> None:
    with pytest.raises(Malformed):
        read_cbor(BOMBS[name])


@given(st.binary(max_size=40))
def test_what_is_no_cbor_is_refused(content: bytes) -> None:
    try:
        read_cbor(content)
    except Malformed:
        return
