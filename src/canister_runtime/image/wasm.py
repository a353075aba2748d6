"""The binary format of a WebAssembly module as far as the builder rewrites it (core specification, chapter 5)."""

from collections.abc import Iterator
from dataclasses import dataclass

from candid.wire import uleb

HEADER = b"\0asm\1\0\0\0"

CUSTOM, MEMORY, EXPORT, START, DATA, DATA_COUNT = 0, 5, 7, 8, 11, 12


@dataclass(frozen=True, slots=True)
class Section:
    """A section: its number and its content without the size before it."""

    number: int
    content: bytes


@dataclass(frozen=True, slots=True)
class Export:
    """An entry of the export section; `kind` 0 is a function, `index` counts within the kind."""

    name: str
    kind: int
    index: int


def read_uleb(content: bytes, position: int) -> tuple[int, int]:
    """The number at `position` and the position after it. Raises ValueError."""
    number = shift = 0
    while True:
        if position >= len(content) or shift > 63:
            raise ValueError("a number of the module is cut off")
        byte = content[position]
        position += 1
        number |= (byte & 0x7F) << shift
        if byte < 0x80:
            return number, position
        shift += 7


def sections(module: bytes) -> Iterator[Section]:
    """The sections in the order of the module. Raises ValueError when it is no module of version 1."""
    if not module.startswith(HEADER):
        raise ValueError("not a WebAssembly module of version 1")
    position = len(HEADER)
    while position < len(module):
        number = module[position]
        size, start = read_uleb(module, position + 1)
        position = start + size
        if position > len(module):
            raise ValueError("a section of the module is cut off")
        yield Section(number, module[start:position])


def assemble(parts: list[Section]) -> bytes:
    """A module of these sections."""
    output = bytearray(HEADER)
    for part in parts:
        output.append(part.number)
        output += uleb(len(part.content)) + part.content
    return bytes(output)


def named(text: str) -> bytes:
    """A name as the format writes it: length, then UTF-8."""
    encoded = text.encode()
    return uleb(len(encoded)) + encoded


def custom(name: str, content: bytes) -> Section:
    """A custom section."""
    return Section(CUSTOM, named(name) + content)


def exports(section: Section) -> list[Export]:
    """The entries of an export section."""
    content = section.content
    count, position = read_uleb(content, 0)
    found = []
    for _ in range(count):
        length, start = read_uleb(content, position)
        name = content[start : start + length].decode()
        index, position = read_uleb(content, start + length + 1)
        found.append(Export(name, content[start + length], index))
    return found


def export_section(entries: list[Export]) -> Section:
    """An export section of these entries."""
    written = b"".join(named(entry.name) + bytes([entry.kind]) + uleb(entry.index) for entry in entries)
    return Section(EXPORT, uleb(len(entries)) + written)


def start_section(index: int) -> Section:
    """The function of this index runs when the module is instantiated: at install and upgrade."""
    return Section(START, uleb(index))


def memory_section(pages: int) -> Section:
    """One memory of `pages` pages of 64 KiB, without a maximum."""
    return Section(MEMORY, b"\1\0" + uleb(pages))
