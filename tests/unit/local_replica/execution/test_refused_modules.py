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
