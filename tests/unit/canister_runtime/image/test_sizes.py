"""A module's parts by size."""

import wasmtime

from canister_runtime.image.module import write_module
from canister_runtime.image.segments import PAGE
from canister_runtime.image.sizes import parts, segments

BASE = wasmtime.wat2wasm('(module (memory (export "memory") 1) (data (i32.const 8) "old") (func (export "entry_0")))')
MEMORY = b"\0" * 8 + b"new" + bytes(1013) + b"x" * 40_000 + bytes(PAGE - 41_024)


def test_segments_are_read_as_they_were_written() -> None:
    module = write_module(BASE, MEMORY, ("canister_init",), {}).module
    assert list(segments(module)) == [(8, b"new"), (1024, b"x" * 40_000)]


def test_the_heap_begins_where_the_base_modules_memory_ends() -> None:
    found = {part.name: part for part in parts(write_module(BASE, MEMORY, ("canister_init",), {}).module, BASE)}
    assert (found["data of C"].size, found["heap"].size) == (3, 40_000)
    assert found["heap"].gzipped < 1000 < found["heap"].size
    assert found["code"].size > 0
