"""Heaps and stable memory without a module: what they keep, what they give back, what the kernel tells."""

import ctypes
from collections.abc import Iterator

import pytest

from local_replica.execution import kernel
from local_replica.execution.heap import ComparedHeap, CopyOnWriteHeap, Heap, copy_on_write_works, new_heap
from local_replica.execution.kernel import PAGE, DirtyPages
from local_replica.execution.stable import STABLE_PAGE, StableMemory

SIZE = 64 * PAGE


@pytest.fixture
def base() -> Iterator[int]:
    address = kernel.map_anonymous(4 * SIZE)
    yield address
    kernel.unmap(address, 4 * SIZE)


@pytest.fixture(params=[True, False], ids=["copy-on-write", "compared"])
def heap(request: pytest.FixtureRequest) -> Iterator[Heap]:
    heap = new_heap(SIZE, copy_on_write=request.param)
    yield heap
    heap.close()


def poke(address: int, content: bytes) -> None:
    ctypes.memmove(address, content, len(content))


def test_this_kernel_is_one_that_copy_on_write_works_on() -> None:
    assert copy_on_write_works()
    assert isinstance(new_heap(PAGE, copy_on_write=True), CopyOnWriteHeap)
    assert isinstance(new_heap(PAGE, copy_on_write=False), ComparedHeap)


def test_commit_keeps_and_names_the_pages_that_changed(heap: Heap, base: int) -> None:
    heap.write(3 * PAGE, b"before")
    heap.attach(base)
    poke(base + 3 * PAGE, b"behind")
    poke(base + 9 * PAGE + 100, b"new")
    poke(base + 20 * PAGE, b"\0")
    assert heap.commit(SIZE) == [3, 9]
    assert heap.commit(SIZE) == []
    assert heap.read(3 * PAGE, 6) == b"behind"


def test_rollback_brings_back_what_was_committed(heap: Heap, base: int) -> None:
    heap.attach(base)
    poke(base, b"kept")
    heap.commit(SIZE)
    poke(base, b"lost")
    poke(base + 5 * PAGE, b"lost")
    heap.rollback()
    assert ctypes.string_at(base, 4) == b"kept"
    assert ctypes.string_at(base + 5 * PAGE, 4) == bytes(4)
    assert heap.commit(SIZE) == []


def test_a_heap_that_grew_keeps_old_and_new(heap: Heap, base: int) -> None:
    heap.attach(base)
    poke(base, b"old")
    poke(base + SIZE + PAGE, b"new")
    assert heap.commit(2 * SIZE) == [0, SIZE // PAGE + 1]
    poke(base + SIZE + PAGE, b"xxx")
    heap.rollback()
    assert ctypes.string_at(base + SIZE + PAGE, 3) == b"new"
    assert heap.size == 2 * SIZE


def test_a_copy_shares_nothing(heap: Heap, base: int) -> None:
    heap.write(0, b"one")
    heap.write(40 * PAGE, b"two")
    twin = heap.copy()
    heap.write(0, b"six")
    assert (twin.read(0, 3), twin.read(40 * PAGE, 3), twin.size) == (b"one", b"two", SIZE)
    twin.close()


def test_many_dirty_pages_are_dropped_rather_than_kept(base: int) -> None:
    heap = CopyOnWriteHeap(4 * SIZE)
    heap.attach(base)
    for _ in range(3):
        for page in range(4 * SIZE // PAGE):
            poke(base + page * PAGE, b"\1")
        heap.rollback()
        assert ctypes.string_at(base, 4 * SIZE) == bytes(4 * SIZE)
    heap.close()


@pytest.mark.parametrize("has_ioctl", [True, False])
def test_dirty_pages_are_found_with_and_without_the_scanning_call(base: int, *, has_ioctl: bool) -> None:
    pages = DirtyPages()
    pages._has_ioctl = has_ioctl
    heap = CopyOnWriteHeap(SIZE)
    heap.attach(base)
    ctypes.string_at(base + 7 * PAGE, 1)
    for page in (0, 1, 2, 30, 63):
        poke(base + page * PAGE, b"\1")
    runs = [(0, 3 * PAGE), (30 * PAGE, 31 * PAGE), (63 * PAGE, 64 * PAGE)]
    assert pages.runs(base, SIZE) == runs
    heap.close()


def test_the_scan_goes_on_where_its_buffer_was_full(base: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(kernel, "_SCAN_BATCH", 4)
    heap = CopyOnWriteHeap(SIZE)
    heap.attach(base)
    for page in range(0, 64, 2):
        poke(base + page * PAGE, b"\1")
    assert DirtyPages().runs(base, SIZE) == [(page * PAGE, (page + 1) * PAGE) for page in range(0, 64, 2)]
    heap.close()


def test_stable_memory_grows_keeps_and_takes_back(base: int) -> None:
    stable = StableMemory()
    assert stable.grow(2) == 0
    poke(base, b"content")
    stable.copy_from(base, 2 * STABLE_PAGE - 7, 7)
    assert stable.commit() == [2 * STABLE_PAGE // PAGE - 1]
    stable.grow(1_000)
    poke(base, b"changed")
    stable.copy_from(base, 2 * STABLE_PAGE - 7, 7)
    stable.copy_from(base, 500 * STABLE_PAGE, 7)
    stable.rollback()
    assert stable.size == 2 * STABLE_PAGE
    assert stable.read(2 * STABLE_PAGE - 7, 7) == b"content"
    assert stable.grow(1_000) == 2
    assert stable.read(500 * STABLE_PAGE, 7) == bytes(7)
    stable.close()


def test_stable_memory_of_gibibytes_takes_only_what_was_written(base: int) -> None:
    stable = StableMemory()
    stable.grow((300 << 30) // STABLE_PAGE)
    poke(base, b"far")
    stable.copy_from(base, 299 << 30, 3)
    stable.commit()
    assert stable.read(299 << 30, 3) == b"far"
    stable.close()
