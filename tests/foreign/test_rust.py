"""A canister compiled from Rust (ic-cdk): state, calls, timers, certified data, randomness, upgrades."""

import ic
import pytest
from pocket_ic import PocketIC

import candid
from local_replica.pytest_plugin import deployed_once
from support.any_canister import AnyCanister, deployed
from support.motoko import FOREIGN

SECOND_NS = 10**9
MODULE = (FOREIGN / "rust" / "counter.wasm.gz").read_bytes()
INTERFACE = (FOREIGN / "rust" / "counter.did").read_text()


@deployed_once
def counter(pic: PocketIC) -> AnyCanister:
    """A counter that starts at 40."""
    return deployed(pic, MODULE, INTERFACE, 40)


@deployed_once
def pair(pic: PocketIC) -> tuple[AnyCanister, AnyCanister]:
    """Two counters."""
    return deployed(pic, MODULE, INTERFACE, None), deployed(pic, MODULE, INTERFACE, None)


def test_it_starts_as_told_and_counts(counter: AnyCanister) -> None:
    assert (counter.update("add", 2), counter.query("read")) == (42, 42)
    assert counter.query("owner") == candid.Principal(b"\4")


def test_a_trap_takes_back_what_was_added(counter: AnyCanister) -> None:
    with pytest.raises(ValueError, match="as asked"):
        counter.update("trap_after_adding", 5)
    assert counter.query("read") == 40


def test_an_overflow_or_wrong_arguments_are_no_update(counter: AnyCanister) -> None:
    with pytest.raises(ValueError, match="CanisterCalledTrap"):
        counter.pic.update_call(ic.Principal(counter.id.bytes), "add", b"DIDL\0\1\x71\1a")
    assert counter.query("read") == 40


def test_it_calls_another_in_turn(pair: tuple[AnyCanister, AnyCanister]) -> None:
    caller, callee = pair
    assert caller.update("add_there", callee.id, 5, 3) == {"Ok": [5, 10, 15]}
    assert (caller.query("read"), callee.query("read")) == (0, 15)


def test_a_trap_over_there_comes_back_as_a_reject(pair: tuple[AnyCanister, AnyCanister]) -> None:
    caller, callee = pair
    assert "as asked" in caller.update("trap_there", callee.id)
    assert callee.query("read") == 0


def test_a_canister_that_is_not_there_comes_back_as_a_reject(counter: AnyCanister) -> None:
    assert "Err" in counter.update("add_there", candid.Principal(b"\0\0\0\0\0\0\0\1\1\1"), 1, 1)


def test_timers_go_on_until_an_upgrade_which_keeps_the_count(counter: AnyCanister) -> None:
    counter.update("start", 5)
    for _ in range(16):
        counter.pic.advance_time(SECOND_NS)
        counter.pic.tick()
    counter.install(MODULE, {"upgrade": None}, None)
    assert (counter.query("beats"), counter.query("read")) == (3, 40)
    counter.pic.advance_time(60 * SECOND_NS)
    counter.pic.tick()
    assert counter.query("beats") == 3


def test_randomness_comes_from_the_management_canister(counter: AnyCanister) -> None:
    first, second = counter.update("random"), counter.update("random")
    assert (len(first), len(second), first == second) == (32, 32, False)


def test_queries_have_a_certificate_and_updates_have_none(counter: AnyCanister) -> None:
    assert counter.query("certificate")
    assert counter.update("certificate") is None
