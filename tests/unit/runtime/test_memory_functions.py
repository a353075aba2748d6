"""The C library's copying, filling and comparing as canisters have them, compiled for WebAssembly and run."""

import subprocess
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from wasmtime import Engine, Instance, Memory, Module, Store

SOURCE = Path(__file__).parents[3] / "runtime" / "src" / "memory.c"
NAMES = ("memcpy", "memmove", "memset", "memcmp")
AT, ROOM = 65_536, 2_048
SIZES = st.integers(0, 40) | st.integers(0, 600)
CONTENT = bytes([number * number // 7 % 251 for number in range(ROOM)])
PLACES = st.integers(0, ROOM - 601)


class Compiled:
    """The four functions over one memory, of which the tests look at ROOM bytes."""

    def __init__(self, module: bytes) -> None:
        self._store = Store(Engine())
        self._exports = Instance(self._store, Module(self._store.engine, module), []).exports(self._store)

    @property
    def content(self) -> bytes:
        return bytes(self._memory.read(self._store, AT, AT + ROOM))

    @content.setter
    def content(self, content: bytes) -> None:
        self._memory.write(self._store, content, AT)

    @property
    def _memory(self) -> Memory:
        memory = self._exports["memory"]
        assert isinstance(memory, Memory)
        return memory

    def call(self, name: str, *arguments: int) -> int:
        function: Any = self._exports[name]
        result: int = function(self._store, *arguments)
        return result


@pytest.fixture(scope="module")
def compiled(tmp_path_factory: pytest.TempPathFactory) -> Compiled:
    module = tmp_path_factory.mktemp("memory") / "memory.wasm"
    exported = [f"-Wl,--export={name}" for name in NAMES]
    command = ["clang-16", "--target=wasm32", "-std=c2x", "-O2", "-msimd128", "-fno-builtin", "-nostdlib"]
    subprocess.run([*command, "-Wl,--no-entry", *exported, str(SOURCE), "-o", str(module)], check=True)
    return Compiled(module.read_bytes())


@given(to=PLACES, source=PLACES, size=SIZES)
def test_memmove_copies_whatever_overlaps(compiled: Compiled, to: int, source: int, size: int) -> None:
    before = compiled.content = CONTENT
    assert compiled.call("memmove", AT + to, AT + source, size) == AT + to
    moved = before[source : source + size]
    assert compiled.content == before[:to] + moved + before[to + size :]


@given(near=st.integers(0, 300), far=st.integers(900, 1400), size=SIZES)
def test_memcpy_copies_both_ways(compiled: Compiled, near: int, far: int, size: int) -> None:
    for to, source in ((near, far), (far, near)):
        before = compiled.content = CONTENT
        assert compiled.call("memcpy", AT + to, AT + source, size) == AT + to
        assert compiled.content == before[:to] + before[source : source + size] + before[to + size :]


@given(to=PLACES, byte=st.integers(0, 1 << 16), size=SIZES)
def test_memset_fills_with_the_lowest_byte(compiled: Compiled, to: int, byte: int, size: int) -> None:
    before = compiled.content = CONTENT
    assert compiled.call("memset", AT + to, byte, size) == AT + to
    assert compiled.content == before[:to] + bytes([byte & 255]) * size + before[to + size :]


@given(one=st.binary(max_size=200), place=st.integers(0, 199), by=st.integers(0, 255), size=st.integers(0, 200))
def test_memcmp_orders_as_bytes_do(compiled: Compiled, one: bytes, place: int, by: int, size: int) -> None:
    size = min(size, len(one))
    other = bytearray(one)
    if place < len(one):
        other[place] ^= by
    compiled.content = one.ljust(400, b"\0") + bytes(other).ljust(ROOM - 400, b"\0")
    found = compiled.call("memcmp", AT, AT + 400, size)
    left, right = one[:size], bytes(other[:size])
    assert (found > 0) - (found < 0) == (left > right) - (left < right)
