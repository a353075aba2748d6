"""Up to 255 memories within the one stable memory (ic-stable-structures 0.5.6, `memory_manager.rs`, layout V1)."""

from struct import Struct
from typing import Protocol

from canister_runtime.stable.errors import StableCorruption, StableFull

PAGE = 65_536
BUCKET_PAGES = 128
MAX_MEMORIES = 255
MAX_BUCKETS = 32_768

_MAGIC = b"MGR\x01"
_UNALLOCATED = 255
_HEADER = Struct("<4sHH32s255Q")
_BUCKET_COUNT_AT = 4
_SIZES_AT = 40
_OWNERS_AT = _HEADER.size
_BUCKETS_AT = PAGE


class StableMemory(Protocol):
    """The four functions of the system API; sizes in pages of 64 KiB."""

    def stable64_size(self) -> int: ...
    def stable64_grow(self, pages: int, /) -> int: ...
    def stable64_read(self, offset: int, length: int, /) -> bytes: ...
    def stable64_write(self, offset: int, data: bytes, /) -> None: ...


class MemoryManager:
    """Hands out virtual memories; opens what is there, or lays out a memory that was never written to.

    Raises StableCorruption when the memory holds something else.
    """

    def __init__(self, stable: StableMemory) -> None:
        self.stable = stable
        self.bucket_count = 0
        self.bucket_bytes = BUCKET_PAGES * PAGE
        self.sizes = [0] * MAX_MEMORIES
        self._buckets: dict[int, list[int]] = {}
        if stable.stable64_size() == 0:
            _grow(stable, 1)
            self._lay_out()
        elif stable.stable64_read(0, 3) == bytes(3):
            self._lay_out()
        else:
            self._load()

    def memory(self, memory_id: int) -> "VirtualMemory":
        """The memory with this id, 0 to 254."""
        if not 0 <= memory_id < MAX_MEMORIES:
            raise ValueError(f"a memory id is less than {MAX_MEMORIES}, not {memory_id}")
        return VirtualMemory(self, memory_id, self._buckets.setdefault(memory_id, []))

    def _lay_out(self) -> None:
        header = _HEADER.pack(_MAGIC, 0, BUCKET_PAGES, b"", *self.sizes)
        self.stable.stable64_write(0, header + bytes((_UNALLOCATED,)) * MAX_BUCKETS)

    def _load(self) -> None:
        magic, self.bucket_count, bucket_pages, _, *sizes = _HEADER.unpack(self.stable.stable64_read(0, _HEADER.size))
        if magic != _MAGIC or bucket_pages == 0 or self.bucket_count > MAX_BUCKETS:
            raise StableCorruption("stable memory does not hold a memory manager of version 1")
        self.bucket_bytes = bucket_pages * PAGE
        self.sizes = sizes
        owners = self.stable.stable64_read(_OWNERS_AT, self.bucket_count)
        for bucket, owner in enumerate(owners):
            if owner == _UNALLOCATED:
                raise StableCorruption(f"bucket {bucket} belongs to no memory")
            self._buckets.setdefault(owner, []).append(self._address(bucket))
        if _BUCKETS_AT + self.bucket_count * self.bucket_bytes > self.stable.stable64_size() * PAGE:
            raise StableCorruption("stable memory is shorter than its buckets")
        for memory_id, pages in enumerate(sizes):
            if pages * PAGE > len(self._buckets.get(memory_id, ())) * self.bucket_bytes:
                raise StableCorruption(f"memory {memory_id} is larger than its buckets")

    def _address(self, bucket: int) -> int:
        return _BUCKETS_AT + bucket * self.bucket_bytes

    def grow(self, memory_id: int, pages: int) -> None:
        """Add pages to a memory, and buckets where they are needed. Raises StableFull."""
        size = self.sizes[memory_id] + pages
        buckets = self._buckets.setdefault(memory_id, [])
        missing = -(-size * PAGE // self.bucket_bytes) - len(buckets)
        if self.bucket_count + missing > MAX_BUCKETS:
            raise StableFull(f"memory {memory_id}: more than {MAX_BUCKETS} buckets")
        for _ in range(missing):
            buckets.append(self._address(self.bucket_count))
            self.stable.stable64_write(_OWNERS_AT + self.bucket_count, bytes((memory_id,)))
            self.bucket_count += 1
        needed = self._address(self.bucket_count) // PAGE - self.stable.stable64_size()
        if needed > 0:
            _grow(self.stable, needed)
        self.sizes[memory_id] = size
        self.stable.stable64_write(_BUCKET_COUNT_AT, self.bucket_count.to_bytes(2, "little"))
        self.stable.stable64_write(_SIZES_AT + 8 * memory_id, size.to_bytes(8, "little"))


def _grow(stable: StableMemory, pages: int) -> None:
    if stable.stable64_grow(pages) in (-1, 0xFFFF_FFFF_FFFF_FFFF):
        raise StableFull(f"stable memory does not grow by {pages} pages")


class VirtualMemory:
    """One memory of a manager: consecutive addresses over buckets that are not."""

    __slots__ = ("_bucket_bytes", "_buckets", "_manager", "_read", "_sizes", "_write", "id")

    def __init__(self, manager: MemoryManager, memory_id: int, buckets: list[int]) -> None:
        self.id = memory_id
        self._manager = manager
        self._buckets = buckets
        self._bucket_bytes = manager.bucket_bytes
        self._sizes = manager.sizes
        self._read = manager.stable.stable64_read
        self._write = manager.stable.stable64_write

    def size(self) -> int:
        """Pages of 64 KiB."""
        return self._sizes[self.id]

    def read(self, offset: int, length: int) -> bytes:
        """`length` bytes from `offset` on. Raises StableCorruption beyond the end."""
        bucket_bytes = self._bucket_bytes
        bucket, start = divmod(offset, bucket_bytes)
        if start + length <= bucket_bytes and bucket < len(self._buckets):
            return self._read(self._buckets[bucket] + start, length)
        self._check(offset, length)
        parts = []
        while length:
            bucket, start = divmod(offset, bucket_bytes)
            part = min(length, bucket_bytes - start)
            parts.append(self._read(self._buckets[bucket] + start, part))
            offset += part
            length -= part
        return b"".join(parts)

    def write(self, offset: int, data: bytes) -> None:
        """Write `data` at `offset`, growing where it ends behind the memory. Raises StableFull."""
        length = len(data)
        missing = offset + length - self._sizes[self.id] * PAGE
        if missing > 0:
            self._manager.grow(self.id, -(-missing // PAGE))
        bucket_bytes = self._bucket_bytes
        bucket, start = divmod(offset, bucket_bytes)
        if start + length <= bucket_bytes:
            self._write(self._buckets[bucket] + start, data)
            return
        done = 0
        while done < len(data):
            bucket, start = divmod(offset + done, bucket_bytes)
            part = min(len(data) - done, bucket_bytes - start)
            self._write(self._buckets[bucket] + start, data[done : done + part])
            done += part

    def _check(self, offset: int, length: int) -> None:
        if offset + length > len(self._buckets) * self._bucket_bytes:
            raise StableCorruption(f"memory {self.id} ends before {offset + length}")
