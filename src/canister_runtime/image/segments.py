"""A memory as data segments: what is not zero, in pieces."""

import re
from collections.abc import Iterator

from candid.wire import sleb, uleb
from canister_runtime.image.wasm import DATA, Section

PAGE = 65536

# A segment costs about eight bytes of its own and a step when the canister is installed; a gap shorter than this many
# zeros is cheaper left in. Gzip makes either nearly free in the file.
GAP = 24
_RUN = re.compile(rb"[^\0](?:\0{0,%d}[^\0])*" % (GAP - 1), re.DOTALL)

I32_CONST, END = b"\x41", b"\x0b"


def runs(memory: bytes) -> Iterator[tuple[int, bytes]]:
    """Offset and content of the stretches without `GAP` zeros in a row."""
    for match in _RUN.finditer(memory):
        yield match.start(), match.group()


def data_section(memory: bytes) -> tuple[Section, int]:
    """The data section that makes a zeroed memory this one, and its number of segments."""
    written = bytearray()
    count = 0
    for offset, content in runs(memory):
        signed = offset - (1 << 32) if offset >= 1 << 31 else offset
        written += b"\0" + I32_CONST + sleb(signed) + END + uleb(len(content)) + content
        count += 1
    return Section(DATA, uleb(count) + bytes(written)), count
