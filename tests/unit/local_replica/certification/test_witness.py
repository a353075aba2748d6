"""Witnesses keep the root hash, show what was asked, and prove absence."""

import cbor2
from hypothesis import given
from hypothesis import strategies as st
from icp_certificate.certificate import Certificate

from local_replica.certification import label_map
from local_replica.certification.hash_tree import Leaf, Node
from local_replica.certification.witness import wanted, witness

NAMES = st.binary(min_size=1, max_size=2)


def tree_of(content: dict[bytes, dict[bytes, bytes]]) -> Node:
    return label_map.from_entries(
        {
            outer: label_map.from_entries({inner: Leaf(value) for inner, value in below.items()})
            for outer, below in content.items()
        }
    )


@given(
    st.dictionaries(NAMES, st.dictionaries(NAMES, st.binary(max_size=3), min_size=1)),
    st.lists(st.lists(NAMES, min_size=1, max_size=2).map(tuple), min_size=1),
)
def test_a_witness_has_the_digest_of_the_tree_and_the_values_asked_for(
    content: dict[bytes, dict[bytes, bytes]], paths: list[tuple[bytes, ...]]
) -> None:
    tree = tree_of(content)
    encoded = cbor2.loads(cbor2.dumps(witness(tree, wanted(paths)).encoded()))
    reader = Certificate({"tree": encoded})
    assert reader.root_hash() == tree.digest
    for path in paths:
        if len(path) == 2:
            assert reader.lookup(path) == content.get(path[0], {}).get(path[1])


def test_what_was_not_asked_for_is_pruned() -> None:
    tree = tree_of({b"a": {b"x": b"secret"}, b"b": {b"y": b"shown"}})
    encoded = cbor2.dumps(witness(tree, wanted([(b"b",)])).encoded())
    assert b"shown" in encoded
    assert b"secret" not in encoded


def test_absence_is_shown_by_the_neighbours_and_not_by_their_content() -> None:
    tree = tree_of({b"a": {b"x": b"left"}, b"c": {b"x": b"right"}, b"q": {b"x": b"far"}})
    shown = Certificate({"tree": witness(tree, wanted([(b"b", b"x")])).encoded()})
    encoded = cbor2.dumps(shown.tree)
    assert shown.lookup((b"b", b"x")) is None
    assert all(word not in encoded for word in (b"left", b"right", b"far"))
    assert cbor2.dumps([2, b"a"])[1:] in encoded
    assert cbor2.dumps([2, b"c"])[1:] in encoded
    assert cbor2.dumps([2, b"q"])[1:] not in encoded
