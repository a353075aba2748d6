"""A witness is a hash tree or Untrusted, whatever a canister sends; what it shows is found by path."""

from typing import Any

import cbor2
import pytest
from hypothesis import given
from hypothesis import strategies as st

from vex.certificates import is_hash_tree
from vex.errors import Untrusted
from vex.witness import Witness
from vex_domain.hash_tree import fork, labeled, leaf, pruned, tree_digest

CONTENTS = st.binary(max_size=40)
TREES = st.recursive(
    st.just([0])
    | st.tuples(st.just(3), CONTENTS).map(list)
    | st.binary(min_size=32, max_size=32).map(lambda d: [4, d]),
    lambda inner: st.tuples(st.just(1), inner, inner).map(list) | st.tuples(st.just(2), CONTENTS, inner).map(list),
)
ANYTHING: st.SearchStrategy[Any] = st.recursive(
    st.integers() | st.binary(max_size=40) | st.text(max_size=5) | st.none() | st.floats(),
    lambda inner: st.lists(inner, max_size=4) | st.tuples(st.integers(0, 5), inner).map(list),
)
PATH = (b"tickets", bytes(8))


def nested(levels: int) -> Any:
    tree: Any = [3, b"deep"]
    for _ in range(levels):
        tree = [2, b"x", tree]
    return tree


@given(TREES)
def test_every_tree_is_read_and_digested_as_canisters_do(tree: Any) -> None:
    assert is_hash_tree(tree)
    Witness(cbor2.dumps(tree))
    assert len(tree_digest(tree)) == 32


@given(ANYTHING | st.binary(max_size=60).map(lambda content: cbor2.CBORTag(55799, content)))
def test_anything_else_is_untrusted(value: Any) -> None:
    if is_hash_tree(value):
        return
    with pytest.raises(Untrusted):
        Witness(cbor2.dumps(value))


@given(st.binary(max_size=60))
def test_bytes_that_are_no_tree_raise_nothing_but_untrusted(encoded: bytes) -> None:
    try:
        Witness(encoded).content(*PATH)
    except Untrusted:
        return


@pytest.mark.parametrize(
    "tree",
    [[4, bytes(31)], [3, 1 << 40], [2, 1 << 40, [0]], [1, [0]], [0, 0], [5, b""], nested(129)],
    ids=["short digest", "number for content", "number for label", "half a fork", "full empty", "unknown", "deep"],
)
def test_a_node_of_another_form_is_untrusted(tree: Any) -> None:
    with pytest.raises(Untrusted):
        Witness(cbor2.dumps(tree))


def test_only_a_leaf_at_the_whole_path_is_content() -> None:
    shown = Witness(fork(labeled(PATH[0], fork(pruned(bytes(32)), labeled(PATH[1], leaf(b"here")))), pruned(bytes(32))))
    assert shown.content(*PATH) == b"here"
    assert shown.content(PATH[1]) is shown.content(PATH[0]) is shown.content(*PATH, b"more") is None


def test_128_levels_are_read() -> None:
    assert Witness(cbor2.dumps(nested(128))).content(*[b"x"] * 128) == b"deep"
