"""Stable maps in C do what those in Python do, byte for byte, and survive a damaged memory."""

import contextlib
import gzip
import hashlib
import random
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from candid import Principal, did, encode
from candid.types import (
    BLOB,
    FLOAT64,
    INT8,
    INT64,
    NAT,
    NAT8,
    NAT32,
    NAT64,
    PRINCIPAL,
    TEXT,
    Field,
    Named,
    Record,
    Type,
)
from canister_runtime.stable.errors import StableCorruption, StableFull, StableMemoryError
from canister_runtime.stable.opening import Opener, Ordering
from support.stable_maps import Twins, native_maps
from support.stable_memory import PAGE, HeapStableMemory

FIXTURE = Path(__file__).parents[2] / "fixtures" / "kybra-stable-memory"
POINT = Record((Field("y", INT64), Field("a", TEXT)))

KEYS: dict[str, tuple[Type, int, Callable[[int], Any]]] = {
    "nat8": (NAT8, 8, lambda number: number % 256),
    "nat32": (NAT32, 11, lambda number: number * 7_919 % 4_294_967_296),
    "nat64": (NAT64, 15, lambda number: number << 40 | 255 - number % 256),
    "int8": (INT8, 8, lambda number: number % 256 - 128),
    "int64": (INT64, 15, lambda number: (number % 97 - 48) * 10**15 + number),
    "nat": (NAT, 20, lambda number: number**5),
    "float64": (FLOAT64, 15, lambda number: (number - 200) / 8),
    "text": (TEXT, 60, lambda number: "é" * (number % 5) + str(number)),
    "long text": (TEXT, 400, lambda number: "a" * (number % 300) + str(number)),
    "blob": (BLOB, 26, lambda number: number.to_bytes(2, "big") * (number % 3)),
    "principal": (PRINCIPAL, 40, lambda number: Principal(bytes([number % 256]) * (number % 30))),
    "record": (POINT, 60, lambda number: {"y": -number % 17, "a": str(number)}),
}


def seeded(seed: int) -> random.Random:
    return random.Random(seed)  # noqa: S311 # repeatable, not secret


def change(twins: Twins, encoded: Callable[[int], bytes], rng: random.Random, count: int, keys: int) -> None:
    """Phases that mostly insert alternate with phases that mostly remove."""
    for turn in range(count):
        key = encoded(rng.randrange(keys))
        if rng.random() < (0.75 if turn * 6 // count % 2 == 0 else 0.25):
            twins.do("insert", key, rng.randbytes(rng.randrange(41)))
        else:
            twins.do("remove", key)
        twins.do("get", encoded(rng.randrange(keys)))


@pytest.mark.parametrize("name", KEYS)
def test_keys_of_every_kind_leave_the_same_bytes(name: str) -> None:
    type_, max_key, value_of = KEYS[name]
    twins = Twins(type_, max_key, 40)
    for seed, keys in ((1, 40), (2, 400)):
        change(twins, lambda number: encode([type_], [value_of(number)]), seeded(seed), 1_500, keys)
        twins.check()
        twins.reopen()


@settings(max_examples=30, suppress_health_check=[HealthCheck.too_slow])
@given(seed=st.integers(0, 10**6), keys=st.integers(1, 300), max_value=st.sampled_from([40, 300]))
def test_any_order_of_operations_leaves_the_same_bytes(seed: int, keys: int, max_value: int) -> None:
    twins = Twins(NAT32, 11, max_value)
    change(twins, lambda number: encode([NAT32], [number]), seeded(seed), 400, keys)
    twins.check()


def test_nodes_over_the_edge_of_a_bucket_leave_the_same_bytes() -> None:
    twins = Twins(NAT64, 15, 200_000)
    for number in seeded(4).sample(range(100), 60):
        twins.do("insert", encode([NAT64], [number]), bytes([number]) * (number * 2_000))
    for number in range(0, 100, 2):
        twins.do("remove", encode([NAT64], [number]))
    twins.check()


def test_too_large_keys_and_values_and_keys_that_are_none_are_refused_alike() -> None:
    twins = Twins(FLOAT64, 15, 40)
    assert twins.do("insert", bytes(16), b"")[0].__name__ == "KeyTooLarge"
    assert twins.do("insert", encode([FLOAT64], [1.0]), bytes(41))[0].__name__ == "ValueTooLarge"
    assert twins.do("insert", encode([FLOAT64], [float("nan")]), b"")[0].__name__ == "KeyNotOrdered"
    twins.check()
    for wrong in (1, "text", None):
        with pytest.raises(TypeError):
            twins.native.get(wrong)  # type: ignore[arg-type] # what a mistake in the host would be


def open_natively(stable: HeapStableMemory, key: Type = NAT32, max_key: int = 11, max_value: int = 40) -> Any:
    return Opener(stable, native_maps).open(5, max_key, max_value, Ordering(key, {}))


def test_a_map_keeps_its_limits_and_a_memory_its_content() -> None:
    stable = HeapStableMemory()
    open_natively(stable)
    with pytest.raises(StableCorruption, match="max_value_size must be <= 40"):
        open_natively(stable, max_value=41)
    with pytest.raises(StableCorruption, match="max_key_size must be <= 11"):
        open_natively(stable, max_key=10)
    with pytest.raises(StableCorruption):
        open_natively(HeapStableMemory(b"raw state" + bytes(PAGE)))
    with pytest.raises(StableFull):
        open_natively(HeapStableMemory(max_pages=100))
    with pytest.raises(ValueError, match="less than 255"):
        native_maps.Map(native_maps.Manager(stable), 255, 1, 1, bytes, None)


def test_what_kybras_canister_wrote_reads_the_same() -> None:
    interface = did.parse((FIXTURE / "fixture.did").read_text())
    stable = HeapStableMemory(gzip.decompress((FIXTURE / "memory.bin.gz").read_bytes()))
    maps = [(0, NAT64, 15, 1_024), (1, PRINCIPAL, 40, 200), (2, TEXT, 80, 300), (5, NAT64, 15, 600), (9, NAT32, 11, 8)]
    before = hashlib.sha256(stable.content).digest()
    for memory_id, key, max_key, max_value in maps:
        ordering = Ordering(key, interface.env)
        native, python = (
            Opener(stable, source).open(memory_id, max_key, max_value, ordering) for source in (native_maps, None)
        )
        items = list(native.items())
        assert items == list(python.items())
        assert (list(native.keys()), list(native.values())) == tuple(map(list, zip(*items, strict=True)))
        assert all(native.get(at) == value for at, value in items)
    assert hashlib.sha256(stable.content).digest() == before


def nat64(number: int) -> bytes:
    return encode([NAT64], [number])


def test_inner_nodes_are_read_once_and_what_is_kept_of_them_is_bounded() -> None:
    stable = HeapStableMemory()
    stored = open_natively(stable, NAT64, 15, 8)
    for number in seeded(5).sample(range(40_000), 20_000):
        stored.insert(nat64(number), b"")
    asked = [nat64(number) for number in range(0, 40_000, 37)]
    for key in asked * 2:
        stored.contains(key)
    before = stable.reads
    for key in asked:
        stored.contains(key)
    assert stable.reads - before < 6 * len(asked)  # of the leaf: its header, and at most four keys
    assert stored.kept() < 220_000
    stored.forget()
    assert all(stored.contains(key) == (stored.get(key) is not None) for key in asked)


class FailingMemory(HeapStableMemory):
    """Raises at the write before which `writes_left` others come."""

    writes_left = -1

    def stable64_write(self, offset: int, data: bytes, /) -> None:
        self.writes_left -= 1
        if self.writes_left == -1:
            raise InterruptedError
        super().stable64_write(offset, data)


@pytest.mark.parametrize("method", ["insert", "remove"])
def test_what_is_kept_goes_when_an_operation_fails(method: str) -> None:
    stable = FailingMemory()
    stored = open_natively(stable)
    numbers = seeded(6).sample(range(600), 300)
    for number in numbers:
        stored.insert(encode([NAT32], [number]), b"v")
    for writes in range(60):
        content = bytes(stable.content)
        stable.writes_left = writes
        key = encode([NAT32], [numbers[writes] if method == "remove" else 600 + writes])
        with contextlib.suppress(InterruptedError):
            stored.remove(key) if method == "remove" else stored.insert(key, b"w")
            continue
        stable.content = bytearray(content)
        stored.forget()
        stable.writes_left = -1
        fresh = open_natively(HeapStableMemory(content))
        assert [stored.get(encode([NAT32], [number])) for number in range(700)] == [
            fresh.get(encode([NAT32], [number])) for number in range(700)
        ]


def filled(type_: Type, max_key: int, value_of: Callable[[int], Any]) -> bytes:
    stable = HeapStableMemory()
    stored = open_natively(stable, type_, max_key)
    for number in seeded(3).sample(range(400), 200):
        stored.insert(encode([type_], [value_of(number)]), str(number).encode())
    for number in range(0, 400, 7):
        stored.remove(encode([type_], [value_of(number)]))
    return bytes(stable.content[: 2 * PAGE])


DAMAGED = {name: filled(*KEYS[name]) for name in ("nat32", "text", "principal", "record")}


def damage(stable: HeapStableMemory, rng: random.Random) -> None:
    """Overwrite single bytes of what says where things are, or whole numbers with large ones."""
    for _ in range(rng.choice([1, 3, 10, 200])):
        address = rng.choice([rng.randrange(2_100), PAGE + rng.randrange(120), PAGE + rng.randrange(PAGE // 2)])
        size = rng.choice([1, 1, 4, 8])
        stable.content[address : address + size] = rng.choice([bytes(size), b"\xff" * size, rng.randbytes(size)])


@pytest.mark.parametrize("name", DAMAGED)
@pytest.mark.parametrize("seed", range(100))
def test_damage_is_a_clean_error_or_goes_unnoticed(name: str, seed: int) -> None:
    type_, max_key, value_of = KEYS[name]
    rng = seeded(seed)
    stable = HeapStableMemory(DAMAGED[name] + bytes(127 * PAGE), max_pages=2_000)
    damage(stable, rng)
    stored = None
    with contextlib.suppress(StableMemoryError):
        stored = open_natively(stable, type_, max_key)
    for number in rng.sample(range(400), 40) if stored else ():
        key, other = (encode([type_], [value_of(each)]) for each in (number, number + 1))
        for method, *arguments in (("get", key), ("insert", key, b"x" * 40), ("remove", other), ("items",)):
            with contextlib.suppress(StableMemoryError):
                getattr(stored, method)(*arguments)


def test_nodes_that_go_in_a_circle_are_noticed() -> None:
    stable = HeapStableMemory(DAMAGED["nat32"] + bytes(127 * PAGE))
    root = int.from_bytes(stable.content[PAGE + 12 : PAGE + 20], "little")
    count = int.from_bytes(stable.content[PAGE + root + 5 : PAGE + root + 7], "little")
    children = PAGE + root + 7 + count * (8 + 11 + 40)
    stable.content[children : children + 8 * (count + 1)] = root.to_bytes(8, "little") * (count + 1)
    stored = open_natively(stable)
    key = encode([NAT32], [100_000])
    for operation in (stored.get, stored.remove, lambda key: stored.insert(key, b""), lambda _: stored.items()):
        with pytest.raises(StableCorruption):
            operation(key)


def test_an_order_that_raises_is_damage_and_its_other_errors_come_through() -> None:
    stored = native_maps.Map(native_maps.Manager(HeapStableMemory()), 0, 8, 8, int, None)
    stored.insert(b"1", b"")
    with pytest.raises(ValueError, match="invalid literal"):
        stored.get(b"x")

    def interrupted(_key: bytes) -> int:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        native_maps.Map(native_maps.Manager(HeapStableMemory()), 0, 8, 8, interrupted, None).insert(b"1", b"")


def test_types_are_named() -> None:
    assert Ordering(Named("Key"), {"Key": NAT64}).plan == ("Q", 7)
