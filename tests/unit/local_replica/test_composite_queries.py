"""Composite queries in the order, the words and the limits of the replica's source, where nothing is recorded."""

import struct

import pytest

from local_replica.ingress import Refused
from local_replica.queries import CALL_OVERHEAD, transform
from local_replica.query_statistics import QueryTotals
from local_replica.rejections import text
from local_replica.replica import Replica
from support.replicas import created, installed, manage, new_replica, query, update
from support.small_modules import COUNTER

ASKER = """
(module
  (import "ic0" "msg_arg_data_size" (func $size (result i32)))
  (import "ic0" "msg_arg_data_copy" (func $copy (param i32 i32 i32)))
  (import "ic0" "msg_reply" (func $reply))
  (import "ic0" "msg_reply_data_append" (func $append (param i32 i32)))
  (import "ic0" "msg_reject_code" (func $code (result i32)))
  (import "ic0" "msg_reject_msg_size" (func $reject_size (result i32)))
  (import "ic0" "msg_reject_msg_copy" (func $reject_copy (param i32 i32 i32)))
  (import "ic0" "call_new" (func $new (param i32 i32 i32 i32 i32 i32 i32 i32)))
  (import "ic0" "call_on_cleanup" (func $cleanup (param i32 i32)))
  (import "ic0" "call_perform" (func $perform (result i32)))
  (import "ic0" "data_certificate_present" (func $certified (result i32)))
  (import "ic0" "canister_cycle_balance" (func $balance (result i64)))
  (import "ic0" "performance_counter" (func $counter (param i32) (result i64)))
  (table funcref (elem $answered $refused $trapping $silent $more $fallen))
  (memory 1)
  (data (i32.const 900) "\\00\\01\\02\\03\\04\\05\\06\\07")
  (global $calls (mut i32) (i32.const 0))
  (func $tell (param $from i32) (param $bytes i32)
    (call $append (local.get $from) (local.get $bytes)) (call $reply))
  (func $answered (param i32)
    (call $copy (i32.const 1000) (i32.const 0) (call $size))
    (call $tell (i32.const 1000) (call $size)))
  (func $refused (param i32)
    (i32.store8 (i32.const 1000) (call $code))
    (call $reject_copy (i32.const 1001) (i32.const 0) (call $reject_size))
    (call $tell (i32.const 1000) (i32.add (i32.const 1) (call $reject_size))))
  (func $trapping (param i32) unreachable)
  (func $silent (param i32))
  (func $more (param i32)
    (i64.store (i32.const 1000) (call $balance))
    (i64.store (i32.const 1008) (call $counter (i32.const 1)))
    (i64.store (i32.const 1016) (call $counter (i32.const 0)))
    (call $tell (i32.const 1000) (i32.const 24)))
  (func $fallen (param i32) (global.set $calls (i32.const 77)) unreachable)
  (func $ask (param $callback i32)
    (call $copy (i32.const 0) (i32.const 0) (call $size))
    (call $new (i32.const 0) (i32.const 10) (i32.const 10) (i32.sub (call $size) (i32.const 10))
      (local.get $callback) (i32.const 0)
      (select (i32.const 1) (local.get $callback) (i32.eqz (local.get $callback))) (i32.const 0)))
  (func $send (drop (call $perform)))
  (func (export "canister_query plain")
    (call $new (i32.const 0) (i32.const 10) (i32.const 0) (i32.const 0)
      (i32.const 0) (i32.const 0) (i32.const 1) (i32.const 0))
    (call $send))
  (func (export "canister_query certified")
    (i32.store8 (i32.const 0) (call $certified)) (call $tell (i32.const 0) (i32.const 1)))
  (func (export "canister_composite_query certified_too")
    (i32.store8 (i32.const 0) (call $certified)) (call $tell (i32.const 0) (i32.const 1)))
  (func (export "canister_composite_query quiet"))
  (func (export "canister_composite_query ask") (call $ask (i32.const 0)) (call $send))
  (func (export "canister_composite_query ask_management")
    (call $copy (i32.const 0) (i32.const 0) (call $size))
    (call $new (i32.const 0) (i32.const 0) (i32.const 0) (call $size)
      (i32.const 0) (i32.const 0) (i32.const 1) (i32.const 0))
    (call $send))
  (func (export "canister_composite_query answer_and_ask")
    (call $tell (i32.const 900) (i32.const 8)) (call $ask (i32.const 2)) (call $send))
  (func (export "canister_composite_query trap_then_answer")
    (call $ask (i32.const 2)) (call $send) (call $ask (i32.const 0)) (call $send))
  (func (export "canister_composite_query trap_then_nothing")
    (call $ask (i32.const 2)) (call $send) (call $ask (i32.const 3)) (call $send))
  (func (export "canister_composite_query answer_then_trap")
    (call $ask (i32.const 0)) (call $send) (call $ask (i32.const 2)) (call $send))
  (func (export "canister_composite_query trap_twice")
    (call $ask (i32.const 2)) (call $cleanup (i32.const 5) (i32.const 0)) (call $send))
  (func (export "canister_composite_query nobody") (call $ask (i32.const -1)) (call $send))
  (func (export "canister_composite_query measure") (call $ask (i32.const 4)) (call $send))
  (func $many (param $left i32)
    (loop $again
      (call $ask (i32.const 3)) (call $send)
      (local.set $left (i32.sub (local.get $left) (i32.const 1)))
      (br_if $again (local.get $left))))
  (func (export "canister_composite_query ask_99") (call $many (i32.const 99)))
  (func (export "canister_composite_query ask_100") (call $many (i32.const 100)))
  (func (export "canister_composite_query ask_501")
    (call $many (i32.const 500))
    (call $ask (i32.const 3))
    (i32.store8 (i32.const 0) (call $perform))
    (call $tell (i32.const 0) (i32.const 1))))
"""

SCRIBE = """
(module
  (import "ic0" "msg_arg_data_size" (func $size (result i32)))
  (import "ic0" "msg_arg_data_copy" (func $copy (param i32 i32 i32)))
  (import "ic0" "msg_reply" (func $reply))
  (import "ic0" "msg_reply_data_append" (func $append (param i32 i32)))
  (import "ic0" "call_new" (func $new (param i32 i32 i32 i32 i32 i32 i32 i32)))
  (import "ic0" "call_perform" (func $perform (result i32)))
  (import "ic0" "stable64_grow" (func $grow (param i64) (result i64)))
  (import "ic0" "stable64_write" (func $write (param i64 i64 i64)))
  (import "ic0" "stable64_read" (func $read (param i64 i64 i64)))
  (table funcref (elem $answered))
  (memory 1)
  (func $look (call $read (i64.const 100) (i64.const 0) (i64.const 1)) (call $append (i32.const 100) (i32.const 1)))
  (func $answered (param i32)
    (call $copy (i32.const 1000) (i32.const 0) (call $size))
    (call $append (i32.const 1000) (call $size))
    (call $look) (call $reply))
  (func (export "canister_update grow_16_gib") (drop (call $grow (i64.const 262144))) (call $reply))
  (func (export "canister_update grow_small") (drop (call $grow (i64.const 1))) (call $reply))
  (func (export "canister_query look") (call $look) (call $reply))
  (func (export "canister_composite_query note")
    (i32.store8 (i32.const 200) (i32.const 7))
    (call $write (i64.const 0) (i64.const 200) (i64.const 1))
    (call $ask))
  (func $ask (export "canister_composite_query ask")
    (call $copy (i32.const 0) (i32.const 0) (call $size))
    (call $new (i32.const 0) (i32.const 10) (i32.const 10) (i32.sub (call $size) (i32.const 10))
      (i32.const 0) (i32.const 0) (i32.const 0) (i32.const 0))
    (drop (call $perform))))
"""


class Pair:
    """A canister that asks others, and one that counts."""

    def __init__(self) -> None:
        self.replica: Replica = new_replica()
        self.asker = installed(self.replica, ASKER)
        self.counter = installed(self.replica, COUNTER)

    def ask(self, method: str, callee: bytes | None = None, asked: str = "get") -> bytes:
        return query(self.replica, self.asker, method, (callee or self.counter) + asked.encode())

    def refused(self, method: str, callee: bytes | None = None, asked: str = "get") -> str:
        with pytest.raises(Refused) as refusal:
            self.ask(method, callee, asked)
        return f"{refusal.value.reject.error_code}: {refusal.value.reject.message}"


@pytest.fixture(scope="module")
def pair() -> Pair:
    return Pair()


COUNTED = bytes(12)


def test_who_has_answered_is_done_whatever_it_called(pair: Pair) -> None:
    assert pair.ask("answer_and_ask") == bytes(range(8))
    assert pair.ask("answer_then_trap") == COUNTED


def test_a_callback_may_fail_while_another_can_still_answer(pair: Pair) -> None:
    assert pair.ask("trap_then_answer") == COUNTED
    assert pair.refused("trap_then_nothing").endswith("did not produce a response")


def test_a_failing_cleanup_is_told_with_its_callback(pair: Pair) -> None:
    told = pair.refused("trap_twice")
    assert told.startswith("CanisterTrapped: ")
    assert "call_on_cleanup also failed:" in told
    assert told.count("Canister trapped: unreachable") == 2


def test_a_callback_that_does_not_exist_fails(pair: Pair) -> None:
    assert pair.refused("nobody").startswith("CanisterFunctionNotFound: ")


@pytest.mark.parametrize(
    ("callee", "asked", "told"),
    [
        ("counter", "missing", "\5IC0536: Error from Canister {0}: Canister has no query method 'missing'..\n"),
        ("nowhere", "get", "\3IC0301: Canister {0} not found"),
        (
            "empty",
            "get",
            "\5IC0537: Error from Canister {0}: Attempted to execute a message, but the canister contains",
        ),
        ("asker", "quiet", "\5IC0506: Canister {0} did not produce a response"),
        ("stopped", "get", "\5IC0508: Canister {0} is stopped and therefore does not have a CallContextManager"),
    ],
)
def test_a_failed_call_is_told_with_its_number(pair: Pair, callee: str, asked: str, told: str) -> None:
    replica = pair.replica
    if callee in ("counter", "asker"):
        callee_id = getattr(pair, callee)
    elif callee == "nowhere":
        callee_id = b"\0" * 5 + b"\x0f\xff\xff\1\1"
    else:
        callee_id = created(replica)
        if callee == "stopped":
            manage(replica, "stop_canister", canister_id=callee_id)
    assert pair.ask("ask", callee_id, asked).decode().startswith(told.format(text(callee_id)))


def test_a_plain_query_that_is_called_may_call_on(pair: Pair) -> None:
    nowhere = f"\3IC0301: Canister {text(bytes(10))} not found"
    assert pair.ask("ask", pair.asker, "plain").decode() == nowhere
    assert pair.refused("plain").startswith("CanisterContractViolation: ")


def test_only_the_canister_that_was_asked_sees_a_certificate(pair: Pair) -> None:
    other = installed(pair.replica, ASKER)
    assert query(pair.replica, pair.asker, "certified") == b"\1"
    assert query(pair.replica, pair.asker, "certified_too") == b"\1"
    assert pair.ask("ask", pair.asker, "certified") == b"\1"
    assert pair.ask("ask", other, "certified") == b"\0"
    subnet = pair.replica.network.subnet_of(pair.asker)
    assert subnet is not None
    assert transform(subnet, pair.asker, "certified", b"") == b"\0"


def test_the_management_canister_is_a_subnet_that_is_not_found(pair: Pair) -> None:
    [subnet] = pair.replica.network.subnets
    told = query(pair.replica, pair.asker, "ask_management", b"raw_rand")
    assert told.decode() == f"\3IC0301: Canister {text(subnet)} not found"
    with pytest.raises(Refused, match="did not produce a response"):
        query(pair.replica, pair.asker, "ask_management", b"unknown")


def test_calls_cost_cycles_and_instructions_of_their_context_add_up(pair: Pair) -> None:
    balance, whole, part = struct.unpack("<3Q", pair.ask("measure"))
    subnet = pair.replica.network.subnet_of(pair.asker)
    assert subnet is not None
    assert subnet.canisters[pair.asker].balance - 10**8 > balance
    assert whole > part > 0


def test_each_call_takes_fifty_million_instructions_of_five_billion(pair: Pair) -> None:
    assert 5 * 10**9 // CALL_OVERHEAD == 100
    assert pair.refused("ask_99").endswith("did not produce a response")
    assert pair.refused("ask_100") == (
        "QueryCallGraphTotalInstructionLimitExceeded: Composite query calls exceeded the instruction limit."
    )


def test_a_canister_may_call_another_500_times_in_a_query(pair: Pair) -> None:
    assert pair.ask("ask_501") == b"\2"


def test_a_method_is_missing_before_a_canister_is_frozen(pair: Pair) -> None:
    frozen = installed(pair.replica, COUNTER)
    manage(pair.replica, "update_settings", canister_id=frozen, settings={"freezing_threshold": 10**15})
    with pytest.raises(Refused, match="has no query method"):
        query(pair.replica, frozen, "missing")
    with pytest.raises(Refused, match="unable to process query calls because it's frozen"):
        query(pair.replica, frozen, "get")


def test_what_callbacks_take_is_not_in_the_statistics() -> None:
    pair = Pair()
    counted: list[tuple[bytes, QueryTotals]] = []
    subnet = next(iter(pair.replica.network.subnets.values()))
    subnet.query_statistics.count = lambda _, canister, part: counted.append((canister, part))  # type: ignore[method-assign]
    pair.ask("ask")
    assert [(canister, part.calls, part.response_bytes) for canister, part in counted] == [
        (pair.asker, 1, 0),
        (pair.counter, 1, 12),
    ]
    assert all(0 < part.instructions < CALL_OVERHEAD for _, part in counted)


def test_what_a_composite_query_writes_its_callbacks_alone_read() -> None:
    replica = new_replica()
    scribe = installed(replica, SCRIBE)
    update(replica, scribe, "grow_small")
    assert query(replica, scribe, "note", scribe + b"look") == bytes([0, 7])
    assert query(replica, scribe, "look") == bytes(1)


def test_a_call_of_a_query_copies_no_stable_memory() -> None:
    replica = new_replica()
    scribe = installed(replica, SCRIBE)
    update(replica, scribe, "grow_16_gib")
    assert query(replica, scribe, "ask", scribe + b"look") == bytes([0, 0])
