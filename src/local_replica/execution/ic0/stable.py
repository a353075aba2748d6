"""Stable memory by the 32-bit and the 64-bit interface."""

from local_replica.execution.contexts import STABLE_PAGES
from local_replica.execution.costs import DIRTY_PAGE
from local_replica.execution.failures import Failure, too_much_accessed, trapped
from local_replica.execution.ic0.state import CallState
from local_replica.execution.stable import MAX_STABLE_PAGES, STABLE_PAGE

_MAX_32_BIT_PAGES = 1 << 16
_OUT_OF_MEMORY = "CanisterOutOfMemory"


def _refused(reason: str, name: str) -> Failure:
    failure = trapped(reason)
    failure.frame = name
    return failure


class StableCalls(CallState):
    """`stable_*` and `stable64_*`."""

    def _check_small(self, name: str) -> None:
        if self.stable.size > _MAX_32_BIT_PAGES * STABLE_PAGE:
            raise _refused("32 bit stable memory api used on a memory larger than 4GB", name)

    def stable_size(self) -> int:
        self._check_small("stable_size")
        return self.stable.size // STABLE_PAGE

    def stable64_size(self) -> int:
        return self.stable.size // STABLE_PAGE

    def stable_grow(self, pages: int) -> int:
        self._check_small("stable_grow")
        return self._grow(pages, _MAX_32_BIT_PAGES)

    def stable64_grow(self, pages: int) -> int:
        return self._grow(pages, MAX_STABLE_PAGES)

    def _grow(self, pages: int, limit: int) -> int:
        if self.stable.size // STABLE_PAGE + pages > limit:
            return -1
        error = self.allocate(pages * STABLE_PAGE) if pages else None
        if error is not None and error.code == _OUT_OF_MEMORY:
            return -1
        if error is not None:
            raise Failure(error.code, error.message, error.help)
        return self.stable.grow(pages)

    def _check(self, name: str, heap: int, offset: int, size: int) -> None:
        if offset + size > self.stable.size:
            raise _refused("stable memory out of bounds", name)
        if not self.stable.may_access(offset, size, STABLE_PAGES[self.request.entry]):
            raise too_much_accessed()
        if not self.has_heap(heap + size):
            raise _refused("heap out of bounds", name)

    def stable_read(self, dst: int, offset: int, size: int) -> None:
        if size:
            self._check_small("stable_read")
        self._read("stable_read", dst, offset, size)

    def stable64_read(self, dst: int, offset: int, size: int) -> None:
        self._read("stable64_read", dst, offset, size)

    def _read(self, name: str, dst: int, offset: int, size: int) -> None:
        if size:
            self._check(name, dst, offset, size)
            self.stable.copy_to(self.memory_base + dst, offset, size)

    def stable_write(self, offset: int, src: int, size: int) -> None:
        self._check_small("stable_write")
        if offset + size > self.stable.size:
            raise _refused("stable memory out of bounds", "stable_write")
        self._write("stable_write", offset, src, size)

    def stable64_write(self, offset: int, src: int, size: int) -> None:
        self._write("stable64_write", offset, src, size)

    def _write(self, name: str, offset: int, src: int, size: int) -> None:
        if size:
            self._check(name, src, offset, size)
            pages = self.stable.copy_from(self.memory_base + src, offset, size)
            self.charge(pages * DIRTY_PAGE)
