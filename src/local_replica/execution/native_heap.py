"""A copy-on-write heap whose pages `c/pages.c` lists, compares and copies; all else is `heap.py`'s."""

import errno
import os
from ctypes import byref

from local_replica.execution.heap import ComparedHeap, CopyOnWriteHeap, Heap
from local_replica.execution.kernel import PAGE, dirty_pages
from local_replica.execution.native import Changes, HostCalls, host_calls

_MANY = 64 * PAGE
"""Private bytes from which a search is worth giving the interpreter's lock away for."""
_NO_SCAN = (errno.ENOTTY, errno.EINVAL, errno.ENOSYS)


class NativeHeap(CopyOnWriteHeap):
    """The same as its base, to the page. Raises OSError where the kernel cannot list pages."""

    def __init__(self, size: int, calls: HostCalls) -> None:
        super().__init__(size)
        self._calls = calls
        self._changes = Changes()
        self._found_by_c = True

    def twin(self) -> "NativeHeap":
        return NativeHeap(self.size, self._calls)

    def _find(self, extent: int) -> tuple[int, list[int]]:
        changes, calls = self._changes, self._calls
        find = calls.find_aside if changes.private_bytes > _MANY else calls.find
        code = find(byref(changes), dirty_pages.page_map().fileno(), self._base, self._view, self.size, extent)
        self._found_by_c = not code
        if code in _NO_SCAN:
            return super()._find(extent)
        if code:
            raise OSError(code, os.strerror(code))
        return changes.private_bytes, changes.changed[: changes.changed_count] if changes.changed_count else []

    def _keep(self, changed: list[int]) -> None:
        if self._found_by_c:
            self._calls.keep(byref(self._changes), self._base, self._view)
        else:
            super()._keep(changed)

    def _undo(self, changed: list[int]) -> None:
        if self._found_by_c:
            self._calls.undo(byref(self._changes), self._base, self._view)
        else:
            super()._undo(changed)

    def _private_runs(self) -> list[tuple[int, int]]:
        changes = self._changes
        if not self._found_by_c:
            return super()._private_runs()
        return [(run.start, run.end) for run in changes.runs[: changes.run_count]] if changes.run_count else []

    def close(self) -> None:
        super().close()
        self._calls.free_changes(byref(self._changes))


def new_heap(size: int, *, copy_on_write: bool) -> Heap:
    """A heap of `size` zero bytes, of the quickest kind that this machine can have."""
    if not copy_on_write:
        return ComparedHeap(size)
    calls = host_calls()
    return NativeHeap(size, calls) if calls is not None else CopyOnWriteHeap(size)
