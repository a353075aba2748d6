"""A memory as data segments."""

from typing import Any

import wasmtime
from hypothesis import given, settings
from hypothesis import strategies as st

from canister_runtime.image.segments import GAP, PAGE, data_section, runs
from canister_runtime.image.wasm import assemble, memory_section, sections


def loaded(memory: bytes) -> bytes:
    """The memory of an instance that consists of these data segments."""
    empty = list(sections(wasmtime.wat2wasm('(module (memory (export "memory") 1))')))
    module = assemble([memory_section(len(memory) // PAGE), *empty[1:], data_section(memory)[0]])
    engine = wasmtime.Engine()
    store = wasmtime.Store(engine)
    exports: Any = wasmtime.Instance(store, wasmtime.Module(engine, module), []).exports(store)
    return bytes(exports["memory"].read(store, 0, len(memory)))


@settings(deadline=None, max_examples=50)
@given(st.lists(st.tuples(st.integers(0, 2 * PAGE - 1), st.binary(min_size=1, max_size=40)), max_size=12))
def test_an_instance_starts_with_the_memory_that_was_written(patches: list[tuple[int, bytes]]) -> None:
    memory = bytearray(2 * PAGE)
    for offset, content in patches:
        memory[offset : offset + len(content)] = content
    memory = memory[: 2 * PAGE]
    assert loaded(bytes(memory)) == bytes(memory)


def test_a_zeroed_memory_needs_no_segments() -> None:
    assert data_section(bytes(PAGE))[1] == 0


def test_short_gaps_are_kept_and_long_ones_split() -> None:
    short, long = bytes(GAP - 1), bytes(GAP)
    assert list(runs(b"ab" + short + b"c")) == [(0, b"ab" + short + b"c")]
    assert list(runs(b"ab" + long + b"c" + long)) == [(0, b"ab"), (2 + GAP, b"c")]
