"""A sparse stable memory that can take back what was done to it."""

from typing import NamedTuple

PAGE = 65_536
_LIMIT = 1 << 23
"""Pages that fit in 500 GiB, rounded up to a power of two."""
_ZEROS = bytes(PAGE)


class Content(NamedTuple):
    """What a memory held at one time; pages are immutable, so this is cheap."""

    pages: int
    written: dict[int, bytes]


class StableMemory:
    """Pages by number; a page that was never written is all zeros."""

    def __init__(self) -> None:
        self.pages = 0
        self._written: dict[int, bytes] = {}

    def content(self) -> Content:
        return Content(self.pages, dict(self._written))

    def restore(self, content: Content) -> None:
        """Return to what `content` gave."""
        self.pages, self._written = content.pages, dict(content.written)

    def clear(self) -> None:
        self.pages, self._written = 0, {}

    def grow(self, pages: int) -> int:
        """Add pages; the former size, or -1 when that is too much."""
        before = self.pages
        if before + pages > _LIMIT:
            return -1
        self.pages += pages
        return before

    def fits(self, offset: int, length: int) -> bool:
        """Whether these bytes lie inside."""
        return offset + length <= self.pages * PAGE

    def read(self, offset: int, length: int) -> bytes:
        parts = []
        while length > 0:
            number, start = divmod(offset, PAGE)
            count = min(length, PAGE - start)
            parts.append(self._written.get(number, _ZEROS)[start : start + count])
            offset, length = offset + count, length - count
        return b"".join(parts)

    def write(self, offset: int, data: bytes) -> None:
        position = 0
        while position < len(data):
            number, start = divmod(offset + position, PAGE)
            count = min(len(data) - position, PAGE - start)
            page = self._written.get(number, _ZEROS)
            self._written[number] = page[:start] + data[position : position + count] + page[start + count :]
            position += count
