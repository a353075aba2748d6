"""A canister compiled from Rust that runs what it is told: the system API of ic-cdk 0.7, ic-stable-structures 0.5.6."""

from typing import Any

import pytest
from pocket_ic import PocketIC

import candid
from candid import did
from local_replica.pytest_plugin import deployed_once
from support.any_canister import AnyCanister, deployed
from support.motoko import FOREIGN

MODULE = (FOREIGN / "rust_operations" / "operations.wasm.gz").read_bytes()
INTERFACE = (FOREIGN / "rust_operations" / "operations.did").read_text()
RUN = did.parse(INTERFACE).methods()["run"]
ENV = did.parse(INTERFACE).env


@deployed_once
def canister(pic: PocketIC) -> AnyCanister:
    """One that has done nothing yet."""
    return deployed(pic, MODULE, INTERFACE)


@deployed_once
def pair(pic: PocketIC) -> tuple[AnyCanister, AnyCanister]:
    """Two of them."""
    return deployed(pic, MODULE, INTERFACE), deployed(pic, MODULE, INTERFACE)


def operations(*told: Any) -> bytes:
    """The argument of `run`."""
    return candid.encode(list(RUN.args), [list(told)], ENV)


def outcomes(reply: bytes) -> Any:
    """What `run` answered."""
    return candid.decode(list(RUN.results), reply, ENV)[0]


def did_it(canister: AnyCanister, *told: Any) -> Any:
    """The outcomes of operations, in one update."""
    return canister.update("run", list(told))


def asked(callee: AnyCanister, argument: bytes, cycles: int = 0, method: str = "run") -> dict[str, Any]:
    """A call as an operation."""
    return {"Call": (callee.id, method, argument, cycles)}


def filled(canister: AnyCanister) -> AnyCanister:
    """With two thousand entries, keyed in no order."""
    did_it(canister, *[{"Put": (number * 7_919 % 100_003, number)} for number in range(2_000)])
    did_it(canister, {"Push": 40}, {"Push": 2}, {"SetCell": 7})
    return canister


def test_stable_structures_hold_what_was_put(canister: AnyCanister) -> None:
    filled(canister)
    expected = sorted(number * 7_919 % 100_003 for number in range(2_000))
    told = did_it(
        canister, {"Len": None}, {"Get": 7_919}, {"Range": (0, 500)}, {"Remove": 7_919}, {"Get": 7_919}, {"Sum": None}
    )
    in_range = [key for key in expected if key < 500]
    assert told == [{"Nat": 2_000}, {"Maybe": 1}, {"Many": in_range}, {"Maybe": 1}, {"Maybe": None}, {"Nat": 42}]


def test_an_upgrade_keeps_stable_memory_and_runs_its_hook(canister: AnyCanister) -> None:
    filled(canister).install(MODULE, {"upgrade": None})
    kept = [{"Len": None}, {"Get": 7_919}, {"Sum": None}, {"GetCell": None}]
    assert did_it(canister, *kept) == [{"Nat": 2_000}, {"Maybe": 1}, {"Nat": 42}, {"Nat": 8}]
    canister.install(MODULE, {"upgrade": {"skip_pre_upgrade": True, "wasm_memory_persistence": None}})
    assert did_it(canister, {"GetCell": None}) == [{"Nat": 8}]
    canister.install(MODULE, {"reinstall": None})
    assert did_it(canister, *kept) == [{"Nat": 0}, {"Maybe": None}, {"Nat": 0}, {"Nat": 0}]


def test_a_query_leaves_nothing(canister: AnyCanister) -> None:
    assert canister.query("look", [{"Put": (1, 2)}, {"Get": 1}]) == [{"Maybe": None}, {"Maybe": 2}]
    assert canister.query("look", [{"Get": 1}]) == [{"Maybe": None}]


@pytest.mark.parametrize(
    ("operation", "told"),
    [
        ({"Trap": "as told"}, "as told"),
        ({"Panic": None}, "index out of bounds"),
        ({"Certify": bytes(33)}, "no larger than 32 bytes"),
        ({"Counter": 2}, "performance counter type 2"),
        ({"Fill": 2**31}, "capacity overflow"),
        ({"Notify": (candid.Principal(b"\4"), "m" * 20_001, b"")}, "exceeds the allowed limit"),
    ],
    ids=lambda value: next(iter(value)) if isinstance(value, dict) else "",
)
def test_what_fails_takes_back_what_was_put_before(canister: AnyCanister, operation: Any, told: str) -> None:
    with pytest.raises(ValueError, match=told):
        did_it(canister, {"Put": (1, 2)}, operation)
    assert did_it(canister, {"Get": 1}) == [{"Maybe": None}]


@pytest.mark.parametrize(
    "operation",
    [{"Accept": 1}, {"Available": None}, {"Certify": b""}, asked],
    ids=["accept", "available", "certify", "call"],
)
def test_a_query_may_not_do_what_only_updates_may(canister: AnyCanister, operation: Any) -> None:
    told = asked(canister, operations()) if callable(operation) else operation
    with pytest.raises(ValueError, match="cannot be executed in non replicated query mode"):
        canister.query("look", [told])


def test_memory_grows_to_its_end_and_no_further(canister: AnyCanister) -> None:
    before, after, refused = did_it(canister, {"Grow": 16}, {"Grow": 0}, {"Grow": 65_536})
    assert (after["Nat"] - before["Nat"], refused) == (16, {"Nat": 2**32 - 1})
    assert did_it(canister, {"Fill": 100_000_000}) == [{"Nat": 700_000_000}]


def test_a_call_hands_over_cycles_and_gets_back_the_rest(pair: tuple[AnyCanister, AnyCanister]) -> None:
    caller, callee = pair
    taken = operations({"Available": None}, {"Accept": 10**9}, {"Available": None}, {"Caller": None})
    (reply,) = did_it(caller, asked(callee, taken, 3 * 10**9))
    assert outcomes(reply["Bytes"]) == [
        {"Cycles": 3 * 10**9},
        {"Cycles": 10**9},
        {"Cycles": 2 * 10**9},
        {"Who": caller.id},
    ]


@pytest.mark.parametrize(
    ("argument", "method", "code", "told"),
    [
        (operations({"Trap": "deep"}), "run", 5, "'deep'"),
        (operations(), "absent", 5, "has no update method 'absent'"),
        (b"garbage", "run", 5, "failed to decode call arguments"),
    ],
)
def test_a_call_that_fails_is_told_to_the_caller(
    pair: tuple[AnyCanister, AnyCanister], argument: bytes, method: str, code: int, told: str
) -> None:
    caller, callee = pair
    (outcome,) = did_it(caller, asked(callee, argument, method=method))
    found, message = outcome["Rejected"]
    assert found == code
    assert told in message


def test_what_was_done_before_a_call_stays_when_its_callback_traps(pair: tuple[AnyCanister, AnyCanister]) -> None:
    caller, callee = pair
    with pytest.raises(ValueError, match="afterwards"):
        did_it(caller, {"Put": (1, 2)}, asked(callee, operations()), {"Put": (3, 4)}, {"Trap": "afterwards"})
    assert did_it(caller, {"Get": 1}, {"Get": 3}) == [{"Maybe": 2}, {"Maybe": None}]


def test_a_notification_arrives_without_an_answer(pair: tuple[AnyCanister, AnyCanister]) -> None:
    caller, callee = pair
    assert did_it(caller, {"Notify": (callee.id, "run", operations({"SetCell": 9}))}) == [{"Done": None}]
    caller.pic.tick()
    assert did_it(callee, {"GetCell": None}) == [{"Nat": 9}]


def test_heartbeats_beat_and_inspection_lets_only_run_in(canister: AnyCanister) -> None:
    before = canister.query("beats")
    for _ in range(3):
        canister.pic.tick()
    assert canister.query("beats") >= before + 3
    with pytest.raises(ValueError, match="rejected the message"):
        canister.update("beats")
