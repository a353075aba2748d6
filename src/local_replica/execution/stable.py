"""Stable memory: bytes on the host's side with an undo log of the 4 KiB pages that a message touched."""

from ctypes import memmove, string_at

from local_replica.execution.kernel import PAGE, drop_pages, map_anonymous, read_memory, remap, unmap

STABLE_PAGE = 1 << 16
MAX_STABLE_PAGES = (500 << 30) // STABLE_PAGE
_FIRST_RESERVE = 1 << 20
_ZEROS = bytes(STABLE_PAGE)


class StableMemory:
    """Grows by pages of 64 KiB; takes memory only where it was written. Bounds are the caller's to check."""

    def __init__(self, content: bytes = b"") -> None:
        self._address = 0
        self.size = len(content)
        self._committed_size = self.size
        self._reserved = max(_FIRST_RESERVE, self.size)
        self._address = map_anonymous(self._reserved)
        self._undo: dict[int, bytes] = {}
        self._accessed: set[int] = set()
        self._high = self.size
        """No byte at or above it is written."""
        self._committed_high = self.size
        if content:
            self._fill(content)

    def _fill(self, content: bytes) -> None:
        for start in range(0, len(content), STABLE_PAGE):
            chunk = content[start : start + STABLE_PAGE]
            if chunk != _ZEROS:
                memmove(self._address + start, chunk, len(chunk))

    def filled_pages(self) -> list[int]:
        """Numbers of the 4 KiB pages that may hold anything but zeros."""
        zeros = _ZEROS[:PAGE]
        pages = range(self._high // PAGE + (self._high % PAGE > 0))
        return [page for page in pages if string_at(self._address + page * PAGE, PAGE) != zeros]

    def grow(self, pages: int) -> int:
        """Previous size in pages; the caller has checked MAX_STABLE_PAGES."""
        previous = self.size // STABLE_PAGE
        new_size = self.size + pages * STABLE_PAGE
        if new_size > self._reserved:
            reserve = max(new_size, 2 * self._reserved)
            self._address = remap(self._address, self._reserved, reserve)
            self._reserved = reserve
        self.size = new_size
        return previous

    def read(self, offset: int, length: int) -> bytes:
        return read_memory(self._address + offset, length)

    def may_access(self, offset: int, length: int, limit: int) -> bool:
        """Whether the message may access these bytes too; `limit` counts 4 KiB pages."""
        if length:
            self._accessed.update(range(offset // PAGE, (offset + length - 1) // PAGE + 1))
        return len(self._accessed) <= limit

    def copy_to(self, address: int, offset: int, length: int) -> None:
        """Copy `length` bytes from `offset` to a linear memory."""
        memmove(address, self._address + offset, length)

    def copy_from(self, address: int, offset: int, length: int) -> int:
        """Copy `length` bytes from a linear memory to `offset`; gives how many pages the message first touched."""
        if not length:
            return 0
        undo = self._undo
        before = len(undo)
        for page in range(offset // PAGE, (offset + length - 1) // PAGE + 1):
            if page not in undo:
                at = page * PAGE
                undo[page] = string_at(self._address + at, PAGE) if at < self._committed_high else b""
        memmove(self._address + offset, address, length)
        self._high = max(self._high, offset + length)
        return len(undo) - before

    def commit(self) -> list[int]:
        """Keep what was written; gives the numbers of the 4 KiB pages that changed."""
        changed = list(self._undo)
        self._undo.clear()
        self._accessed.clear()
        self._committed_size = self.size
        self._committed_high = self._high
        return changed

    def rollback(self) -> None:
        for page, content in self._undo.items():
            if content:
                memmove(self._address + page * PAGE, content, PAGE)
        fresh = -(-self._committed_high // PAGE) * PAGE
        if self._high > fresh:
            drop_pages(self._address + fresh, self._high - fresh)
        self._high = self._committed_high
        self._undo.clear()
        self._accessed.clear()
        self.size = self._committed_size

    def close(self) -> None:
        if self._address:
            unmap(self._address, self._reserved)
            self._address = 0

    def __del__(self) -> None:
        self.close()
