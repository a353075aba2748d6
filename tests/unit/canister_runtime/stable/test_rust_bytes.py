"""Memories that the Rust library (ic-stable-structures 0.5.6) wrote under the same pseudo-random operations.

The digests come from a small Rust program that ran `operations` below over two maps of one memory manager; the
numbers are those of a linear congruential generator, so that both sides draw the same.
"""

import hashlib
from collections.abc import Iterator

import pytest

from canister_runtime.stable.btree import BTreeMap
from canister_runtime.stable.memory import MemoryManager
from support.stable_memory import HeapStableMemory


def draws(seed: int) -> Iterator[int]:
    state = seed
    while True:
        state = (state * 6364136223846793005 + 1442695040888963407) & ((1 << 64) - 1)
        yield state >> 33


def operations(small: BTreeMap, large: BTreeMap, seed: int, count: int, keys: int) -> None:
    """Phases that mostly insert alternate with phases that mostly remove; values of up to 40 and 5,000 bytes."""
    numbers = draws(seed)
    for turn in range(count):
        choice, key, length = next(numbers), str(next(numbers) % keys).encode(), next(numbers)
        inserts = choice % 10 < (7 if turn * 6 // count % 2 == 0 else 3)
        stored, limit = (small, 41) if choice % 2 == 0 else (large, 5001)
        if inserts:
            stored.insert(key, bytes([length % 251]) * (length % limit))
        else:
            stored.remove(key)


@pytest.mark.parametrize(
    ("seed", "count", "keys", "digest"),
    [
        (1, 3_000, 300, "566ebfeed9da7102c78bd2d9b05f277b0eb1e79a8f6a7aa1e604ded6fa5e68b7"),
        (2, 20_000, 1_500, "45fca19d3a3686481e05baa20b406ac75a2869ef0c434d6daa39dd6a0f677448"),
        (3, 20_000, 60, "a36113ec967bbb224283cb5309c9d9c38efa92d766d982c3f83043caa5af1e05"),
        (5, 30_000, 12, "f7b49674db8636b7f8a70ab0c4faec42e512f9a9374b7cab6827f5a90dc16681"),
    ],
)
def test_random_operations_leave_the_rust_librarys_bytes(seed: int, count: int, keys: int, digest: str) -> None:
    stable = HeapStableMemory()
    manager = MemoryManager(stable)
    small = BTreeMap(manager.memory(3), 12, 40, int)
    large = BTreeMap(manager.memory(7), 12, 5_000, int)
    operations(small, large, seed, count, keys)
    assert hashlib.sha256(stable.content).hexdigest() == digest
