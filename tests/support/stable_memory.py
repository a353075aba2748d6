"""Stable memory in the heap, with the bounds that the system API checks."""

PAGE = 65_536


class HeapStableMemory:
    """The four stable64 functions over a bytearray; counts calls, so that tests can bound them."""

    def __init__(self, content: bytes = b"", max_pages: int = 1 << 20) -> None:
        self.content = bytearray(content)
        self.max_pages = max_pages
        self.reads = 0
        self.writes = 0
        self.bytes_moved = 0

    def stable64_size(self) -> int:
        return len(self.content) // PAGE

    def stable64_grow(self, pages: int, /) -> int:
        before = self.stable64_size()
        if before + pages > self.max_pages:
            return -1
        self.content += bytes(pages * PAGE)
        return before

    def stable64_read(self, offset: int, length: int, /) -> bytes:
        assert 0 <= offset <= offset + length <= len(self.content), "read out of bounds"
        self.reads += 1
        self.bytes_moved += length
        return bytes(self.content[offset : offset + length])

    def stable64_write(self, offset: int, data: bytes, /) -> None:
        assert 0 <= offset <= offset + len(data) <= len(self.content), "write out of bounds"
        self.writes += 1
        self.bytes_moved += len(data)
        self.content[offset : offset + len(data)] = data


class SparseStableMemory(HeapStableMemory):
    """As large as wanted: behind `content`, which grows as it is written to, all is zero. Cheap to make anew."""

    def __init__(self, content: bytes = b"", pages: int = 0, max_pages: int = 1 << 20) -> None:
        super().__init__(content, max_pages)
        self.pages = pages

    def stable64_size(self) -> int:
        return self.pages

    def stable64_grow(self, pages: int, /) -> int:
        before = self.pages
        if before + pages > self.max_pages:
            return -1
        self.pages += pages
        return before

    def stable64_read(self, offset: int, length: int, /) -> bytes:
        assert 0 <= offset <= offset + length <= self.pages * PAGE, "read out of bounds"
        return bytes(self.content[offset : offset + length]).ljust(length, b"\0")

    def stable64_write(self, offset: int, data: bytes, /) -> None:
        end = offset + len(data)
        assert 0 <= offset <= end <= self.pages * PAGE, "write out of bounds"
        if end > len(self.content):
            self.content += bytes(end - len(self.content))
        self.content[offset:end] = data
