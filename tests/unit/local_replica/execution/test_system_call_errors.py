"""Errors of system calls that no recording shows, in the replica's words (read from its source)."""

import pytest

from local_replica.execution import WasmtimeExecutor, native_stable
from local_replica.execution.contexts import STABLE_PAGES
from local_replica.execution.failures import REFERENCE
from local_replica.execution.ic0.log_room import LogRoom
from local_replica.execution.port import Callback, Entry, ExecutionError, Outcome
from local_replica.execution.signatures import SIGNATURES
from support.executing import run, update
from support.small_modules import compiled

ABOVE_64_BITS = 1 << 64
VIOLATION = "CanisterContractViolation"
MEMORY = 65_536
FIRST_ENTRY = Callback(0, 0)
NAMES = ("msg_reject", "certified_data_set", "data_certificate_copy", "is_controller", "root_key_copy", "debug_print")
NAMES += ("canister_cycle_balance", "msg_cycles_available", "msg_cycles_refunded", "env_var_name_exists", "trap")
NAMES += ("env_var_value_size", "env_var_value_copy", "cost_sign_with_ecdsa", "cost_vetkd_derive_key")
NAMES += ("stable_grow", "stable_write", "stable_read", "stable64_write", "msg_reply_data_append", "msg_reply")


def calling(expression: str, *, memory: str = f"(memory {MEMORY // 65_536})") -> str:
    """A module whose methods and first table entry do what the expression says; 0xff stands at 500 of its memory."""
    imports = "".join(_import(name) for name in NAMES if f"${name} " in expression or f"${name})" in expression)
    data = '(data (i32.const 500) "\\ff")' if memory else ""
    return f"""(module {imports} {memory} {data} (table funcref (elem $callback))
      (func $body {expression})
      (func $callback (param i32) (call $body))
      (func (export "canister_update f") (call $body)) (func (export "canister_query q") (call $body)))"""


def _import(name: str) -> str:
    params, results = SIGNATURES[False][name]
    return f"""(import "ic0" "{name}" (func ${name} (param {" ".join(params)}) (result {" ".join(results)})))"""


def failure(outcome: Outcome) -> ExecutionError:
    assert outcome.error is not None
    return outcome.error


def violation(executor: WasmtimeExecutor, expression: str, entry: Entry = Entry.UPDATE) -> str:
    """What the error says behind "Canister violated contract: "."""
    instance = executor.instantiate(compiled(calling(expression)))
    method = "f" if entry is Entry.UPDATE else "q"
    error = failure(run(instance, entry, method, certificate=b"certificate", root_key=b"key"))
    assert error.code == VIOLATION
    return error.message.removeprefix("Canister violated contract: ")


@pytest.mark.parametrize(
    ("expression", "entry", "told"),
    [
        (
            "(call $certified_data_set (i32.const 65530) (i32.const 7))",
            Entry.UPDATE,
            (
                "ic0_certified_data_set failed because src + size is out of bounds. Found src = 65530 and size = 7 "
                "while src + size must be <= 65536"
            ),
        ),
        (
            "(call $data_certificate_copy (i32.const 0) (i32.const 5) (i32.const 7))",
            Entry.QUERY,
            (
                "ic0_data_certificate_copy failed because offset + size is out of bounds. Found offset = 5 and "
                "size = 7 while offset + size must be <= 11"
            ),
        ),
        (
            "(call $data_certificate_copy (i32.const 65530) (i32.const 0) (i32.const 11))",
            Entry.QUERY,
            (
                "ic0_data_certificate_copy failed because dst + size is out of bounds. Found dst = 65530 and size = 11 "
                "while dst + size must be <= 65536"
            ),
        ),
        (
            "(drop (call $is_controller (i32.const 65530) (i32.const 7)))",
            Entry.UPDATE,
            "ic0.is_controller: src=65530 + length=7 exceeds the slice size=65536",
        ),
        (
            "(call $root_key_copy (i32.const 0) (i32.const 0) (i32.const 4))",
            Entry.UPDATE,
            "ic0.root_key_copy bytes: src=0 + length=4 exceeds the slice size=3",
        ),
        (
            "(drop (call $env_var_name_exists (i32.const 0) (i32.const 101)))",
            Entry.UPDATE,
            "ic0.env_var_name_exists: Variable name is too large.",
        ),
        (
            "(drop (call $env_var_value_size (i32.const 65530) (i32.const 7)))",
            Entry.UPDATE,
            "ic0.env_var_value_size heap: src=65530 + length=7 exceeds the slice size=65536",
        ),
        (
            "(call $env_var_value_copy (i32.const 65530) (i32.const 7) (i32.const 0) (i32.const 0) (i32.const 0))",
            Entry.UPDATE,
            "ic0.env_var_value_copy name: src=65530 + length=7 exceeds the slice size=65536",
        ),
        (
            "(drop (call $env_var_value_size (i32.const 500) (i32.const 1)))",
            Entry.UPDATE,
            "ic0.env_var_value_size: Variable name is not a valid UTF-8 string.",
        ),
        (
            "(drop (call $cost_vetkd_derive_key (i32.const 500) (i32.const 1) (i32.const 0) (i32.const 0)))",
            Entry.UPDATE,
            "Failed to decode key name \ufffd",
        ),
    ],
)
def test_arguments_that_make_no_sense_are_told(
    executor: WasmtimeExecutor, expression: str, entry: Entry, told: str
) -> None:
    assert violation(executor, expression, entry) == told


def test_a_long_rejection_is_told_how_to_shorten_it(executor: WasmtimeExecutor) -> None:
    expression = "(call $msg_reject (i32.const 0) (i32.const 2097153))"
    error = failure(update(executor.instantiate(compiled(calling(expression))), "f"))
    assert error.message.endswith("ic0.msg_reject: application payload size (2097153) cannot be larger than 2097152")
    told = f"..\nTry truncating the error messages that are too long. {REFERENCE}msg_reject-payload-too-large"
    assert error.help == told


@pytest.mark.parametrize("name", ["canister_cycle_balance", "msg_cycles_available", "msg_cycles_refunded"])
def test_amounts_beyond_64_bits_trap_where_they_do_not_fit(executor: WasmtimeExecutor, name: str) -> None:
    instance = executor.instantiate(compiled(calling(f"(drop (call ${name}))")))
    amounts = {"balance": ABOVE_64_BITS, "available": ABOVE_64_BITS, "refunded": ABOVE_64_BITS}
    callback = {"callback": FIRST_ENTRY} if name == "msg_cycles_refunded" else {}
    entry = Entry.REPLY_CALLBACK if callback else Entry.UPDATE
    error = failure(run(instance, entry, "" if callback else "f", **amounts, **callback))
    assert (error.code, error.message) == (
        "CanisterTrapped",
        "Canister trapped: cycles amount exceeds 64-bit representation",
    )


def test_a_line_out_of_bounds_is_logged_as_such(executor: WasmtimeExecutor) -> None:
    printing = calling("(call $debug_print (i32.const 65530) (i32.const 7))")
    outcome = update(executor.instantiate(compiled(printing)), "f")
    assert (outcome.error, outcome.logs) == (None, [b"(debug_print message out of memory bounds)"])


def test_a_trap_tells_32_kib_whatever_size_it_names(executor: WasmtimeExecutor) -> None:
    instance = executor.instantiate(compiled(calling("(call $trap (i32.const 0) (i32.const 100000))")))
    error = failure(update(instance, "f"))
    assert error.message.count("\0") == 32 * 1024 - 1
    assert "out of memory bounds" not in error.message


def test_logging_costs_by_the_room_that_is_left(executor: WasmtimeExecutor) -> None:
    assert LogRoom().cost(10) == 10 * 53
    assert LogRoom().cost(5_000) == 5_000 + 4_096 * 52
    line = "(call $debug_print (i32.const 0) (i32.const 3000))"
    none, once, twice = (_spent(executor, line * times) for times in range(3))
    left_by_the_first = 4_096 - 3_000 - 40
    assert twice - once == once - none - 50 * (3_000 - left_by_the_first)


def _spent(executor: WasmtimeExecutor, expression: str) -> int:
    return update(executor.instantiate(compiled(calling(expression))), "f").instructions


def test_a_trap_message_costs_what_a_line_does(executor: WasmtimeExecutor) -> None:
    empty, long = (_spent(executor, f"(call $trap (i32.const 0) (i32.const {size}))") for size in (0, 100))
    assert long - empty == 100 * 53


@pytest.mark.parametrize(
    "expression",
    [
        "(call $msg_reply_data_append (i32.const 0) (i32.const 0))",
        "(call $debug_print (i32.const 0) (i32.const 0))",
        "(call $trap (i32.const 0) (i32.const 0))",
        "(call $data_certificate_copy (i32.const 0) (i32.const 0) (i32.const 0))",
    ],
)
def test_a_module_without_memory_cannot_use_what_needs_one(executor: WasmtimeExecutor, expression: str) -> None:
    error = failure(update(executor.instantiate(compiled(calling(expression, memory=""))), "f"))
    assert error.code == VIOLATION
    assert error.message == "Canister violated contract: WebAssembly module must define memory"


def test_a_module_without_memory_may_answer(executor: WasmtimeExecutor) -> None:
    assert update(executor.instantiate(compiled(calling("(call $msg_reply)", memory=""))), "f").reply == b""


def test_nothing_may_be_written_beyond_stable_memory_by_the_32_bit_interface_but_read(
    executor: WasmtimeExecutor,
) -> None:
    wide = "(call $stable64_write (i64.const 9) (i64.const 0) (i64.const 0))"
    for allowed in ("(call $stable_read (i32.const 0) (i32.const 9) (i32.const 0))", wide):
        assert update(executor.instantiate(compiled(calling(allowed))), "f").error is None
    written = calling("(call $stable_write (i32.const 9) (i32.const 0) (i32.const 0))")
    assert failure(update(executor.instantiate(compiled(written)), "f")).message == (
        "Canister trapped: stable memory out of bounds"
    )


def test_too_few_instructions_are_told_before_the_wrong_place(executor: WasmtimeExecutor) -> None:
    expression = "(call $msg_reply_data_append (i32.const 0) (i32.const 1000000))"
    instance = executor.instantiate(compiled(calling(expression)))
    entry = {"callback": FIRST_ENTRY, "instruction_limit": 1_000_000}
    assert failure(run(instance, Entry.CLEANUP, **entry)).code == "CanisterInstructionLimitExceeded"
    short = executor.instantiate(compiled(calling(expression.replace("1000000", "1"))))
    refused = run(short, Entry.CLEANUP, **entry)
    assert failure(refused).code == VIOLATION
    assert refused.instructions > 500


STRIDES = """
(module
  (import "ic0" "stable64_grow" (func $grow (param i64) (result i64)))
  (import "ic0" "stable64_read" (func $read (param i64 i64 i64)))
  (import "ic0" "stable64_write" (func $write (param i64 i64 i64)))
  (memory 1)
  (func $stride (param $pages i64)
    (drop (call $grow (i64.const 1)))
    (loop $again
      (local.set $pages (i64.sub (local.get $pages) (i64.const 1)))
      (call $read (i64.const 0) (i64.shl (local.get $pages) (i64.const 12)) (i64.const 4096))
      (call $write (i64.shl (local.get $pages) (i64.const 12)) (i64.const 0) (i64.const 1))
      (br_if $again (i64.ne (local.get $pages) (i64.const 0)))))
  (func (export "canister_update four") (call $stride (i64.const 4)))
  (func (export "canister_update five") (call $stride (i64.const 5)))
  (func (export "canister_query q_four") (call $stride (i64.const 4)))
  (func (export "canister_query q_five") (call $stride (i64.const 5))))
"""


@pytest.mark.parametrize("in_c", [True, False])
@pytest.mark.parametrize("entry", [Entry.UPDATE, Entry.QUERY, Entry.REPLICATED_QUERY])
def test_a_message_may_access_so_many_pages_of_stable_memory(
    executor: WasmtimeExecutor, monkeypatch: pytest.MonkeyPatch, entry: Entry, *, in_c: bool
) -> None:
    monkeypatch.setitem(STABLE_PAGES, entry, 4)
    if not in_c:
        monkeypatch.setattr(native_stable, "host_calls", lambda: None)
    instance = executor.instantiate(compiled(STRIDES))
    for _ in range(2):
        prefix = "" if entry is Entry.UPDATE else "q_"
        assert run(instance, entry, f"{prefix}four").error is None
        error = failure(run(instance, entry, f"{prefix}five"))
        assert (error.code, error.message, error.help, error.backtrace) == (
            "CanisterMemoryAccessLimitExceeded",
            (
                "Canister exceeded memory access limits: Exceeded the limit for the number of accessed pages in the "
                "stable memory in a single message execution: limit 2097152 KB for regular messages and 1048576 KB for "
                "queries."
            ),
            (
                ".\nTry optimizing the use of stable memory so that individual messages don't need to access as much "
                f"stable memory. {REFERENCE}memory-access-limit-exceeded"
            ),
            "",
        )


def test_how_much_stable_memory_a_message_may_access() -> None:
    gib = {entry: pages * 4096 >> 30 for entry, pages in STABLE_PAGES.items()}
    assert {entry for entry, size in gib.items() if size == 8} == {Entry.INIT, Entry.PRE_UPGRADE, Entry.POST_UPGRADE}
    assert gib[Entry.UPDATE] == gib[Entry.REPLY_CALLBACK] == gib[Entry.HEARTBEAT] == gib[Entry.START] == 2
    assert gib[Entry.QUERY] == gib[Entry.REPLICATED_QUERY] == gib[Entry.COMPOSITE_REPLY_CALLBACK] == 1


TWICE = """
(module
  (import "ic0" "accept_message" (func $accept))
  (import "ic0" "call_new" (func $new (param i32 i32 i32 i32 i32 i32 i32 i32)))
  (import "ic0" "call_data_append" (func $append (param i32 i32)))
  (import "ic0" "call_with_best_effort_response" (func $within (param i32)))
  (memory 161)
  (func $call (param $name i32)
    (call $new (i32.const 0) (i32.const 1) (i32.const 0) (local.get $name)
      (i32.const 0) (i32.const 0) (i32.const 0) (i32.const 0)))
  (func (export "canister_inspect_message") (call $accept) (call $accept))
  (func (export "canister_update long_name") (call $call (i32.const 20001)))
  (func (export "canister_update large") (call $call (i32.const 1)) (call $append (i32.const 0) (i32.const 10485760)))
  (func (export "canister_update hasty")
    (call $call (i32.const 1)) (call $within (i32.const 1)) (call $within (i32.const 1))))
"""


@pytest.mark.parametrize(
    ("entry", "method", "told"),
    [
        (Entry.INSPECT, "", "ic0.accept_message: the function was already called."),
        (Entry.UPDATE, "long_name", "Size of method_name 20001 exceeds the allowed limit of 20000."),
        (
            Entry.UPDATE,
            "large",
            "Request to 2ibo7-dia:\0 has a payload size of 10485761, which exceeds the allowed limit of 10485760.",
        ),
        (
            Entry.UPDATE,
            "hasty",
            "ic0_call_with_best_effort_response failed because a timeout is already set.",
        ),
    ],
)
def test_a_call_is_prepared_once_and_within_limits(
    executor: WasmtimeExecutor, entry: Entry, method: str, told: str
) -> None:
    error = failure(run(executor.instantiate(compiled(TWICE)), entry, method))
    assert (error.code, error.message) == (VIOLATION, f"Canister violated contract: {told}")
