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
        self._lender: StableMemory | None = None
        self.borrowers: list[StableMemory] = []
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

    def lend(self) -> "StableMemory":
        """The same committed bytes for another instance, which has to be closed before these change.

        They are copied once the other keeps something it wrote; until then its undo log stands before these bytes.
        """
        twin = self._twin()
        twin.borrow(self, self._address, self._committed_size, self._committed_high)
        self.borrowers.append(twin)
        return twin

    def _twin(self) -> "StableMemory":
        return StableMemory()

    def borrow(self, lender: "StableMemory", address: int, size: int, high: int) -> None:
        """Show what a lender committed, of which nothing from `high` on is written, in place of what is here."""
        unmap(self._address, self._reserved)
        self._lender, self._reserved = lender, 0
        self.size = self._committed_size = size
        self._set_high(high)
        self.move(address)

    def move(self, address: int) -> None:
        """Note where the bytes are now, here and with those that borrow them."""
        self._address = address
        for borrower in self.borrowers:
            borrower.move(address)

    def _set_high(self, high: int) -> None:
        self._high = self._committed_high = high

    def _keep_apart(self, changed: list[int]) -> None:
        """What is about to be committed is no lender's."""
        if self._lender is not None and (changed or self.size != self._committed_size):
            self._own()

    def _own(self) -> None:
        """Stop borrowing: bytes as they were written here, of which the lender keeps none."""
        content = self.read(0, self.size)
        self._give_back()
        self.size = self._committed_size = self._reserved = len(content)
        self._set_high(self.size)
        self.move(map_anonymous(self._reserved))
        self._fill(content)

    def _give_back(self) -> None:
        """Leave a lender's bytes as they were."""
        if self._lender is not None:
            self.rollback()
            self._lender.borrowers.remove(self)
            self._lender, self._address = None, 0

    def filled_pages(self) -> list[int]:
        """Numbers of the 4 KiB pages that may hold anything but zeros."""
        zeros = _ZEROS[:PAGE]
        pages = range(self._high // PAGE + (self._high % PAGE > 0))
        return [page for page in pages if string_at(self._address + page * PAGE, PAGE) != zeros]

    def grow(self, pages: int) -> int:
        """Previous size in pages; the caller has checked MAX_STABLE_PAGES."""
        previous = self.size // STABLE_PAGE
        new_size = self.size + pages * STABLE_PAGE
        self.reserve(new_size)
        self.size = new_size
        return previous

    def reserve(self, size: int) -> None:
        """Have room for so many bytes; a lender has it for its borrowers."""
        if self._lender is not None:
            self._lender.reserve(size)
        elif size > self._reserved:
            reserve = max(size, 2 * self._reserved)
            self.move(remap(self._address, self._reserved, reserve))
            self._reserved = reserve

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
        self._keep_apart(changed)
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
        self._give_back()
        if self._address:
            unmap(self._address, self._reserved)
            self._address = 0

    def __del__(self) -> None:
        self.close()
