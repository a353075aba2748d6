"""Memory is given as a genuine subnet gives it: so much, reserved for above a threshold, and never into being frozen.

The words and figures follow the replica's `CanisterManagerError`, `HypervisorError` and `ResourceSaturation`; the
reservation for 500 GiB is recorded (`traps`, step 77).
"""

import re
from typing import Any

import pytest

from candid.principal import to_text as text
from local_replica.cycles import memory
from local_replica.cycles.costs import GIB
from local_replica.ingress import Ingress, Refused
from local_replica.replica import Replica
from support.replicas import PLENTY, created, install, installed, manage, new_replica, update
from support.small_modules import COUNTER

GROWER = """
(module
  (import "ic0" "msg_reply" (func $reply))
  (import "ic0" "msg_reply_data_append" (func $append (param i32 i32)))
  (import "ic0" "stable64_grow" (func $stable (param i64) (result i64)))
  (memory 1)
  (func $tell (param i64)
    (i64.store (i32.const 0) (local.get 0)) (call $append (i32.const 0) (i32.const 8)) (call $reply))
  (func (export "canister_update heap") (call $tell (i64.extend_i32_s (memory.grow (i32.const 16)))))
  (func (export "canister_update stable") (call $tell (call $stable (i64.const 16))))
  (func (export "canister_update gib") (call $tell (call $stable (i64.const 16384)))))
"""
MIB = 1024 * 1024
RICH = 10**18
FREEZES_AT_200_KB = PLENTY * GIB // (127_000 * 200_000)
"""Seconds for which the balance pays that many bytes."""
OTHER = b"\x05other\x02"


@pytest.fixture
def replica() -> Replica:
    return new_replica()


def settings(replica: Replica, canister_id: bytes, **given: Any) -> None:
    manage(replica, "update_settings", canister_id=canister_id, settings=given)


def status(replica: Replica, canister_id: bytes) -> dict[str, Any]:
    told: dict[str, Any] = manage(replica, "canister_status", canister_id=canister_id)
    return told


def refusal(call: Any, *args: Any, **named: Any) -> tuple[str, str]:
    """Error code and text of a refused call."""
    with pytest.raises(Refused) as caught:
        call(*args, **named)
    return caught.value.reject.error_code, caught.value.reject.message


def test_a_subnet_offers_what_others_left(replica: Replica) -> None:
    first, second = created(replica, RICH), created(replica, RICH)
    settings(replica, first, memory_allocation=400 * GIB, reserved_cycles_limit=2**128 - 1)
    code, told = refusal(settings, replica, second, memory_allocation=1024 * GIB)
    assert code == "SubnetOversubscribed"
    assert "requested 1024.00 GiB of memory but only 409.50 GiB are available" in told


def test_cores_are_given_away_by_half(replica: Replica) -> None:
    settings(replica, created(replica, RICH), compute_allocation=100)
    code, told = refusal(settings, replica, created(replica, RICH), compute_allocation=100)
    assert code == "SubnetOversubscribed"
    assert told.startswith(
        "Canister requested a compute allocation of 100% which cannot be satisfied because the Subnet's remaining "
        "compute capacity is 99%.\nTry moving to another subnet."
    )


def test_an_allocation_that_would_freeze_the_canister_is_refused(replica: Replica) -> None:
    poor = created(replica, 10**12)
    code, told = refusal(settings, replica, poor, compute_allocation=50)
    assert code == "InsufficientCyclesInComputeAllocation"
    assert told.startswith("Cannot increase compute allocation to 50% due to insufficient cycles. At least ")
    code, told = refusal(settings, replica, poor, memory_allocation=100 * GIB)
    assert code == "InsufficientCyclesInMemoryAllocation"
    assert told.startswith("Cannot increase memory allocation to 100.00 GiB due to insufficient cycles.")


def test_filling_a_subnet_reserves_cycles(replica: Replica) -> None:
    canister_id = created(replica, RICH)
    code, told = refusal(settings, replica, canister_id, memory_allocation=300 * GIB)
    assert code == "ReservedCyclesLimitExceededInMemoryAllocation"
    assert (
        "Cannot increase memory allocation to 300.00 GiB due to its reserved cycles limit. The current limit (5" in told
    )
    settings(replica, canister_id, memory_allocation=300 * GIB, reserved_cycles_limit=10**18)
    reserved = status(replica, canister_id)["reserved_cycles"]
    assert reserved > 10**14
    code, told = refusal(settings, replica, canister_id, reserved_cycles_limit=1)
    assert code == "ReservedCyclesLimitIsTooLow"
    assert told.startswith("Cannot set the reserved cycles limit 1 below the reserved cycles balance of the canister ")


def test_below_the_threshold_nothing_is_reserved(replica: Replica) -> None:
    canister_id = created(replica)
    settings(replica, canister_id, memory_allocation=180 * GIB)
    assert status(replica, canister_id)["reserved_cycles"] == 0


def test_the_recorded_reservation_follows_from_the_formula(replica: Replica) -> None:
    subnet = next(iter(replica.subnets.values()))
    assert memory.reservation(subnet, 500 * GIB) == pytest.approx(5_825_073_793_663_506, rel=1e-6)


@pytest.mark.parametrize("method", ["heap", "stable"])
def test_growing_may_not_freeze_a_canister(replica: Replica, method: str) -> None:
    canister_id = installed(replica, GROWER)
    settings(replica, canister_id, freezing_threshold=FREEZES_AT_200_KB)
    code, told = refusal(update, replica, canister_id, method)
    assert code == "InsufficientCyclesInMemoryGrow"
    assert re.search(
        r"Canister cannot grow memory by 1048576 bytes due to insufficient cycles\. At least [\d_]+ additional cycles "
        r"are required\.\.\nTry topping up the canister\. See documentation: \S+#insufficient-cycles-in-memory-grow$",
        told,
    )


def test_others_are_not_told_how_much_is_missing(replica: Replica) -> None:
    canister_id = installed(replica, GROWER)
    settings(replica, canister_id, freezing_threshold=FREEZES_AT_200_KB)
    code, told = refusal(replica.call, Ingress(OTHER, canister_id, "heap"))
    assert code == "InsufficientCyclesInMemoryGrow"
    assert "due to insufficient cycles..\nTry topping up" in told


def test_an_allocation_bounds_both_memories(replica: Replica) -> None:
    canister_id = installed(replica, GROWER)
    settings(replica, canister_id, memory_allocation=MIB)
    code, told = refusal(update, replica, canister_id, "heap")
    assert code == "CanisterOutOfMemory"
    assert told.startswith(f"Error from Canister {text(canister_id)}: Canister cannot grow its memory usage..\nCheck")
    assert update(replica, canister_id, "stable") == b"\xff" * 8


def test_a_module_must_fit_into_the_allocation(replica: Replica) -> None:
    canister_id = created(replica)
    settings(replica, canister_id, memory_allocation=10_000)
    code, told = refusal(install, replica, canister_id, COUNTER)
    assert code == "InsufficientMemoryAllocation"
    assert told.startswith("Canister was given 9.77 KiB memory allocation but at least ")


def test_installing_may_not_freeze_a_canister(replica: Replica) -> None:
    canister_id = created(replica)
    used = status(replica, canister_id)["memory_size"]
    settings(replica, canister_id, freezing_threshold=PLENTY * GIB // (127_000 * (used + 4000)))
    code, told = refusal(install, replica, canister_id, COUNTER)
    assert code == "InsufficientCyclesInMemoryGrow"
    assert "additional cycles are required.\nTop up the canister with more cycles. See documentation: " in told
    assert status(replica, canister_id)["module_hash"] is None


def test_costly_installations_make_the_next_ones_wait(replica: Replica) -> None:
    canister_id = created(replica)
    busy = """(module (func (export "canister_init") (local i64) (loop $again
      (local.set 0 (i64.add (local.get 0) (i64.const 1)))
      (br_if $again (i64.lt_u (local.get 0) (i64.const 500000000))))))"""
    install(replica, canister_id, busy)
    code, told = refusal(install, replica, canister_id, COUNTER, "reinstall")
    assert code == "CanisterInstallCodeRateLimited"
    assert told.startswith(
        f"Canister {text(canister_id)} is rate limited because it executed too many instructions in "
    )
    replica.run_round()
    replica.run_round()
    install(replica, canister_id, COUNTER, "reinstall")


def test_an_uploaded_chunk_that_cannot_be_paid_is_told_by_the_store(replica: Replica) -> None:
    canister_id = created(replica, 100_000_000)
    code, told = refusal(manage, replica, "upload_chunk", canister_id=canister_id, chunk=b"x")
    assert code == "CanisterContractViolation"
    assert told.startswith(
        f"Error from Wasm chunk store: Error charging for 'upload_chunk': Canister {text(canister_id)} is out of "
        "cycles: "
        "please top up the canister with at least "
    )


def test_a_snapshot_that_cannot_be_paid_says_so(replica: Replica) -> None:
    canister_id = installed(replica, COUNTER)
    replica.canister(canister_id).record.balance = 2_000_000_000  # type: ignore[union-attr] # it was just installed
    code, told = refusal(manage, replica, "take_canister_snapshot", canister_id=canister_id)
    assert code == "CanisterOutOfCycles"
    assert told.startswith(
        f"Canister snapshotting failed with: `Canister {text(canister_id)} is out of cycles: please "
    )
    assert told.endswith(
        "`\nTry sending more cycles with the request. See documentation: canister-snapshot-not-enough-cycles"
    )


def test_the_first_thing_wrong_with_settings_is_told(replica: Replica) -> None:
    canister_id = created(replica)
    _, told = refusal(settings, replica, canister_id, compute_allocation=101, memory_allocation=2**64)
    assert told == "ComputeAllocation expected to be in the range [0..100], got 101"
