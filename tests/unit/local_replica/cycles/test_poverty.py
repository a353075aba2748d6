"""A canister that cannot pay for its existence loses its code, and who waits for it hears of it; queues are bounded."""

import pytest

from local_replica.ingress import Refused
from local_replica.replica import Replica
from support.replicas import created, install, installed, manage, new_replica, update
from support.small_modules import COUNTER

YEAR_NS = 365 * 86_400 * 1_000_000_000
CROWD = """
(module
  (import "ic0" "canister_self_size" (func $self_size (result i32)))
  (import "ic0" "canister_self_copy" (func $self_copy (param i32 i32 i32)))
  (import "ic0" "call_new" (func $new (param i32 i32 i32 i32 i32 i32 i32 i32)))
  (import "ic0" "call_perform" (func $perform (result i32)))
  (import "ic0" "msg_reply" (func $reply))
  (import "ic0" "msg_reply_data_append" (func $append (param i32 i32)))
  (memory 1) (table 1 funcref) (elem (i32.const 0) $nothing)
  (func $nothing (param i32))
  (data (i32.const 64) "noop")
  (func (export "canister_update noop") (call $reply))
  (func (export "canister_update crowd")
    (call $self_copy (i32.const 0) (i32.const 0) (call $self_size))
    (loop $again
      (call $new (i32.const 0) (call $self_size) (i32.const 64) (i32.const 4)
        (i32.const 0) (i32.const 0) (i32.const 0) (i32.const 0))
      (i32.store (i32.const 104) (call $perform))
      (if (i32.eqz (i32.load (i32.const 104)))
        (then
          (i32.store (i32.const 100) (i32.add (i32.load (i32.const 100)) (i32.const 1)))
          (br $again))))
    (call $append (i32.const 100) (i32.const 8)) (call $reply)))
"""


def poor_counter(replica: Replica, threshold_s: int) -> bytes:
    canister = created(replica, 4 * 10**11)
    install(replica, canister, COUNTER)
    settings = {"freezing_threshold": threshold_s, "compute_allocation": 1}
    manage(replica, "update_settings", canister_id=canister, settings=settings)
    return canister


@pytest.mark.parametrize("threshold_s", [0, 1_000])
def test_a_canister_out_of_cycles_is_uninstalled(threshold_s: int) -> None:
    replica = new_replica()
    counter = poor_counter(replica, threshold_s)
    assert update(replica, counter, "inc")
    replica.set_time(replica.time_ns + YEAR_NS)
    replica.run_round()
    assert replica.cycles(counter) == 0
    assert replica.module(counter) is None
    manage(replica, "provisional_top_up_canister", canister_id=counter, amount=10**13)
    info = manage(replica, "canister_status", canister_id=counter)
    assert info["module_hash"] is None
    assert info["settings"]["compute_allocation"] == 0
    with pytest.raises(Refused, match="has no wasm module"):
        update(replica, counter, "inc")


def test_a_queue_takes_500_calls_and_refuses_the_next_as_transient() -> None:
    replica = new_replica()
    crowd = installed(replica, CROWD)
    reply = update(replica, crowd, "crowd")
    assert (int.from_bytes(reply[:4], "little"), int.from_bytes(reply[4:], "little")) == (500, 2)
