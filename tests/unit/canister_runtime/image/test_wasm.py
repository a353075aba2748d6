"""The binary format: numbers, sections, exports."""

import pytest
import wasmtime
from hypothesis import given
from hypothesis import strategies as st

from candid.wire import sleb, uleb
from canister_runtime.image.wasm import (
    CUSTOM,
    EXPORT,
    Section,
    assemble,
    custom,
    export_section,
    exports,
    memory_section,
    read_uleb,
    sections,
)

MODULE = wasmtime.wat2wasm('(module (memory (export "memory") 1) (func (export "run")) (func (export "other")))')


@given(st.integers(0, 2**64 - 1))
def test_an_unsigned_number_is_read_as_it_was_written(number: int) -> None:
    written = b"\xff" + uleb(number) + b"\x01"
    assert read_uleb(written, 1) == (number, len(written) - 1)


@pytest.mark.parametrize(
    ("number", "written"),
    [(0, "00"), (63, "3f"), (64, "c000"), (-1, "7f"), (-64, "40"), (-65, "bf7f"), (-123456, "c0bb78")],
)
def test_signed_numbers_are_written_in_the_shortest_form(number: int, written: str) -> None:
    assert sleb(number).hex() == written


def test_a_module_is_assembled_from_its_own_sections_byte_for_byte() -> None:
    assert assemble(list(sections(MODULE))) == MODULE


def test_other_bytes_are_no_module() -> None:
    with pytest.raises(ValueError, match="not a WebAssembly module"):
        list(sections(b"\0asm\2\0\0\0"))


def test_exports_are_read_and_written_back() -> None:
    section = next(section for section in sections(MODULE) if section.number == EXPORT)
    assert [(entry.name, entry.kind, entry.index) for entry in exports(section)] == [
        ("memory", 2, 0),
        ("run", 0, 0),
        ("other", 0, 1),
    ]
    assert export_section(exports(section)) == section


def test_a_custom_section_begins_with_its_name() -> None:
    assert custom("icp:public x", b"content") == Section(CUSTOM, b"\x0cicp:public xcontent")


def test_a_memory_has_a_minimum_and_no_maximum() -> None:
    assert memory_section(130).content == b"\x01\x00\x82\x01"
