"""Indexes on the heap: order kept, secrets used, and chosen keys that cannot make them slow."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vex_domain import sorted_lists
from vex_domain.keyed_index import SPLIT, KeyedIndex
from vex_domain.salt_ratchet import SaltRatchet
from vex_domain.sorted_lists import SortedLists


@pytest.fixture(autouse=True)
def short_pieces(monkeypatch: pytest.MonkeyPatch) -> None:
    """Lists of a few positions go over several pieces."""
    monkeypatch.setattr(sorted_lists, "PIECE", 4)


@given(st.lists(st.tuples(st.booleans(), st.integers(0, 3), st.integers(0, 40)), max_size=80))
def test_sorted_lists_agree_with_sets(steps: list[tuple[bool, int, int]]) -> None:
    lists = SortedLists()
    model: dict[int, set[int]] = {}
    for add, key, position in steps:
        if add:
            lists.add(key, position)
            model.setdefault(key, set()).add(position)
        else:
            lists.remove(key, position)
            model.get(key, set()).discard(position)
    for key in range(4):
        expected = sorted(model.get(key, set()), reverse=True)
        assert lists.before([key], None, 100) == expected
        for position, count in ((20, 3), (33, 9), (7, 100), (0, 1)):
            assert lists.before([key], position, count) == [each for each in expected if each < position][:count]
        assert lists.count(key) == len(expected)


def test_a_list_of_many_pieces_keeps_its_order_while_positions_come_and_go() -> None:
    lists = SortedLists()
    for position in (*range(0, 60, 2), *range(1, 60, 2)):
        lists.add(1, position)
    assert lists.before([1], None, 60) == list(range(59, -1, -1))
    for position in range(60):
        lists.remove(1, position)
        assert lists.count(1) == 59 - position
    assert lists.before([1], None, 60) == []


@given(st.dictionaries(st.integers(0, 60), st.integers(0, 3)), st.integers(0, 60), st.integers(0, 9))
def test_several_lists_are_read_as_one(keys: dict[int, int], position: int, count: int) -> None:
    lists = SortedLists()
    for each, key in keys.items():
        lists.add(key, each)
    below = sorted((each for each, key in keys.items() if key != 3 and each < position), reverse=True)
    assert lists.before([0, 1, 2], position, count) == below[:count]


def test_the_key_of_a_text_depends_on_the_secret() -> None:
    one, other = KeyedIndex(b"one"), KeyedIndex(b"other")
    assert one.key(b"text") != other.key(b"text")
    assert one.key(b"ab", b"c") != one.key(b"a", b"bc")


def test_keys_chosen_to_meet_in_one_part_stay_found() -> None:
    index = KeyedIndex(b"secret")
    chosen = [number * SPLIT for number in range(2_000)]
    for number, key in enumerate(chosen):
        index.put(key, number)
    assert [index.get(key) for key in chosen] == list(range(2_000))
    for key in chosen:
        index.drop(key)
    assert len(index) == 0


def test_salts_do_not_repeat_and_need_a_seed() -> None:
    salts = SaltRatchet()
    with pytest.raises(RuntimeError):
        salts.draw()
    salts.seed(bytes(32))
    drawn = {salts.draw() for _ in range(200)}
    assert len(drawn) == 200
    assert 0 <= salts.draw_number(63) < 2**63
