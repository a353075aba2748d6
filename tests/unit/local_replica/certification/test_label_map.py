"""The persistent label map against a dict, and the trees it makes."""

from hypothesis import given
from hypothesis import strategies as st

from local_replica.certification import label_map
from local_replica.certification.hash_tree import EMPTY, Leaf, Node

LABELS = st.one_of(st.binary(max_size=3), st.binary(min_size=10, max_size=10), st.sampled_from([b"a", b"ab", b"a\0"]))


@given(st.lists(st.tuples(LABELS, st.binary(max_size=4) | st.none())))
def test_it_behaves_as_a_dict_and_its_shape_depends_on_content_only(steps: list[tuple[bytes, bytes | None]]) -> None:
    tree: Node = EMPTY
    model: dict[bytes, bytes] = {}
    for label, value in steps:
        if value is None:
            tree = label_map.remove(tree, label)
            model.pop(label, None)
        else:
            tree = label_map.insert(tree, label, Leaf(value))
            model[label] = value
    assert list(label_map.labels(tree)) == sorted(model)
    assert all(label_map.lookup(tree, label).value == value for label, value in model.items())
    again = label_map.from_entries({label: Leaf(model[label]) for label in sorted(model, reverse=True)})
    assert again.digest == tree.digest


@given(st.sets(LABELS), LABELS)
def test_neighbours_are_the_labels_next_to_an_absent_one(present: set[bytes], absent: bytes) -> None:
    present.discard(absent)
    tree = label_map.from_entries({label: Leaf(label) for label in present})
    below = max((label for label in present if label < absent), default=None)
    above = min((label for label in present if label > absent), default=None)
    assert label_map.neighbours(tree, absent) == (below, above)


def test_a_change_shares_all_but_one_path() -> None:
    tree: Node = EMPTY
    for number in range(1000):
        tree = label_map.insert(tree, number.to_bytes(4) * 8, Leaf(b"x"))
    before = tree.digest
    changed = label_map.insert(tree, (500).to_bytes(4) * 8, Leaf(b"y"))
    assert changed.digest != before
    assert tree.digest == before
    assert changed.left is tree.left or changed.right is tree.right
