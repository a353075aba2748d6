"""Instructions of a code section after instrumentation, counted by a small WebAssembly module (3 MB in 40 ms).

The rules are those of the replica's instrumentation: four instructions take a basic block's cost from a counter, six
more look whether it ran out where a function or a loop begins; blocks without cost get none.
"""

from functools import cache
from importlib.resources import files

import wasmtime

_NONE, _ONE, _TWO, _TABLE, _FOUR, _EIGHT, _SIXTEEN, _BYTE, _LANE_LOAD, _SELECT = range(10)
_COSTS, _LOOP, _ENDS_BLOCK, _MEASURED = 16, 32, 64, 128
_TABLES_BYTES = 1024
_PAGE = 65_536
_FREE = frozenset((0x02, 0x03, 0x05, 0x0B))
"""block, loop, else, end."""


def _opcodes() -> list[int]:
    kinds = [_NONE] * 256
    for opcodes, kind in (
        ((0x02, 0x03, 0x04, 0x0C, 0x0D, 0x10, 0x12, *range(0x20, 0x27), 0x3F, 0x40, 0x41, 0x42, 0xD0, 0xD2), _ONE),
        ((0x11, 0x13, *range(0x28, 0x3F)), _TWO),
        ((0x0E,), _TABLE),
        ((0x43,), _FOUR),
        ((0x44,), _EIGHT),
        ((0x1C,), _SELECT),
    ):
        for opcode in opcodes:
            kinds[opcode] = kind
    flags = [kind | (0 if opcode in _FREE else _COSTS) for opcode, kind in enumerate(kinds)]
    flags[0x03] |= _LOOP
    for opcode in (0x00, 0x04, 0x05, 0x0B, 0x0C, 0x0D, 0x0E, 0x0F, 0x12, 0x13):
        flags[opcode] |= _ENDS_BLOCK
    return flags


def _bulk_opcodes() -> list[int]:
    flags = [_COSTS] * 256
    for opcode in (8, 10, 12, 14):
        flags[opcode] |= _TWO
    for opcode in (9, 11, 13, 15, 16, 17):
        flags[opcode] |= _ONE
    for opcode in (8, 10, 11, 12, 14, 17):
        flags[opcode] |= _MEASURED
    return flags


def _vector_opcodes() -> list[int]:
    flags = [_COSTS] * 512
    for opcode in (*range(12), 92, 93):
        flags[opcode] |= _TWO
    for opcode in (12, 13):
        flags[opcode] |= _SIXTEEN
    for opcode in range(21, 35):
        flags[opcode] |= _BYTE
    for opcode in range(84, 92):
        flags[opcode] |= _LANE_LOAD
    return flags


_TABLES = bytes(_opcodes() + _bulk_opcodes() + _vector_opcodes())


@cache
def _counter() -> tuple[wasmtime.Engine, wasmtime.Module]:
    engine = wasmtime.Engine()
    text = files(__package__).joinpath("counting.wat").read_text(encoding="utf-8")
    return engine, wasmtime.Module(engine, text)


def metered_instructions(code: bytes, *, is_64: bool) -> int:
    """Instructions of a valid code section's functions, with those that metering adds."""
    engine, module = _counter()
    store = wasmtime.Store(engine)
    exports = wasmtime.Instance(store, module, []).exports(store)
    memory, count = exports["memory"], exports["count"]
    assert isinstance(memory, wasmtime.Memory)  # noqa: S101 - our own module
    assert isinstance(count, wasmtime.Func)  # noqa: S101 - the same
    memory.grow(store, (_TABLES_BYTES + len(code)) // _PAGE + 1)
    memory.write(store, _TABLES, 0)
    memory.write(store, code, _TABLES_BYTES)
    return int(count(store, _TABLES_BYTES, 1 if is_64 else 3))
