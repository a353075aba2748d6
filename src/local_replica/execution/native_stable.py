"""Stable memory whose reads and writes `host_calls.c` does: the undo log is C's, all else is `stable.py`'s."""

from ctypes import byref

from local_replica.execution.kernel import PAGE, map_anonymous, unmap
from local_replica.execution.native import HostCalls, NativeState, host_calls
from local_replica.execution.stable import MAX_STABLE_PAGES, STABLE_PAGE, StableMemory

_TOUCHED_BYTES = MAX_STABLE_PAGES * STABLE_PAGE // PAGE // 8
"""A bit for each page that stable memory may ever have; takes memory where pages are written."""


class NativeStableMemory(StableMemory):
    """The same as its base, to the page; `state` is what C works on."""

    def __init__(self, content: bytes, calls: HostCalls) -> None:
        super().__init__(content)
        self.state = NativeState()
        self.calls = calls
        self.state.touched = map_anonymous(_TOUCHED_BYTES)
        self.state.accessed = map_anonymous(_TOUCHED_BYTES)
        self.state.high = self.state.committed_high = self._high
        self._tell()

    def _tell(self) -> None:
        self.state.stable, self.state.stable_size = self._address, self.size

    def _twin(self) -> "NativeStableMemory":
        return NativeStableMemory(b"", self.calls)

    def move(self, address: int) -> None:
        super().move(address)
        self._tell()

    def _set_high(self, high: int) -> None:
        super()._set_high(high)
        self.state.high = self.state.committed_high = high

    def grow(self, pages: int) -> int:
        previous = super().grow(pages)
        self._tell()
        return previous

    def may_access(self, offset: int, length: int, limit: int) -> bool:
        self.state.page_limit = limit
        allowed: bool = self.calls.access(byref(self.state), offset, length)
        return allowed

    def copy_from(self, address: int, offset: int, length: int) -> int:
        if not length:
            return 0
        pages: int = self.calls.copy_from(byref(self.state), address, offset, length)
        if pages < 0:
            raise MemoryError("no memory to save pages of stable memory in")
        return pages

    def commit(self) -> list[int]:
        state = self.state
        changed: list[int] = state.pages[: state.count] if state.count else []
        self._keep_apart(changed)
        self.calls.commit(byref(state))
        self._committed_size = self.size
        self._high = self._committed_high = state.high
        return changed

    def rollback(self) -> None:
        self._high = self.state.high
        self.calls.rollback(byref(self.state))
        super().rollback()
        self._tell()

    def close(self) -> None:
        was_made = bool(self._address)
        self._give_back()
        if was_made and self.state.touched:
            unmap(self.state.touched, _TOUCHED_BYTES)
            unmap(self.state.accessed, _TOUCHED_BYTES)
            self.calls.free(byref(self.state))
            self.state = NativeState()
        super().close()


def new_stable_memory(content: bytes = b"") -> StableMemory:
    """Stable memory in C where that was compiled, else in Python."""
    calls = host_calls()
    return NativeStableMemory(content, calls) if calls is not None else StableMemory(content)
