"""Modules that mean harm trap or are refused as on chain; the process and its memory survive."""

import threading

import pytest

from local_replica.execution import ModuleRefused, WasmtimeExecutor
from local_replica.execution.port import Entry
from support.executing import query, resident_bytes, run, update
from support.small_modules import compiled

HOSTILE = """
(module
  (import "ic0" "msg_reply" (func $reply))
  (import "ic0" "msg_reply_data_append" (func $append (param i32 i32)))
  (import "ic0" "time" (func $time (result i64)))
  (import "ic0" "call_new" (func $new (param i32 i32 i32 i32 i32 i32 i32 i32)))
  (import "ic0" "call_perform" (func $perform (result i32)))
  (import "ic0" "stable64_grow" (func $stable_grow (param i64) (result i64)))
  (import "ic0" "stable64_write" (func $stable_write (param i64 i64 i64)))
  (memory 1)
  (func $deep (param i64) (result i64) (i64.add (call $deep (i64.add (local.get 0) (i64.const 1))) (local.get 0)))
  (func (export "canister_update loop") (loop $l (br $l)))
  (func (export "canister_query loop_query") (loop $l (br $l)))
  (func (export "canister_update loop_of_calls") (loop $l (drop (call $time)) (br $l)))
  (func (export "canister_update deep") (drop (call $deep (i64.const 0))))
  (func (export "canister_update calls") (local $i i32)
    (loop $l
      (call $new (i32.const 0) (i32.const 10) (i32.const 0) (i32.const 1)
        (i32.const 0) (i32.const 0) (i32.const 0) (i32.const 0))
      (drop (call $perform))
      (local.set $i (i32.add (local.get $i) (i32.const 1)))
      (br_if $l (i32.lt_u (local.get $i) (i32.const 1000000)))))
  (func (export "canister_update fill") (local $i i32)
    (drop (memory.grow (i32.const 1600)))
    (memory.fill (i32.const 0) (i32.const 1) (i32.const 104857600))
    unreachable)
  (func (export "canister_update fill_stable") (local $i i64)
    (drop (call $stable_grow (i64.const 1600)))
    (loop $l
      (call $stable_write (i64.mul (local.get $i) (i64.const 65536)) (i64.const 0) (i64.const 65536))
      (local.set $i (i64.add (local.get $i) (i64.const 1)))
      (br_if $l (i64.lt_u (local.get $i) (i64.const 1600))))
    unreachable)
  (func (export "canister_update append_all") (loop $l (call $append (i32.const 0) (i32.const 65536)) (br $l)))
  (func (export "canister_query fine") (call $reply)))
"""
LIMIT = 50_000_000


@pytest.mark.parametrize("method", ["loop", "loop_of_calls", "calls"])
def test_endless_work_ends_at_the_instruction_limit(executor: WasmtimeExecutor, method: str) -> None:
    instance = executor.instantiate(compiled(HOSTILE))
    outcome = update(instance, method, instruction_limit=LIMIT)
    assert outcome.error is not None
    assert outcome.error.code == "CanisterInstructionLimitExceeded"
    assert f"exceeded the limit of {LIMIT} instructions" in outcome.error.message
    assert outcome.instructions == LIMIT
    assert query(instance, "fine").reply == b""


def test_an_endless_query_ends_at_its_own_limit(executor: WasmtimeExecutor) -> None:
    instance = executor.instantiate(compiled(HOSTILE))
    outcome = query(instance, "loop_query")
    assert outcome.error is not None
    assert "exceeded the limit of 5000000000 instructions" in outcome.error.message


def test_deep_recursion_traps_and_the_next_message_runs(executor: WasmtimeExecutor) -> None:
    instance = executor.instantiate(compiled(HOSTILE))
    for _ in range(3):
        outcome = update(instance, "deep")
        assert outcome.error is not None
        assert outcome.error.message == "Canister trapped: stack overflow"
    assert query(instance, "fine").reply == b""


def test_deep_recursion_traps_on_a_thread_with_a_small_stack(executor: WasmtimeExecutor) -> None:
    instance = executor.instantiate(compiled(HOSTILE))
    messages: list[str] = []

    def work() -> None:
        error = update(instance, "deep").error
        messages.append(error.message if error else "")

    previous = threading.stack_size(256 << 10)
    try:
        thread = threading.Thread(target=work)
        thread.start()
    finally:
        threading.stack_size(previous)
    thread.join()
    assert messages == ["Canister trapped: stack overflow"]


@pytest.mark.parametrize("method", ["fill", "fill_stable"])
def test_memory_of_a_message_that_traps_is_given_back(executor: WasmtimeExecutor, method: str) -> None:
    instance = executor.instantiate(compiled(HOSTILE))
    update(instance, method)
    before = resident_bytes()
    for _ in range(5):
        outcome = update(instance, method)
        assert outcome.error is not None
        assert outcome.error.message == "Canister trapped: unreachable"
    assert resident_bytes() - before < 50 << 20
    assert (instance.heap_bytes(), instance.stable_bytes()) == (1 << 16, 0)


def test_memory_of_closed_instances_is_given_back(executor: WasmtimeExecutor) -> None:
    module = compiled('(module (memory 160) (data (i32.const 0) "x") (func (export "canister_init")))')
    executor.instantiate(module).close()
    before = resident_bytes()
    for _ in range(300):
        executor.instantiate(module).close()
    assert resident_bytes() - before < 20 << 20


def test_a_module_of_a_hundred_mebibytes_of_zeros_costs_no_memory(executor: WasmtimeExecutor) -> None:
    before = resident_bytes()
    zeros = b"\0" * (99 << 20)
    module = compiled('(module (memory 1600) (data (i32.const 0) "here"))')
    refused = executor.validate(module + b"\0" + b"\x80\x80\x80\x30" + b"\x00" + zeros)
    instance = executor.instantiate(compiled("(module (memory 1600))"))
    del zeros
    assert refused is not None
    assert resident_bytes() - before < 150 << 20
    assert instance.heap_bytes() == 1600 << 16


def test_a_reply_without_end_is_refused_at_two_mebibytes(executor: WasmtimeExecutor) -> None:
    outcome = update(executor.instantiate(compiled(HOSTILE)), "append_all")
    assert outcome.error is not None
    assert "application payload size (2162688) cannot be larger than 2097152" in outcome.error.message


def test_a_module_of_nothing_but_sections_is_refused(executor: WasmtimeExecutor) -> None:
    for section in (b"\0\0", b"\0\1\0"):
        assert executor.validate(b"\0asm\1\0\0\0" + section * 10_000_000) is not None


def test_a_memory_of_gibibytes_of_zeros_is_not_copied_anywhere(executor: WasmtimeExecutor) -> None:
    before = resident_bytes()
    instance = executor.instantiate(compiled('(module (memory 49000) (data (i32.const 4096) "x"))'))
    assert run(instance, Entry.INIT).error is None
    delta = instance.take_dirty()
    instance.close()
    assert (delta.heap_size, list(delta.heap_pages)) == (49_000 << 16, [1])
    assert resident_bytes() - before < 20 << 20


def test_data_beyond_the_memory_is_refused(executor: WasmtimeExecutor) -> None:
    module = compiled('(module (memory 1) (data (i32.const 65535) "ab"))')
    error = executor.validate(module)
    assert error is not None
    assert error.message.endswith("Wasm module has invalid data segment of 2 bytes at 65535")
    with pytest.raises(ModuleRefused):
        executor.instantiate(module)


def test_elements_beyond_the_table_are_refused(executor: WasmtimeExecutor) -> None:
    module = compiled("(module (table 1 funcref) (func $f) (elem (i32.const 5) $f))")
    with pytest.raises(ModuleRefused) as refused:
        executor.instantiate(module)
    assert refused.value.error.code == "CanisterWasmEngineError"


def test_a_trapping_start_function_is_an_error_of_its_message(executor: WasmtimeExecutor) -> None:
    instance = executor.instantiate(compiled("(module (func $s unreachable) (start $s))"))
    outcome = run(instance, Entry.START)
    assert outcome.error is not None
    assert outcome.error.code == "CanisterTrapped"


def test_sections_cut_anywhere_are_refused_and_never_raise(executor: WasmtimeExecutor) -> None:
    module = compiled(HOSTILE)
    for length in range(0, len(module), 7):
        cut = module[:length]
        if executor.validate(cut) is None:
            executor.instantiate(cut).close()


def test_flipped_bytes_are_refused_or_run_and_never_raise(executor: WasmtimeExecutor) -> None:
    module = compiled(HOSTILE)
    for position in range(8, len(module), 5):
        flipped = bytearray(module)
        flipped[position] ^= 0x15
        if executor.validate(bytes(flipped)) is None:
            try:
                instance = executor.instantiate(bytes(flipped))
            except ModuleRefused:
                continue
            run(instance, Entry.UPDATE, "fine", instruction_limit=LIMIT)
            instance.close()
