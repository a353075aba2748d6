"""The linear memory of an instance between and during messages (docs/decisions/0003)."""

import ctypes
import errno
import os
from collections.abc import Iterable, Iterator
from ctypes import c_char, memmove
from typing import Protocol

from local_replica.execution.kernel import (
    PAGE,
    compare,
    dirty_pages,
    drop_pages,
    map_anonymous,
    map_private,
    map_shared,
    unmap,
)

_CHUNK = 1 << 16
_ZEROS = bytes(_CHUNK)
_ZERO_PAGE = bytes(PAGE)
_KEPT_PRIVATE = 256 * PAGE
"""Private bytes beyond what messages change that are worth keeping rather than faulting in again."""
_DROPPED_EVERY = 64
"""Messages after which private pages are dropped, so that what one of them wrote is not compared for ever."""


class Heap(Protocol):
    """Committed contents of a linear memory, laid under wasmtime's at `attach`."""

    size: int
    """Committed size in bytes."""

    def attach(self, base: int) -> None:
        """Make the memory at `base` (at least `size` bytes) show the committed contents."""

    def changes(self, new_size: int) -> list[int]:
        """Numbers of the 4 KiB pages that the message at hand changed, before commit or rollback."""

    def commit(self, new_size: int) -> list[int]:
        """Keep what was written; gives the numbers of the 4 KiB pages that changed."""

    def rollback(self) -> None:
        """Drop what was written below `size`. A memory that grew has to be replaced and attached anew."""

    def read(self, start: int, length: int) -> bytes:
        """Committed bytes."""

    def write(self, start: int, content: bytes) -> None:
        """Set committed bytes, before `attach`."""

    def filled_pages(self) -> list[int]:
        """Numbers of the 4 KiB pages that may hold anything but zeros."""

    def copy(self) -> "Heap":
        """An independent heap with the same committed contents, not attached."""

    def close(self) -> None: ...


class CopyOnWriteHeap:
    """Committed contents in a memory file that is mapped privately over the linear memory.

    A message's writes become private pages, which the kernel can list. They stay private from message to message, since
    taking a page fault costs more than comparing a page: commit copies the ones that changed into the file, rollback
    copies the file's back. Now and then all are dropped, so that pages which one message wrote (an init, an error) are
    not compared ever after. Costs grow with what messages touch, not with the heap.
    """

    def __init__(self, size: int) -> None:
        self.size = size
        self._base = 0
        self._view = 0
        self._pending: tuple[int, list[int]] | None = None
        """Bytes of private pages, and the pages that changed, as the last `changes` found them."""
        self._runs: list[tuple[int, int]] = []
        """Runs of private pages, as the last search found them."""
        self._messages = 0
        """Commits and rollbacks since private pages were dropped."""
        self._fd = -1
        self._fd = os.memfd_create("heap", os.MFD_CLOEXEC)
        os.ftruncate(self._fd, size)

    def attach(self, base: int) -> None:
        self._base = base
        self._pending = None
        if self.size:
            map_private(base, self.size, self._fd)
            self._view = self._view or map_shared(self.size, self._fd)

    def changes(self, new_size: int) -> list[int]:
        if self._pending is None:
            self._pending = self._find(new_size) if new_size else (0, [])
        return self._pending[1]

    def _find(self, extent: int) -> tuple[int, list[int]]:
        """Bytes of private pages below `extent`, and the pages among them that changed."""
        self._runs = dirty_pages.runs(self._base, extent)
        return sum(end - start for start, end in self._runs), self._compare(self._runs)

    def _compare(self, runs: list[tuple[int, int]]) -> list[int]:
        base, view, size = self._base, self._view, self.size
        changed: list[int] = []
        for start, end in runs:
            known = min(end, size)
            if start < known and compare(base + start, view + start, known - start):
                if known - start == PAGE:
                    changed.append(start // PAGE)
                else:
                    changed += [at // PAGE for at in range(start, known, PAGE) if compare(base + at, view + at, PAGE)]
            if end > size:
                changed += self._filled_since(max(start, size), end)
        return changed

    def _filled_since(self, start: int, end: int) -> list[int]:
        """Pages beyond the committed size that are not zero."""
        pages = range(start, end, PAGE)
        return [at // PAGE for at in pages if ctypes.string_at(self._base + at, PAGE) != _ZERO_PAGE]

    def commit(self, new_size: int) -> list[int]:
        changed = self.changes(new_size)
        private, _ = self._pending or (0, [])
        self._pending = None
        if new_size != self.size:
            self._commit_grown(new_size)
            return changed
        self._keep(changed)
        self._messages += 1
        if self._messages >= _DROPPED_EVERY or private > 2 * PAGE * len(changed) + _KEPT_PRIVATE:
            self._drop()
        return changed

    def _keep(self, changed: list[int]) -> None:
        for page in changed:
            memmove(self._view + page * PAGE, self._base + page * PAGE, PAGE)

    def _undo(self, changed: list[int]) -> None:
        for page in changed:
            memmove(self._base + page * PAGE, self._view + page * PAGE, PAGE)

    def _private_runs(self) -> list[tuple[int, int]]:
        """Runs of private pages as the last search found them."""
        return self._runs

    def _drop(self) -> None:
        """Forget all private pages; they hold what is committed, or what is rolled back."""
        self._messages = 0
        drop_pages(self._base, self.size)

    def _commit_grown(self, new_size: int) -> None:
        os.ftruncate(self._fd, new_size)
        for start, end in self._private_runs():
            os.pwrite(self._fd, (c_char * (end - start)).from_address(self._base + start), start)
        self._unmap_view()
        self.size = new_size
        self.attach(self._base)

    def rollback(self) -> None:
        if not self.size:
            return
        private, changed = self._pending or self._find(self.size)
        self._pending = None
        self._messages += 1
        if self._messages >= _DROPPED_EVERY or private > _KEPT_PRIVATE:
            self._drop()
        else:
            self._undo(changed)

    def read(self, start: int, length: int) -> bytes:
        return os.pread(self._fd, length, start)

    def write(self, start: int, content: bytes) -> None:
        for offset in range(0, len(content), _CHUNK):
            chunk = content[offset : offset + _CHUNK]
            if len(chunk) < _CHUNK or chunk != _ZEROS:
                os.pwrite(self._fd, chunk, start + offset)

    def filled_pages(self) -> list[int]:
        return _pages(list(self._filled()))

    def _filled(self) -> Iterator[tuple[int, int]]:
        """Ranges of the file that were ever written."""
        position = 0
        while position < self.size:
            try:
                position = os.lseek(self._fd, position, os.SEEK_DATA)
            except OSError as error:
                if error.errno == errno.ENXIO:
                    return
                raise
            end = os.lseek(self._fd, position, os.SEEK_HOLE)
            yield position, end
            position = end

    def twin(self) -> "CopyOnWriteHeap":
        """A heap of the same kind and size without contents."""
        return CopyOnWriteHeap(self.size)

    def copy(self) -> "CopyOnWriteHeap":
        twin = self.twin()
        twin.fill(self._fd, self._filled())
        return twin

    def fill(self, source: int, ranges: Iterable[tuple[int, int]]) -> None:
        """Copy ranges of another memory file, by its descriptor."""
        for start, end in ranges:
            position = start
            os.lseek(self._fd, position, os.SEEK_SET)
            while position < end:
                position += os.sendfile(self._fd, source, position, end - position)

    def _unmap_view(self) -> None:
        if self._view:
            unmap(self._view, self.size)
            self._view = 0

    def close(self) -> None:
        self._unmap_view()
        if self._fd >= 0:
            os.close(self._fd)
            self._fd = -1

    def __del__(self) -> None:
        self.close()


class ComparedHeap:
    """Committed contents as a plain copy, compared page by page: for kernels without memory files or a page map."""

    def __init__(self, size: int) -> None:
        self.size = size
        self._base = 0
        self._committed = bytearray(size)

    def attach(self, base: int) -> None:
        self._base = base
        self.rollback()

    def changes(self, new_size: int) -> list[int]:
        changed = []
        for start in range(0, new_size, _CHUNK):
            present = ctypes.string_at(self._base + start, min(_CHUNK, new_size - start))
            known = bytes(self._committed[start : start + _CHUNK]).ljust(len(present), b"\0")
            if known != present:
                changed += [
                    (start + at) // PAGE
                    for at in range(0, len(present), PAGE)
                    if known[at : at + PAGE] != present[at : at + PAGE]
                ]
        return changed

    def commit(self, new_size: int) -> list[int]:
        changed = self.changes(new_size)
        self._committed.extend(bytes(new_size - self.size))
        self.size = new_size
        for page in changed:
            self._committed[page * PAGE : page * PAGE + PAGE] = ctypes.string_at(self._base + page * PAGE, PAGE)
        return changed

    def rollback(self) -> None:
        if self.size:
            memmove(self._base, (c_char * self.size).from_buffer(self._committed), self.size)

    def read(self, start: int, length: int) -> bytes:
        return bytes(self._committed[start : start + length])

    def write(self, start: int, content: bytes) -> None:
        self._committed[start : start + len(content)] = content

    def filled_pages(self) -> list[int]:
        return [at // PAGE for at in range(0, self.size, PAGE) if self._committed[at : at + PAGE] != _ZERO_PAGE]

    def copy(self) -> "ComparedHeap":
        twin = ComparedHeap(0)
        twin.size, twin._committed = self.size, bytearray(self._committed)
        return twin

    def close(self) -> None:
        self._committed = bytearray()


def _pages(runs: list[tuple[int, int]]) -> list[int]:
    return [page for start, end in runs for page in range(start // PAGE, end // PAGE)]


def copy_on_write_works() -> bool:
    """Whether this kernel gives memory files and an honest page map."""
    base = map_anonymous(2 * PAGE)
    heap = None
    try:
        heap = CopyOnWriteHeap(2 * PAGE)
        heap.attach(base)
        ctypes.memset(base + PAGE, 1, 1)
        return heap.commit(2 * PAGE) == [1] and heap.read(PAGE, 1) == b"\x01"
    except (OSError, AttributeError):
        return False
    finally:
        unmap(base, 2 * PAGE)
        if heap is not None:
            heap.close()
