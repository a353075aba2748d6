"""Heaps and stable memory without a module: what they keep, what they give back, what the kernel tells."""

import ctypes
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from local_replica.execution import kernel
from local_replica.execution.heap import ComparedHeap, CopyOnWriteHeap, Heap, copy_on_write_works
from local_replica.execution.kernel import PAGE, DirtyPages
from local_replica.execution.native_heap import NativeHeap, new_heap
from local_replica.execution.native_stable import NativeStableMemory, new_stable_memory
from local_replica.execution.stable import STABLE_PAGE, StableMemory

SIZE = 64 * PAGE


@pytest.fixture
def base() -> Iterator[int]:
    address = kernel.map_anonymous(4 * SIZE)
    yield address
    kernel.unmap(address, 4 * SIZE)


def in_c(size: int) -> Heap:
    return new_heap(size, copy_on_write=True)


def compared(size: int) -> Heap:
    return new_heap(size, copy_on_write=False)


@pytest.fixture(params=[in_c, CopyOnWriteHeap, compared])
def heap(request: pytest.FixtureRequest) -> Iterator[Heap]:
    heap: Heap = request.param(SIZE)
    yield heap
    heap.close()


@pytest.fixture(params=[StableMemory, new_stable_memory])
def stable(request: pytest.FixtureRequest) -> Iterator[StableMemory]:
    stable: StableMemory = request.param()
    yield stable
    stable.close()


def poke(address: int, content: bytes) -> None:
    ctypes.memmove(address, content, len(content))


def test_this_kernel_is_one_that_copy_on_write_works_on() -> None:
    assert copy_on_write_works()
    assert isinstance(new_heap(PAGE, copy_on_write=True), NativeHeap)
    assert isinstance(new_stable_memory(), NativeStableMemory)
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


@pytest.mark.parametrize("kind", [in_c, CopyOnWriteHeap])
def test_many_dirty_pages_are_dropped_rather_than_kept(base: int, kind: Callable[[int], Heap]) -> None:
    heap = kind(4 * SIZE)
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


def test_stable_memory_grows_keeps_and_takes_back(stable: StableMemory, base: int) -> None:
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


def test_stable_memory_of_gibibytes_takes_only_what_was_written(stable: StableMemory, base: int) -> None:
    stable.grow((300 << 30) // STABLE_PAGE)
    poke(base, b"far")
    stable.copy_from(base, 299 << 30, 3)
    stable.commit()
    assert stable.read(299 << 30, 3) == b"far"


PAGES = st.lists(st.tuples(st.integers(0, 3 * SIZE // PAGE - 1), st.binary(min_size=1, max_size=3)), max_size=8)
MESSAGES = st.lists(st.tuples(PAGES, st.booleans(), st.booleans()), max_size=6)


@given(MESSAGES)
def test_a_heap_searched_by_c_is_the_one_searched_by_python(messages: list[tuple[Any, bool, bool]]) -> None:
    told: list[list[Any]] = []
    for kind in (in_c, CopyOnWriteHeap, compared):
        base, heap = kernel.map_anonymous(4 * SIZE), kind(SIZE)
        heap.attach(base)
        history: list[Any] = []
        for pokes, keeps, grows in messages:
            extent = min(heap.size + SIZE * (grows and keeps), 3 * SIZE)
            for page, content in pokes:
                if page * PAGE < extent:
                    poke(base + page * PAGE, content)
            history.append(sorted(heap.changes(extent)))
            if keeps:
                heap.commit(extent)
            else:
                heap.rollback()
            history.append((heap.read(0, heap.size), ctypes.string_at(base, heap.size)))
        told.append(history)
        heap.close()
        kernel.unmap(base, 4 * SIZE)
    assert told[0] == told[1] == told[2]


WRITES = st.lists(st.tuples(st.integers(0, 2 * STABLE_PAGE - 1), st.binary(min_size=1, max_size=9_000)), max_size=5)


@given(st.lists(st.tuples(WRITES, st.booleans()), max_size=6))
def test_stable_memory_in_c_is_the_one_in_python(messages: list[tuple[Any, bool]]) -> None:
    told: list[list[Any]] = []
    for stable in (StableMemory(b"\1" * STABLE_PAGE), new_stable_memory(b"\1" * STABLE_PAGE)):
        history: list[Any] = []
        for writes, keeps in messages:
            stable.grow(1)
            for offset, content in writes:
                source = ctypes.create_string_buffer(content, len(content))
                fits = content[: stable.size - offset] if offset < stable.size else b""
                history.append(stable.copy_from(ctypes.addressof(source), offset, len(fits)))
            history.append(stable.commit() if keeps else stable.rollback())
            history.append((stable.size, stable.read(0, stable.size), stable.filled_pages()))
        told.append(history)
        stable.close()
    assert told[0] == told[1]


@pytest.mark.slow
def test_more_than_two_gibibytes_are_read_whole() -> None:
    size = (1 << 31) + PAGE
    address = kernel.map_anonymous(size)
    poke(address + size - 4, b"last")
    content = kernel.read_memory(address, size)
    kernel.unmap(address, size)
    assert (len(content), content[:4], content[-4:]) == (size, bytes(4), b"last")


STEPS = st.lists(
    st.one_of(
        st.tuples(st.just("write"), st.integers(0, 3 * STABLE_PAGE), st.binary(min_size=1, max_size=2 * PAGE)),
        st.tuples(st.just("grow"), st.integers(0, 40), st.just(b"")),
        st.tuples(st.sampled_from(["commit", "rollback", "the lender's message"]), st.just(0), st.just(b"")),
    ),
    max_size=12,
)


def written_to(stable: StableMemory, offset: int, content: bytes) -> None:
    buffer = ctypes.create_string_buffer(content)
    stable.copy_from(ctypes.addressof(buffer), offset, len(content))


@given(make=st.sampled_from([StableMemory, new_stable_memory]), content=st.binary(max_size=PAGE), steps=STEPS)
def test_a_lent_memory_is_changed_by_itself_alone(
    make: Callable[[bytes], StableMemory], content: bytes, steps: list[tuple[str, int, bytes]]
) -> None:
    initial = content.ljust(2 * STABLE_PAGE, b"\0")
    lender = make(initial)
    borrower = lender.lend()
    committed, present = initial, bytearray(initial)
    for step, number, written in steps:
        if step == "write" and number + len(written) <= borrower.size:
            written_to(borrower, number, written)
            present[number : number + len(written)] = written
        elif step == "grow":
            borrower.grow(number)
            present += bytes(number * STABLE_PAGE)
        elif step == "commit":
            borrower.commit()
            committed = bytes(present)
        else:
            borrower.rollback()
            present = bytearray(committed)
        if step == "the lender's message":
            assert lender.read(0, lender.size) == initial
            lender.grow(60)
            written_to(lender, 3 * STABLE_PAGE, b"passes")
            lender.rollback()
        assert borrower.read(0, borrower.size) == present
    borrower.close()
    assert lender.read(0, lender.size) == initial
    lender.close()
