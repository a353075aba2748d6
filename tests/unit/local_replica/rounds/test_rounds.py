"""Rounds: order, fairness, timers, deadlines, stopping."""

import pytest

from candid.principal import to_text
from local_replica.config import ReplicaConfig, SubnetConfig, SubnetKind
from local_replica.cycles.costs import Fees
from local_replica.ingress import Ingress, IngressState, Refused
from local_replica.replica import Replica
from support.replicas import (
    ANONYMOUS,
    call_through,
    created,
    encoded,
    install,
    installed,
    manage,
    new_replica,
    query,
    submit_through,
    update,
)
from support.small_modules import ALARM, COUNTER, PROXY, RELAY

SECOND_NS = 10**9
ECHO_LATE = """
(module
  (import "ic0" "msg_reply" (func $reply))
  (import "ic0" "msg_reply_data_append" (func $append (param i32 i32)))
  (import "ic0" "canister_self_copy" (func $self (param i32 i32 i32)))
  (import "ic0" "call_new" (func $new (param i32 i32 i32 i32 i32 i32 i32 i32)))
  (import "ic0" "call_perform" (func $perform (result i32)))
  (memory 1) (data (i32.const 100) "nothing")
  (global $released (mut i32) (i32.const 0))
  (table funcref (elem $again))
  (func $again (param i32) (if (global.get $released) (then (call $reply)) (else (call $wait))))
  (func $wait
    (call $self (i32.const 0) (i32.const 0) (i32.const 10))
    (call $new (i32.const 0) (i32.const 10) (i32.const 100) (i32.const 7)
      (i32.const 0) (i32.const 0) (i32.const 0) (i32.const 0))
    (drop (call $perform)))
  (func (export "canister_update wait") (call $wait))
  (func (export "canister_update nothing") (call $reply))
  (func (export "canister_update release") (global.set $released (i32.const 1)) (call $reply))
)
"""
CALLER_IN_HASTE = """
(module
  (import "ic0" "msg_arg_data_size" (func $size (result i32)))
  (import "ic0" "msg_arg_data_copy" (func $copy (param i32 i32 i32)))
  (import "ic0" "msg_reply" (func $reply))
  (import "ic0" "msg_reply_data_append" (func $append (param i32 i32)))
  (import "ic0" "msg_reject_code" (func $code (result i32)))
  (import "ic0" "call_new" (func $new (param i32 i32 i32 i32 i32 i32 i32 i32)))
  (import "ic0" "call_with_best_effort_response" (func $within (param i32)))
  (import "ic0" "call_perform" (func $perform (result i32)))
  (memory 1) (table funcref (elem $told))
  (func $told (param i32)
    (i32.store8 (i32.const 0) (call $code)) (call $append (i32.const 0) (i32.const 1)) (call $reply))
  (func (export "canister_update ask")
    (call $copy (i32.const 0) (i32.const 0) (call $size))
    (call $new (i32.const 0) (i32.const 10) (i32.const 10) (i32.sub (call $size) (i32.const 10))
      (i32.const 0) (i32.const 0) (i32.const 0) (i32.const 0))
    (call $within (i32.const 30))
    (drop (call $perform)))
)
"""


@pytest.fixture
def replica() -> Replica:
    return new_replica()


def test_a_round_moves_time_by_one_nanosecond(replica: Replica) -> None:
    before = replica.time_ns
    replica.run_round()
    assert replica.time_ns == before + 1


def test_time_that_was_set_is_the_next_rounds(replica: Replica) -> None:
    replica.set_time(replica.time_ns + SECOND_NS)
    expected = replica.time_ns
    replica.run_round()
    assert replica.time_ns == expected


def test_time_does_not_go_back(replica: Replica) -> None:
    with pytest.raises(ValueError, match="forward"):
        replica.set_time(replica.time_ns - 1)


def test_a_chain_of_calls_on_one_subnet_takes_one_round(replica: Replica) -> None:
    counter, relay = installed(replica, COUNTER), installed(replica, RELAY)
    message = replica.submit_ingress(Ingress(ANONYMOUS, relay, "relay", counter + b"inc"))
    replica.run_round()
    status = replica.ingress_status(message)
    assert status is not None
    assert status.state is IngressState.REPLIED


def test_a_timer_fires_when_due_and_once(replica: Replica) -> None:
    alarm = installed(replica, ALARM)
    update(replica, alarm, "arm_in_a_minute")
    replica.run_round()
    assert query(replica, alarm, "rung") == b"\0"
    due = replica.next_timer_ns()
    assert due is not None
    replica.set_time(due)
    assert replica.is_due()
    replica.run_round()
    replica.run_round()
    assert query(replica, alarm, "rung") == b"\1"
    assert not replica.is_due()


def test_a_busy_canister_does_not_keep_others_waiting(replica: Replica) -> None:
    busy, counter = installed(replica, ECHO_LATE), installed(replica, COUNTER)
    waiting = replica.submit_ingress(Ingress(ANONYMOUS, busy, "wait"))
    replica.run_round()
    assert len(update(replica, counter, "inc")) == 12
    update(replica, busy, "release")
    assert replica.run_until_answered(waiting).state is IngressState.REPLIED


def test_a_best_effort_call_is_given_up_at_its_deadline(replica: Replica) -> None:
    late, haste = installed(replica, ECHO_LATE), installed(replica, CALLER_IN_HASTE)
    message = replica.submit_ingress(Ingress(ANONYMOUS, haste, "ask", late + b"wait"))
    replica.run_round()
    replica.set_time(replica.time_ns + 31 * SECOND_NS)
    assert replica.run_until_answered(message).reply == b"\6"
    update(replica, late, "release")
    for _ in range(3):
        replica.run_round()
    assert replica.is_idle()


def test_a_stop_waits_for_open_calls_and_is_answered_when_they_are_done(replica: Replica) -> None:
    late = installed(replica, ECHO_LATE)
    waiting = replica.submit_ingress(Ingress(ANONYMOUS, late, "wait"))
    replica.run_round()
    stop = replica.submit_ingress(
        Ingress(ANONYMOUS, b"", "stop_canister", encoded("stop_canister", {"canister_id": late}), effective_id=late)
    )
    replica.run_round()
    status = replica.ingress_status(stop)
    assert status is not None
    assert not status.is_final
    with pytest.raises(Refused, match="is stopping"):
        update(replica, late, "release")
    manage(replica, "start_canister", canister_id=late)
    update(replica, late, "release")
    assert replica.run_until_answered(waiting).state is IngressState.REPLIED
    assert replica.run_until_answered(stop).state is IngressState.REJECTED


def test_a_call_between_subnets_arrives_and_is_answered() -> None:
    replica = new_replica(ReplicaConfig(subnets=(SubnetConfig(), SubnetConfig(SubnetKind.SYSTEM))))
    relay = installed(replica, RELAY)
    system = next(one.subnet_id for one in replica.subnets.values() if one.kind is SubnetKind.SYSTEM)
    arg = encoded("provisional_create_canister_with_cycles", {"amount": 10**15})
    made = replica.call(Ingress(ANONYMOUS, b"", "provisional_create_canister_with_cycles", arg, effective_id=system))
    far = made[-10:]
    assert replica.subnet_of(far) == system
    install(replica, far, COUNTER)
    assert len(update(replica, relay, "relay", far + b"inc")) == 12
    assert replica.cycles(far) == 10**15


def proxy_on(replica: Replica, subnet_id: bytes) -> bytes:
    arg = encoded("provisional_create_canister_with_cycles", {"amount": 10**15})
    made = replica.call(Ingress(ANONYMOUS, b"", "provisional_create_canister_with_cycles", arg, effective_id=subnet_id))
    install(replica, made[-10:], PROXY)
    return made[-10:]


@pytest.mark.parametrize("method", ["raw_rand", "create_canister", "http_request"])
def test_only_canisters_of_the_root_subnet_may_ask_by_a_subnets_id(method: str) -> None:
    replica = new_replica(ReplicaConfig(subnets=(SubnetConfig(SubnetKind.NNS), SubnetConfig(), SubnetConfig())))
    _, own, other = replica.subnets
    for asked in (own, other):
        answer = call_through(replica, proxy_on(replica, own), method, b"DIDL\0\0", cycles=7, callee=asked)
        assert (answer.code, answer.refunded) == (3, 7)
        assert answer.message == (
            f"Unable to route management canister request {method}: AlreadyResolved({to_text(asked)})"
        )


def test_the_root_subnet_may_ask_by_a_subnets_id() -> None:
    replica = new_replica(ReplicaConfig(subnets=(SubnetConfig(SubnetKind.NNS), SubnetConfig())))
    root, other = replica.subnets
    for asked in (root, other):
        answer = call_through(replica, proxy_on(replica, root), "raw_rand", b"DIDL\0\0", callee=asked)
        assert (answer.code, len(answer.content)) == (0, 42)


def test_unanswerable_messages_are_told_apart(replica: Replica) -> None:
    empty = created(replica)
    with pytest.raises(Refused, match="no wasm module"):
        update(replica, empty, "x")
    with pytest.raises(Refused, match="not found"):
        update(replica, bytes.fromhex("ffffffffffe000ff0101"), "x")


def test_a_message_with_a_known_id_is_not_taken_twice(replica: Replica) -> None:
    counter = installed(replica, COUNTER)
    message = Ingress(ANONYMOUS, counter, "inc", message_id=bytes(32))
    assert replica.submit_ingress(message) == replica.submit_ingress(message) == bytes(32)
    replica.run_round()
    assert query(replica, counter, "get")[:4] == b"\1\0\0\0"


def test_a_timer_of_a_frozen_canister_waits_for_cycles(replica: Replica) -> None:
    canister = installed(replica, ALARM)
    update(replica, canister, "arm_in_a_minute")
    manage(replica, "update_settings", canister_id=canister, settings={"freezing_threshold": 10**15})
    replica.set_time(replica.time_ns + 120 * SECOND_NS)
    for _ in range(3):
        replica.run_round()
    manage(replica, "update_settings", canister_id=canister, settings={"freezing_threshold": 0})
    for _ in range(3):
        replica.run_round()
    assert query(replica, canister, "rung") == b"\1"


def test_an_answer_to_a_canister_without_its_code_costs_a_message() -> None:
    replica = new_replica()
    proxy, late = installed(replica, PROXY), installed(replica, ECHO_LATE)
    submit_through(replica, proxy, "wait", b"", callee=late)
    for _ in range(3):
        replica.run_round()
    manage(replica, "uninstall_code", canister_id=proxy)
    before = replica.cycles(proxy)
    update(replica, late, "release")
    for _ in range(3):
        replica.run_round()
    fees = Fees()
    unused = fees.prepaid_execution() + fees.prepaid_transmission() - fees.transmission(0)
    assert replica.cycles(proxy) - before == unused - fees.execution(0)
