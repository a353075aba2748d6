"""What a trap leaves uncounted: the replica charges a run of code when it begins, wasmtime's fuel as it goes.

Each function on the stack had the rest of its run charged already. The instructions are those of the rewritten module,
so that each takes one unit of fuel or none.
"""

from bisect import bisect_right
from functools import lru_cache

from local_replica.execution.binary import CODE, Reader
from local_replica.execution.operators import skip_instruction
from local_replica.execution.weights import ENDS_A_RUN, FREE

_CALL, _CALL_INDIRECT = 0x10, 0x11
_CALLS = (_CALL, _CALL_INDIRECT)
_UNREACHABLE = 0x00
_PREAMBLE_BYTES = 8


def uncounted(wasm: bytes, offsets: list[int]) -> int:
    """Instructions beyond the fuel that was taken; `offsets` in `wasm` are where each frame stood, innermost first.

    A trap of an instruction (a division, an access to memory) also loses the fuel of its run since the last call, which
    wasmtime keeps in a register.
    """
    total = 0
    for position, offset in enumerate(offsets):
        if offset >= len(wasm):
            continue
        if wasm[offset] in _CALLS:
            total += _after(wasm, offset)
        elif position == 0 and wasm[offset] != _UNREACHABLE:
            total += _whole_run(wasm, offset)
    return total


@lru_cache(maxsize=512)
def _after(wasm: bytes, offset: int) -> int:
    """The cost of a run beyond the instruction at `offset`."""
    reader = Reader(wasm, offset, len(wasm))
    skip_instruction(reader)
    return _to_the_end(reader)


def _to_the_end(reader: Reader) -> int:
    rest = 0
    while reader.position < reader.end:
        opcode = reader.data[reader.position]
        rest += opcode not in FREE
        if opcode in ENDS_A_RUN:
            break
        skip_instruction(reader)
    return rest


@lru_cache(maxsize=512)
def _whole_run(wasm: bytes, offset: int) -> int:
    """The cost of the run around `offset`, from its start or its last call on."""
    bodies = _bodies(wasm)
    place = bisect_right(bodies, (offset, len(wasm))) - 1
    if place < 0 or offset >= bodies[place][1]:
        return 0
    reader = Reader(wasm, *bodies[place])
    for _ in range(reader.unsigned()):
        reader.unsigned()
        reader.byte()
    before = 0
    while reader.position < offset:
        opcode = wasm[reader.position]
        before = 0 if opcode in ENDS_A_RUN or opcode in _CALLS else before + (opcode not in FREE)
        skip_instruction(reader)
    return before + _to_the_end(reader)


@lru_cache(maxsize=8)
def _bodies(wasm: bytes) -> list[tuple[int, int]]:
    """Where each function's body starts and ends, in order. Remembered: a module of CPython has thousands."""
    bodies: list[tuple[int, int]] = []
    reader = Reader(wasm, _PREAMBLE_BYTES, len(wasm))
    while reader.position < reader.end:
        section, size = reader.byte(), reader.unsigned()
        if section != CODE:
            reader.position += size
            continue
        for _ in range(reader.unsigned()):
            size = reader.unsigned()
            bodies.append((reader.position, reader.position + size))
            reader.position += size
        break
    return bodies
