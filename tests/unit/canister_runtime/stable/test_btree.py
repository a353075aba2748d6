"""The B-tree map against a dict, its costs, and what it does with damaged memory."""

import contextlib
import random

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from canister_runtime.stable.btree import BTreeMap
from canister_runtime.stable.errors import (
    KeyNotOrdered,
    KeyTooLarge,
    StableCorruption,
    StableFull,
    StableMemoryError,
    ValueTooLarge,
)
from canister_runtime.stable.memory import MemoryManager
from support.stable_memory import PAGE, HeapStableMemory

MAX_KEY, MAX_VALUE = 12, 40


def seeded(seed: int) -> random.Random:
    return random.Random(seed)  # noqa: S311 # repeatable, not secret


def numeric(key: bytes) -> int:
    return int(key)


def open_map(stable: HeapStableMemory, max_value: int = MAX_VALUE) -> BTreeMap:
    return BTreeMap(MemoryManager(stable).memory(3), MAX_KEY, max_value, numeric)


keys = st.integers(0, 400).map(lambda number: str(number).encode())
values = st.binary(max_size=MAX_VALUE)


class MapAgainstDict(RuleBasedStateMachine):
    """Whatever is done to the map, it holds what a dict would hold, in the order of the keys."""

    def __init__(self) -> None:
        super().__init__()
        self.stable = HeapStableMemory()
        self.map = open_map(self.stable)
        self.model: dict[bytes, bytes] = {}

    @rule(key=keys, value=values)
    def insert(self, key: bytes, value: bytes) -> None:
        assert self.map.insert(key, value) == self.model.get(key)
        self.model[key] = value

    @rule(seed=st.integers(0, 1000), count=st.integers(1, 150))
    def insert_many(self, seed: int, count: int) -> None:
        for number in seeded(seed).sample(range(400), count):
            self.insert(str(number).encode(), str(number * seed).encode())

    @rule(key=keys)
    def remove(self, key: bytes) -> None:
        assert self.map.remove(key) == self.model.pop(key, None)

    @precondition(lambda self: self.model)
    @rule(seed=st.integers(0, 1000), share=st.floats(0, 1))
    def remove_many(self, seed: int, share: float) -> None:
        present = sorted(self.model)
        for key in seeded(seed).sample(present, int(len(present) * share)):
            self.remove(key)

    @rule(key=keys)
    def look_up(self, key: bytes) -> None:
        assert self.map.get(key) == self.model.get(key)
        assert self.map.contains(key) == (key in self.model)

    @rule()
    def reopen(self) -> None:
        self.map = open_map(self.stable)

    @rule(key=keys, value=values)
    def trap(self, key: bytes, value: bytes) -> None:
        before = bytes(self.stable.content)
        self.map.insert(key, value)
        self.map.remove(key)
        self.stable.content[:] = before
        self.map.forget()

    @invariant()
    def same_content(self) -> None:
        ordered = sorted(self.model.items(), key=lambda item: int(item[0]))
        assert list(self.map.items()) == ordered
        assert len(self.map) == len(ordered)


MapAgainstDict.TestCase.settings = settings(
    max_examples=40, stateful_step_count=25, deadline=None, suppress_health_check=[HealthCheck.too_slow]
)
TestMapAgainstDict = MapAgainstDict.TestCase


def test_keys_and_values_come_in_the_order_of_the_keys() -> None:
    stored = open_map(HeapStableMemory())
    for number in seeded(1).sample(range(1000), 300):
        stored.insert(str(number).encode(), b"v" + str(number).encode())
    ordered = [int(key) for key in stored.keys()]  # noqa: SIM118 # keys() of a map, not of a dict
    assert ordered == sorted(ordered)
    assert [value[1:] for value in stored.values()] == [str(number).encode() for number in ordered]


@pytest.mark.parametrize("max_value", [300, 20_000])
def test_large_values_survive_splits_and_merges(max_value: int) -> None:
    stable = HeapStableMemory()
    stored = open_map(stable, max_value)
    model = {str(number).encode(): bytes([number % 256]) * (number * 37 % max_value) for number in range(200)}
    for key, value in model.items():
        stored.insert(key, value)
    for number in range(0, 200, 3):
        key = str(number).encode()
        assert stored.remove(key) == model.pop(key)
    again = open_map(stable, max_value)
    assert {key: again.get(key) for key in model} == model


def test_a_value_reads_right_right_after_its_neighbours_moved() -> None:
    stored = open_map(HeapStableMemory())
    for number in range(50):
        stored.insert(str(number).encode(), str(number).encode())
        assert [stored.get(str(i).encode()) for i in range(number + 1)] == [str(i).encode() for i in range(number + 1)]


def test_too_large_keys_and_values_are_refused_before_anything_is_written() -> None:
    stable = HeapStableMemory()
    stored = open_map(stable)
    before = bytes(stable.content)
    with pytest.raises(KeyTooLarge, match=r"Key is too large\. Expected <= 12 bytes, found 13 bytes"):
        stored.insert(b"1" * 13, b"x" * 41)
    with pytest.raises(ValueTooLarge, match=r"Value is too large\. Expected <= 40 bytes, found 41 bytes"):
        stored.insert(b"1", b"x" * 41)
    assert bytes(stable.content) == before
    assert stored.get(b"1" * 13) is None
    assert stored.remove(b"1" * 13) is None


def test_a_key_that_is_not_equal_to_itself_is_refused() -> None:
    stored = BTreeMap(MemoryManager(HeapStableMemory()).memory(0), 8, 8, float)
    with pytest.raises(KeyNotOrdered):
        stored.insert(b"nan", b"")


def test_a_lookup_reads_at_most_one_node_once_the_upper_ones_are_known() -> None:
    stable = HeapStableMemory()
    stored = BTreeMap(MemoryManager(stable).memory(0), 15, 1024, numeric)
    rng = seeded(7)
    for number in rng.sample(range(100_000), 10_000):
        stored.insert(str(number).encode(), b"x" * 600)
    present = list(stored.keys())
    stable.reads = 0
    for key in rng.sample(present, 500):
        assert stored.get(key) == b"x" * 600
    assert stable.reads <= 505  # a node over the edge of a bucket takes two
    stable.reads = stable.writes = 0
    for key in rng.sample(present, 500):
        stored.insert(key, b"y" * 600)
    assert stable.reads <= 1_010
    assert stable.writes <= 1_010


def test_a_memory_that_does_not_grow_is_reported() -> None:
    with pytest.raises(StableFull):
        open_map(HeapStableMemory(max_pages=100))
    with pytest.raises(StableFull):
        MemoryManager(HeapStableMemory(max_pages=0))


def test_a_map_keeps_its_limits() -> None:
    stable = HeapStableMemory()
    open_map(stable)
    with pytest.raises(StableCorruption, match="max_value_size must be <= 40"):
        open_map(stable, 41)
    with pytest.raises(StableCorruption):
        open_map(stable, 39)


def test_a_memory_that_holds_something_else_is_refused() -> None:
    with pytest.raises(StableCorruption):
        MemoryManager(HeapStableMemory(b"raw state" + bytes(PAGE)))


def test_a_memory_that_was_only_grown_is_laid_out() -> None:
    stable = HeapStableMemory(bytes(3 * PAGE))
    open_map(stable).insert(b"1", b"x")
    assert open_map(stable).get(b"1") == b"x"


def test_memory_ids_end_before_255() -> None:
    with pytest.raises(ValueError, match="less than 255"):
        MemoryManager(HeapStableMemory()).memory(255)


@pytest.fixture(scope="module")
def filled() -> bytes:
    stable = HeapStableMemory()
    stored = open_map(stable)
    for number in seeded(3).sample(range(400), 200):
        stored.insert(str(number).encode(), str(number).encode())
    for number in range(0, 400, 7):
        stored.remove(str(number).encode())
    return bytes(stable.content[: 2 * PAGE]) + bytes(127 * PAGE)


@pytest.mark.parametrize("seed", range(60))
def test_damage_is_a_clean_error_or_goes_unnoticed_but_never_hangs(filled: bytes, seed: int) -> None:
    rng = seeded(seed)
    stable = HeapStableMemory(filled)
    for _ in range(rng.choice([1, 10, 200])):
        address = rng.choice([rng.randrange(2100), PAGE + rng.randrange(PAGE // 2)])
        stable.content[address] = rng.choice([0, 1, 255, rng.randrange(256)])
    with contextlib.suppress(StableMemoryError):
        stored = open_map(stable)
        for number in rng.sample(range(400), 60):
            stored.get(str(number).encode())
            stored.insert(str(number).encode(), b"x")
            stored.remove(str(number + 1).encode())
        list(stored.items())


def test_nodes_that_go_in_a_circle_are_noticed(filled: bytes) -> None:
    stable = HeapStableMemory(filled)
    root = int.from_bytes(stable.content[PAGE + 12 : PAGE + 20], "little")
    count = int.from_bytes(stable.content[PAGE + root + 5 : PAGE + root + 7], "little")
    children = PAGE + root + 7 + count * (8 + MAX_KEY + MAX_VALUE)
    stable.content[children : children + 8 * (count + 1)] = root.to_bytes(8, "little") * (count + 1)
    stored = open_map(stable)
    for operation in (stored.get, stored.remove, lambda key: stored.insert(key, b""), lambda _: list(stored.items())):
        with pytest.raises(StableCorruption):
            operation(b"100000")
