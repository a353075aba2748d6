"""System calls that the recordings show only through a scheduler: calls, callbacks, cycles, surroundings."""

from collections.abc import Iterator

import pytest

from local_replica.execution import WasmtimeExecutor
from local_replica.execution.contexts import ALLOWED
from local_replica.execution.ic0 import SystemCalls
from local_replica.execution.instance import WasmInstance
from local_replica.execution.port import Callback, Entry, ExecutionError, Growth
from local_replica.execution.signatures import SIGNATURES
from support.executing import CANISTER, query, request, run, update
from support.small_modules import compiled

CALLER = """
(module
  (import "ic0" "msg_reply" (func $reply))
  (import "ic0" "msg_reply_data_append" (func $append (param i32 i32)))
  (import "ic0" "msg_reject_code" (func $code (result i32)))
  (import "ic0" "msg_reject_msg_size" (func $message_size (result i32)))
  (import "ic0" "msg_reject_msg_copy" (func $message (param i32 i32 i32)))
  (import "ic0" "msg_cycles_accept128" (func $accept (param i64 i64 i32)))
  (import "ic0" "msg_cycles_available" (func $available (result i64)))
  (import "ic0" "msg_cycles_refunded" (func $refunded (result i64)))
  (import "ic0" "canister_cycle_balance" (func $balance (result i64)))
  (import "ic0" "canister_liquid_cycle_balance128" (func $liquid (param i32)))
  (import "ic0" "cycles_burn128" (func $burn (param i64 i64 i32)))
  (import "ic0" "call_new" (func $new (param i32 i32 i32 i32 i32 i32 i32 i32)))
  (import "ic0" "call_data_append" (func $data (param i32 i32)))
  (import "ic0" "call_on_cleanup" (func $cleanup (param i32 i32)))
  (import "ic0" "call_cycles_add128" (func $attach (param i64 i64)))
  (import "ic0" "call_with_best_effort_response" (func $best_effort (param i32)))
  (import "ic0" "call_perform" (func $perform (result i32)))
  (import "ic0" "global_timer_set" (func $timer (param i64) (result i64)))
  (import "ic0" "debug_print" (func $print (param i32 i32)))
  (import "ic0" "certified_data_set" (func $certify (param i32 i32)))
  (import "ic0" "data_certificate_present" (func $present (result i32)))
  (import "ic0" "in_replicated_execution" (func $replicated (result i32)))
  (import "ic0" "performance_counter" (func $counter (param i32) (result i64)))
  (import "ic0" "stable_grow" (func $stable_grow (param i32) (result i32)))
  (memory 1)
  (table 8 funcref)
  (elem (i32.const 1) $on_reply $on_reject $on_cleanup $odd)
  (data (i32.const 0) "\\00\\01\\02method and argument")
  (func $answer64 (param i64)
    (i64.store (i32.const 100) (local.get 0)) (call $append (i32.const 100) (i32.const 8)) (call $reply))
  (func $odd (param i64))
  (func $on_reply (param $env i32) (call $answer64 (i64.add (call $refunded) (i64.extend_i32_u (local.get $env)))))
  (func $on_reject (param $env i32)
    (call $message (i32.const 200) (i32.const 0) (call $message_size))
    (i32.store8 (i32.const 199) (call $code))
    (call $append (i32.const 199) (i32.add (call $message_size) (i32.const 1)))
    (call $reply))
  (func $on_cleanup (param $env i32) (call $print (i32.const 3) (i32.const 6)))
  (func $prepare
    (call $new (i32.const 0) (i32.const 3) (i32.const 3) (i32.const 6)
      (i32.const 1) (i32.const 10) (i32.const 2) (i32.const 20)))
  (func (export "canister_update call")
    (call $prepare)
    (call $data (i32.const 9) (i32.const 8))
    (call $cleanup (i32.const 3) (i32.const 30))
    (call $attach (i64.const 0) (i64.const 500))
    (call $best_effort (i32.const 60))
    (call $answer64 (i64.extend_i32_u (call $perform))))
  (func (export "canister_update call_dropped")
    (call $prepare) (call $attach (i64.const 0) (i64.const 500))
    (call $prepare) (call $attach (i64.const 0) (i64.const 300))
    (call $answer64 (call $balance)))
  (func (export "canister_update accept")
    (call $accept (i64.const 0) (i64.const 70) (i32.const 16)) (call $answer64 (call $available)))
  (func (export "canister_update burn")
    (call $burn (i64.const 0) (i64.const 1000) (i32.const 16)) (call $answer64 (i64.load (i32.const 16))))
  (func (export "canister_query liquid")
    (call $liquid (i32.const 16)) (call $answer64 (i64.load (i32.const 16))))
  (func (export "canister_update timers")
    (drop (call $timer (i64.const 5))) (call $answer64 (call $timer (i64.const 9))))
  (func (export "canister_update certify") (call $certify (i32.const 3) (i32.const 6)) (call $reply))
  (func (export "canister_query present") (call $answer64 (i64.extend_i32_u (call $present))))
  (func (export "canister_query replicated") (call $answer64 (i64.extend_i32_u (call $replicated))))
  (func (export "canister_update counters")
    (call $answer64 (i64.sub (call $counter (i32.const 1)) (call $counter (i32.const 0)))))
  (func (export "canister_update grow") (drop (call $stable_grow (i32.const 2))) (drop (memory.grow (i32.const 3)))
    (call $reply)))
"""


@pytest.fixture
def caller(executor: WasmtimeExecutor) -> Iterator[WasmInstance]:
    instance = executor.instantiate(compiled(CALLER))
    yield instance
    instance.close()


def number(reply: bytes | None) -> int:
    assert reply is not None
    return int.from_bytes(reply, "little")


def test_every_function_of_the_table_has_a_type_and_an_implementation() -> None:
    assert set(SIGNATURES[False]) == set(ALLOWED)
    assert all(callable(getattr(SystemCalls, name)) for name in ALLOWED)


def test_a_performed_call_tells_all_that_the_scheduler_needs(caller: WasmInstance) -> None:
    outcome = update(caller, "call", balance=10_000, call_fee=lambda size: 40 + size)
    (call,) = outcome.calls
    assert (call.callee, call.method, call.arg) == (b"\0\1\2", "method", b" and arg")
    assert (call.on_reply, call.on_reject) == (Callback(1, 10), Callback(2, 20))
    assert (call.on_cleanup, call.timeout_seconds) == (Callback(3, 30), 60)
    assert (call.cycles, call.fee) == (500, 40 + 14)
    assert outcome.balance == 10_000 - 500 - 54
    assert number(outcome.reply) == 0


def test_a_call_that_the_queue_or_the_balance_does_not_take_gives_its_cycles_back(caller: WasmInstance) -> None:
    full = update(caller, "call", balance=10_000, reserve_output_slot=lambda _: False)
    poor = update(caller, "call", balance=10_000, freezing_limit=9_000, call_fee=lambda _: 600)
    for outcome in (full, poor):
        assert number(outcome.reply) == 2
        assert (outcome.calls, outcome.balance) == ([], 10_000)


def test_a_call_never_performed_costs_nothing(caller: WasmInstance) -> None:
    outcome = update(caller, "call_dropped", balance=10_000)
    assert number(outcome.reply) == 10_000 - 300
    assert outcome.balance == 10_000


def test_cycles_below_the_freezing_limit_cannot_be_attached(caller: WasmInstance) -> None:
    outcome = update(caller, "call", balance=10_000, freezing_limit=9_600)
    assert outcome.error is not None
    assert outcome.error.message.endswith("is out of cycles")


def test_accepted_and_burned_cycles_move_the_balance(caller: WasmInstance) -> None:
    accepted = update(caller, "accept", available=100, balance=1_000)
    assert (accepted.accepted, accepted.balance, number(accepted.reply)) == (70, 1_070, 30)
    burned = update(caller, "burn", balance=1_500, freezing_limit=900)
    assert (burned.burned, burned.balance, number(burned.reply)) == (600, 900, 600)
    assert number(query(caller, "liquid", balance=1_500, freezing_limit=900).reply) == 600


def test_callbacks_get_their_environment_and_what_came_back(caller: WasmInstance) -> None:
    replied = run(caller, Entry.REPLY_CALLBACK, callback=Callback(1, 10), refunded=7)
    assert number(replied.reply) == 17
    rejected = run(caller, Entry.REJECT_CALLBACK, callback=Callback(2, 0), reject_code=4, reject_message="no, thanks")
    assert rejected.reply == b"\4no, thanks"
    cleaned = run(caller, Entry.CLEANUP, callback=Callback(3, 0))
    assert cleaned.logs == [b"method"]


@pytest.mark.parametrize(
    ("index", "code", "message"),
    [
        (0, "CanisterContractViolation", "Canister violated contract: unexpected null function reference"),
        (
            4,
            "CanisterContractViolation",
            "Canister violated contract: function invocation does not match its signature",
        ),
        (99, "CanisterFunctionNotFound", "Canister requested to invoke a non-existent Wasm function 99 from table 0"),
    ],
)
def test_a_callback_that_is_no_function_fails(caller: WasmInstance, index: int, code: str, message: str) -> None:
    error = run(caller, Entry.REPLY_CALLBACK, callback=Callback(index, 0)).error
    assert error is not None
    assert (error.code, error.message) == (code, message)


def test_a_callback_in_a_module_without_a_table_fails(executor: WasmtimeExecutor) -> None:
    instance = executor.instantiate(compiled("(module)"))
    error = run(instance, Entry.REPLY_CALLBACK, callback=Callback(0, 0)).error
    assert error is not None
    assert error.message == "Canister violated contract: table not found"


def test_the_global_timer_answers_what_was_set_before(caller: WasmInstance) -> None:
    outcome = update(caller, "timers", global_timer=3)
    assert (outcome.timer, number(outcome.reply)) == (9, 5)
    assert update(caller, "certify").timer is None


def test_certified_data_and_certificate_pass_through(caller: WasmInstance) -> None:
    assert update(caller, "certify").certified_data == b"method"
    assert number(query(caller, "present", certificate=b"c").reply) == 1
    assert number(query(caller, "present").reply) == 0


def test_a_query_called_as_update_is_replicated(caller: WasmInstance) -> None:
    assert number(run(caller, Entry.REPLICATED_QUERY, "replicated").reply) == 1
    assert number(query(caller, "replicated").reply) == 0


def test_the_call_context_counter_includes_earlier_messages(caller: WasmInstance) -> None:
    difference = number(update(caller, "counters", call_context_instructions=1_000_000).reply)
    assert 999_000 < difference <= 1_000_000


def test_growing_memory_asks_the_scheduler(caller: WasmInstance) -> None:
    asked: list[Growth] = []

    def refuse(growth: Growth) -> ExecutionError | int:
        asked.append(growth)
        return ExecutionError("SubnetOversubscribed", "no room") if len(asked) > 1 else 7

    outcome = caller.execute(request(Entry.UPDATE, "grow", allocate_memory=refuse))
    assert outcome.error is not None
    assert outcome.error.code == "SubnetOversubscribed"
    assert [(growth.additional, growth.before, growth.reserved) for growth in asked] == [
        (2 << 16, 0, 0),
        (3 << 16, 2 << 16, 7),
    ]
    assert asked[1].balance == asked[0].balance - 7
    assert (caller.heap_bytes(), caller.stable_bytes()) == (1 << 16, 0)


def test_the_wasm_memory_limit_binds_updates_but_not_callbacks_tasks_and_queries(executor: WasmtimeExecutor) -> None:
    instance = executor.instantiate(
        compiled(
            """(module (memory 1) (table 1 funcref) (elem (i32.const 0) $grow)
            (func $grow (param i32) (drop (memory.grow (i32.const 1))))
            (func (export "canister_update grow") (call $grow (i32.const 0)))
            (func (export "canister_update grow_and_trap") (call $grow (i32.const 0)) unreachable)
            (func (export "canister_heartbeat") (call $grow (i32.const 0)))
            (func (export "canister_query grow_query") (call $grow (i32.const 0))))"""
        )
    )
    trapped = update(instance, "grow_and_trap", wasm_memory_limit=1 << 16)
    assert trapped.error is not None
    assert trapped.error.code == "CanisterWasmMemoryLimitExceeded"
    limited = update(instance, "grow", wasm_memory_limit=1 << 16)
    assert limited.error is not None
    assert limited.error.code == "CanisterWasmMemoryLimitExceeded"
    assert query(instance, "grow_query", wasm_memory_limit=1 << 16).error is None
    callback = run(instance, Entry.REPLY_CALLBACK, callback=Callback(0, 0), wasm_memory_limit=1 << 16)
    assert callback.error is None
    assert instance.heap_bytes() == 2 << 16
    assert run(instance, Entry.HEARTBEAT, wasm_memory_limit=1 << 16).error is None
    assert instance.heap_bytes() == 3 << 16


def test_a_memory64_module_uses_64_bit_pointers(executor: WasmtimeExecutor) -> None:
    instance = executor.instantiate(
        compiled(
            """(module
            (import "ic0" "canister_self_copy" (func $copy (param i64 i64 i64)))
            (import "ic0" "canister_self_size" (func $size (result i64)))
            (import "ic0" "msg_reply_data_append" (func $append (param i64 i64)))
            (import "ic0" "msg_reply" (func $reply))
            (memory i64 1)
            (table 1 funcref) (elem (i32.const 0) $back)
            (func $back (param i64) (call $reply))
            (func (export "canister_query id")
              (call $copy (i64.const 8) (i64.const 0) (call $size))
              (call $append (i64.const 8) (call $size)) (call $reply)))"""
        )
    )
    assert query(instance, "id").reply == CANISTER
    assert run(instance, Entry.REPLY_CALLBACK, callback=Callback(0, 1 << 40)).reply == b""


def test_entry_points_that_a_module_lacks_do_nothing(executor: WasmtimeExecutor) -> None:
    instance = executor.instantiate(compiled("(module)"))
    for entry in (Entry.START, Entry.INIT, Entry.PRE_UPGRADE, Entry.POST_UPGRADE, Entry.INSPECT):
        outcome = run(instance, entry)
        assert (outcome.error, outcome.reply) == (None, None)
