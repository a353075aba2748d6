"""Modules that install_code refuses, beyond those recorded (tests/conformance)."""

import pytest

from local_replica.execution import WasmtimeExecutor
from support.small_modules import compiled

IMPORTS = "Wasm module has an invalid import section."
EXPORTS = "Wasm module has an invalid export section."


@pytest.mark.parametrize(
    ("module", "text"),
    [
        (
            '(module (import "ic1" "msg_reply" (func)))',
            (
                f'{IMPORTS} Module imports function "msg_reply" from "ic1", expected to be imported from one of '
                '["ic0"] instead.'
            ),
        ),
        (
            '(module (import "ic0" "stable_size" (func (result i32))) (memory i64 1))',
            f"{IMPORTS} Module imports function 'stable_size' from 'ic0' that is not exported by the runtime.",
        ),
        (
            '(module (import "x" "table" (table 1 funcref)))',
            f"{IMPORTS} Only tables imported from env.table are allowed.",
        ),
        (
            '(module (global i32 (i32.const 1)) (export "canister counter_dirty_pages" (global 0)))',
            f"{EXPORTS} Exporting reserved symbol canister counter_dirty_pages not allowed.",
        ),
        (
            '(module (memory 1) (export "stable_bytemap_memory" (memory 0)))',
            f"{EXPORTS} Exporting reserved symbol stable_bytemap_memory not allowed.",
        ),
    ],
)
def test_a_module_is_refused_for_what_it_imports_or_exports(executor: WasmtimeExecutor, module: str, text: str) -> None:
    error = executor.validate(compiled(module))
    assert error is not None
    assert error.code == "CanisterInvalidWasm"
    assert error.message == f"Canister's Wasm module is not valid: {text}"


@pytest.mark.parametrize("name", ["stable_size", "canister_cycle_balance", "msg_cycles_available"])
def test_calls_of_narrow_numbers_are_there_for_modules_of_32_bits(executor: WasmtimeExecutor, name: str) -> None:
    result = "i32" if name == "stable_size" else "i64"
    assert executor.validate(compiled(f'(module (import "ic0" "{name}" (func (result {result}))) (memory 1))')) is None


LONG = "x" * 998
LONG_EXPORT = f'(export "canister_update {LONG}{{}}" (func $f))'


def leb(number: int) -> bytes:
    return bytes((number >> shift & 127) | 128 for shift in (0, 7, 14)) + bytes((number >> 21,))


def with_functions(count: int, nops: int) -> bytes:
    """A module of functions that do nothing at length."""
    body = b"\0" + b"\1" * nops + b"\x0b"
    code = leb(count) + (leb(len(body)) + body) * count
    functions = leb(count) + b"\0" * count
    types = b"\1\x60\0\0"
    sections = (b"\1", types), (b"\3", functions), (b"\x0a", code)
    return b"\0asm\1\0\0\0" + b"".join(number + leb(len(content)) + content for number, content in sections)


@pytest.mark.parametrize(
    ("module", "text"),
    [
        (
            with_functions(50_001, 0),
            "Wasm module defined 50001 functions which exceeds the maximum number allowed 50000.",
        ),
        (
            with_functions(13, 999_000),
            "Wasm module code section size of 12987082 exceeds the maximum allowed size of 12582912.",
        ),
        (
            compiled(f"(module (func $f) {''.join(map(LONG_EXPORT.format, range(100, 120)))})"),
            (
                "The sum of `<name>` lengths in exported functions called `canister_update <name>`, `canister_query "
                "<name>`, or `canister_composite_query <name>` is 20020 which exceeds the allowed limit of 20000."
            ),
        ),
    ],
    ids=["functions", "code", "names"],
)
def test_a_module_is_refused_for_its_size(executor: WasmtimeExecutor, module: bytes, text: str) -> None:
    error = executor.validate(module)
    assert error is not None
    assert error.message == f"Canister's Wasm module is not valid: {text}"
