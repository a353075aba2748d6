"""What messages may take differs by the subnet's kind and configuration; it is paid ahead."""

import re

import pytest

from local_replica.config import ReplicaConfig, SubnetConfig, SubnetKind
from local_replica.execution.port import Entry
from local_replica.ingress import Refused
from local_replica.instruction_limits import BENCHMARKING, InstructionLimits, limits_of
from support.replicas import created, install, installed, new_replica, query, update
from support.small_modules import COUNTER


@pytest.mark.parametrize(
    ("kind", "benchmarking", "update_limit", "query_limit", "install_limit"),
    [
        (SubnetKind.APPLICATION, False, None, None, None),
        (SubnetKind.NNS, False, 50_000_000_000, 50_000_000_000, 1_000_000_000_000),
        (SubnetKind.APPLICATION, True, BENCHMARKING, None, None),
        (SubnetKind.SYSTEM, True, BENCHMARKING, 50_000_000_000, 1_000_000_000_000),
    ],
)
def test_limits_follow_kind_and_configuration(
    kind: SubnetKind,
    benchmarking: bool,
    update_limit: int | None,
    query_limit: int | None,
    install_limit: int | None,
) -> None:
    limits = limits_of(SubnetConfig(kind, benchmarking=benchmarking))
    assert limits == InstructionLimits(update_limit, query_limit, install_limit, limits.call_graph)
    assert limits.of(Entry.UPDATE) == limits.of(Entry.HEARTBEAT) == update_limit
    assert limits.of(Entry.REPLICATED_QUERY) == query_limit
    assert (limits.call_graph == BENCHMARKING) == benchmarking


def test_a_benchmarking_subnet_asks_for_what_a_message_may_take() -> None:
    replica = new_replica(ReplicaConfig(subnets=(SubnetConfig(benchmarking=True),)))
    poor, rich = created(replica, 99 * 10**12), created(replica, 101 * 10**12)
    for canister in (poor, rich):
        install(replica, canister, COUNTER)
        query(replica, canister, "get")
    with pytest.raises(Refused, match="out of cycles"):
        update(replica, poor, "inc")
    update(replica, rich, "inc")


ENDLESS_CALLBACK = """
(module
  (import "ic0" "canister_self_copy" (func $self (param i32 i32 i32)))
  (import "ic0" "call_new" (func $new (param i32 i32 i32 i32 i32 i32 i32 i32)))
  (import "ic0" "call_on_cleanup" (func $cleanup (param i32 i32)))
  (import "ic0" "call_perform" (func $perform (result i32)))
  (memory 1) (table funcref (elem $endless))
  (func $endless (param i32) (loop $again (br $again)))
  (func $call (param $callback i32)
    (call $self (i32.const 0) (i32.const 0) (i32.const 10))
    (call $new (i32.const 0) (i32.const 10) (i32.const 0) (i32.const 0)
      (local.get $callback) (i32.const 0) (local.get $callback) (i32.const 0)))
  (func (export "canister_update call") (call $call (i32.const 0)) (drop (call $perform)))
  (func (export "canister_update call_with_cleanup")
    (call $call (i32.const 0)) (call $cleanup (i32.const 0) (i32.const 0)) (drop (call $perform)))
  (func (export "canister_update call_without_callback") (call $call (i32.const -1)) (drop (call $perform))))
"""


@pytest.mark.parametrize(("method", "limits"), [("call", [950_000]), ("call_with_cleanup", [950_000, 50_000])])
def test_a_callback_leaves_a_twentieth_to_its_cleanup(method: str, limits: list[int]) -> None:
    replica = new_replica()
    canister = installed(replica, ENDLESS_CALLBACK)
    [subnet] = replica.network.subnets.values()
    subnet.limits = InstructionLimits(message=1_000_000)
    with pytest.raises(Refused) as refused:
        update(replica, canister, method)
    told = re.findall(r"exceeded the limit of (\d+) instructions", refused.value.reject.message)
    assert [int(limit) for limit in told] == limits


def test_a_callback_that_does_not_exist_fails() -> None:
    replica = new_replica()
    canister = installed(replica, ENDLESS_CALLBACK)
    with pytest.raises(Refused, match="non-existent Wasm function 4294967295 from table 0"):
        update(replica, canister, "call_without_callback")
