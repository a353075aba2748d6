"""Chunks of one size from a free list (ic-stable-structures 0.5.6, `btreemap/allocator.rs`, layout V1)."""

from struct import Struct

from canister_runtime.stable.errors import StableCorruption
from canister_runtime.stable.memory import VirtualMemory

_HEADER = Struct("<4s4xQQQ16x")
_COUNTERS = Struct("<QQ")
_COUNTERS_AT = 16
_CHUNK = Struct("<4s?3xQ")
_MAGIC = b"BTA\x01"
_CHUNK_MAGIC = b"CHK\x01"


class Allocator:
    """Free and allocated chunks behind a header at `address`; a chunk's own header is not part of its size."""

    def __init__(self, memory: VirtualMemory, address: int, size: int, chunks: int, free: int) -> None:
        self._memory = memory
        self._address = address
        self._size = size
        self._chunks = chunks
        self._free = free

    @classmethod
    def create(cls, memory: VirtualMemory, address: int, size: int) -> "Allocator":
        """Write an allocator that has allocated nothing."""
        free = address + _HEADER.size
        header = _HEADER.pack(_MAGIC, size, 0, free)
        memory.write(address, header + _CHUNK.pack(_CHUNK_MAGIC, False, 0))
        return cls(memory, address, size, 0, free)

    @classmethod
    def load(cls, memory: VirtualMemory, address: int, size: int) -> "Allocator":
        """Open the allocator at `address`. Raises StableCorruption if it isn't one for chunks of `size` bytes."""
        magic, stored, chunks, free = _HEADER.unpack(memory.read(address, _HEADER.size))
        if magic != _MAGIC or stored != size:
            raise StableCorruption("a map's allocator is damaged")
        return cls(memory, address, size, chunks, free)

    def allocate(self) -> int:
        """The address of a chunk that is now in use. Raises StableCorruption, StableFull."""
        chunk = self._free
        following = self._load_free(chunk)
        self._memory.write(chunk, _CHUNK.pack(_CHUNK_MAGIC, True, following))
        if following:
            self._free = following
        else:
            self._free = chunk + self._size + _CHUNK.size
            self._memory.write(self._free, _CHUNK.pack(_CHUNK_MAGIC, False, 0))
        self._chunks += 1
        self._save()
        return chunk + _CHUNK.size

    def deallocate(self, address: int) -> None:
        """Put the chunk at `address` at the head of the free list. Raises StableCorruption."""
        chunk = address - _CHUNK.size
        magic, allocated, _ = _CHUNK.unpack(self._memory.read(chunk, _CHUNK.size))
        if magic != _CHUNK_MAGIC or not allocated:
            raise StableCorruption(f"there is no chunk in use at {address}")
        self._memory.write(chunk, _CHUNK.pack(_CHUNK_MAGIC, False, self._free))
        self._free = chunk
        self._chunks -= 1
        self._save()

    def _load_free(self, chunk: int) -> int:
        magic, allocated, following = _CHUNK.unpack(self._memory.read(chunk, _CHUNK.size))
        if magic != _CHUNK_MAGIC or allocated:
            raise StableCorruption(f"there is no free chunk at {chunk}")
        return following  # type: ignore[no-any-return] # a Q of the layout

    def _save(self) -> None:
        self._memory.write(self._address + _COUNTERS_AT, _COUNTERS.pack(self._chunks, self._free))
