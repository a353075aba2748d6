"""What a module's bytes are: code, what C keeps, the image of the heap, and the rest, each compressed alone."""

from collections.abc import Iterator
from dataclasses import dataclass

from deflate import gzip_compress

from candid.wire import read_index
from canister_runtime.image.wasm import DATA, read_uleb, sections

CODE = 10
_QUICK = 6


@dataclass(frozen=True, slots=True)
class Part:
    """A part of a module: its bytes, and how many they are when gzipped without the others."""

    name: str
    size: int
    gzipped: int


def parts(module: bytes, base: bytes) -> list[Part]:
    """The parts of a module that was built on `base`. Raises ValueError for what is no module."""
    heap = max((start + len(content) for start, content in segments(base)), default=0)
    code = b"".join(section.content for section in sections(module) if section.number == CODE)
    static = b"".join(content for start, content in segments(module) if start < heap)
    image = b"".join(content for start, content in segments(module) if start >= heap)
    rest = b"".join(section.content for section in sections(module) if section.number not in {CODE, DATA})
    named = {"code": code, "data of C": static, "heap": image, "the rest": rest}
    return [Part(name, len(content), len(gzip_compress(content, _QUICK))) for name, content in named.items()]


def segments(module: bytes) -> Iterator[tuple[int, bytes]]:
    """Address and content of the data segments of memory 0."""
    for section in sections(module):
        if section.number != DATA:
            continue
        content = section.content
        count, position = read_uleb(content, 0)
        for _ in range(count):
            # Flags 0, i32.const, the address, end.
            address, position = read_index(content, position + 2)
            size, position = read_uleb(content, position + 1)
            yield address % (1 << 32), content[position : position + size]
            position += size
