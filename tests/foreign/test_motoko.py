"""Canisters compiled from Motoko: they count, call each other, wait for timers, and are upgraded."""

import ic
import pytest
from pocket_ic import PocketIC

import candid
from local_replica.pytest_plugin import deployed_once
from support.any_canister import KEEP_MEMORY, AnyCanister, deployed
from support.motoko import from_motoko

SECOND_NS = 10**9


@deployed_once
def counter(pic: PocketIC) -> AnyCanister:
    """A counter."""
    made = from_motoko("Counter")
    return deployed(pic, made.module, made.interface)


@deployed_once
def pair(pic: PocketIC) -> tuple[AnyCanister, AnyCanister]:
    """A counter, and a canister that calls it."""
    counting, calling = from_motoko("Counter"), from_motoko("Caller")
    counter = deployed(pic, counting.module, counting.interface)
    return counter, deployed(pic, calling.module, calling.interface, counter.id)


@deployed_once
def clock(pic: PocketIC) -> AnyCanister:
    """A canister with timers, started at five seconds."""
    made = from_motoko("Clock")
    canister = deployed(pic, made.module, made.interface)
    canister.update("start", 5)
    return canister


@deployed_once
def register(pic: PocketIC) -> AnyCanister:
    """The first version of a register, with two entries."""
    made = from_motoko("RegisterV1")
    canister = deployed(pic, made.module, made.interface)
    canister.update("put", "one", 1)
    canister.update("put", "many", 10**30)
    return canister


@deployed_once
def nursery(pic: PocketIC) -> AnyCanister:
    """A canister that has made another, with two trillion cycles, from the size 5."""
    made = from_motoko("Nursery")
    canister = deployed(pic, made.module, made.interface)
    canister.update("make", 5, 2 * 10**12)
    return canister


@deployed_once
def careful(pic: PocketIC) -> AnyCanister:
    """A canister that handles what goes wrong."""
    made = from_motoko("Careful")
    return deployed(pic, made.module, made.interface)


@deployed_once
def keeper(pic: PocketIC) -> AnyCanister:
    """A canister with regions of 10 and 200 pages."""
    made = from_motoko("Keeper")
    canister = deployed(pic, made.module, made.interface)
    canister.update("grow", 10, 200)
    return canister


def passed(canister: AnyCanister, seconds: int) -> None:
    """Let time pass, second by second."""
    for _ in range(seconds):
        canister.pic.advance_time(SECOND_NS)
        canister.pic.tick()


def test_it_counts_and_queries_see_it(counter: AnyCanister) -> None:
    assert [counter.update("increment"), counter.update("add", 41), counter.query("read")] == [1, 42, 42]


def test_a_query_run_as_an_update_answers_the_same(counter: AnyCanister) -> None:
    counter.update("increment")
    assert counter.update("read") == 1


def test_it_knows_who_asks(counter: AnyCanister) -> None:
    counter.pic.set_sender(ic.Principal(b"someone\x02"))
    assert counter.query("whoami") == candid.Principal(b"someone\x02")


def test_numbers_have_no_end(counter: AnyCanister) -> None:
    counter.update("add", 2**200)
    assert counter.query("read") == 2**200


def test_a_thrown_error_is_a_reject_of_the_canister(counter: AnyCanister) -> None:
    with pytest.raises(ValueError, match="not today"):
        counter.update("refuse", "not today")


def test_a_trap_takes_back_what_was_added(counter: AnyCanister) -> None:
    with pytest.raises(ValueError, match="assertion failed"):
        counter.update("trap_after_adding", 1_000)
    assert counter.query("read") == 0


def test_wrong_arguments_trap(counter: AnyCanister) -> None:
    with pytest.raises(ValueError, match="IDL error"):
        counter.pic.update_call(ic.Principal(counter.id.bytes), "add", b"DIDL\0\1\x71\1a")


def test_calls_in_turn_are_answered_in_turn(pair: tuple[AnyCanister, AnyCanister]) -> None:
    _, caller = pair
    assert caller.update("in_turn", 5) == [1, 2, 3, 4, 5]


def test_calls_side_by_side_arrive_in_order(pair: tuple[AnyCanister, AnyCanister]) -> None:
    counter, caller = pair
    assert caller.update("side_by_side") == 10 + 110
    assert counter.query("read") == 110


def test_a_refusal_is_caught_by_the_caller(pair: tuple[AnyCanister, AnyCanister]) -> None:
    _, caller = pair
    assert caller.update("ask_to_refuse", "no, thanks") == "no, thanks"


def test_a_trap_behind_a_call_is_caught_and_undone_there_only(pair: tuple[AnyCanister, AnyCanister]) -> None:
    _, caller = pair
    assert caller.update("ask_to_trap") == ("#canister_error", 0)


def test_timers_fire_once_or_again_and_not_when_taken_back(clock: AnyCanister) -> None:
    passed(clock, 16)
    beats, once, never = clock.query("seen")
    assert (beats, never) == (3, True)
    assert once is not None


def test_a_recurring_timer_can_be_stopped(clock: AnyCanister) -> None:
    passed(clock, 6)
    clock.update("stop")
    passed(clock, 12)
    assert clock.query("seen")[0] == 1


def test_an_upgrade_keeps_stable_variables_and_forgets_transient_ones(register: AnyCanister) -> None:
    second = from_motoko("RegisterV2")
    register.install(second.module, KEEP_MEMORY)
    upgraded = AnyCanister(register.pic, register.id, second.interface)
    assert [upgraded.query("get", name) for name in ("one", "many", "none")] == [1, 10**30, None]
    assert (upgraded.query("counts"), upgraded.query("size"), upgraded.query("upgraded")) == ((2, 0), 2, 1)


def test_an_upgraded_register_goes_on_and_is_upgraded_again(register: AnyCanister) -> None:
    second = from_motoko("RegisterV2")
    upgraded = AnyCanister(register.pic, register.id, second.interface)
    for _ in range(3):
        upgraded.install(second.module, KEEP_MEMORY)
        upgraded.update("put", "one", 5)
    assert (upgraded.query("counts"), upgraded.query("upgraded"), upgraded.query("get", "one")) == ((5, 1), 3, 5)


def test_an_upgrade_that_would_lose_the_memory_is_refused(register: AnyCanister) -> None:
    with pytest.raises(ValueError, match="wasm_memory_persistence"):
        register.install(from_motoko("RegisterV2").module, {"upgrade": None})
    assert register.query("get", "one") == 1


def test_an_incompatible_version_traps_and_the_old_one_goes_on(register: AnyCanister) -> None:
    with pytest.raises(ValueError, match="Memory-incompatible program upgrade"):
        register.install(from_motoko("RegisterOdd").module, KEEP_MEMORY)
    assert register.query("counts") == (2, 2)


def test_reinstalling_starts_anew(register: AnyCanister) -> None:
    register.install(from_motoko("RegisterV1").module, {"reinstall": None})
    assert (register.query("get", "one"), register.query("counts")) == (None, (0, 0))


def test_a_migration_makes_new_variables_of_old_ones(register: AnyCanister) -> None:
    migrated = from_motoko("RegisterMigrated")
    register.install(migrated.module, KEEP_MEMORY)
    upgraded = AnyCanister(register.pic, register.id, migrated.interface)
    assert upgraded.query("all") == (["many", "one"], [-(10**30), -1], 2)
    with pytest.raises(ValueError, match="Memory-incompatible program upgrade"):
        register.install(from_motoko("RegisterV1").module, KEEP_MEMORY)
    assert upgraded.query("all")[2] == 2


def test_an_actor_class_is_installed_upgraded_and_reinstalled_by_its_maker(nursery: AnyCanister) -> None:
    assert [nursery.update("grow"), nursery.update("upgrade", 50), nursery.update("reinstall", 50)] == [6, 7, 51]
    assert nursery.update("is_mine")


def test_cycles_travel_with_calls_and_what_is_not_taken_comes_back(nursery: AnyCanister) -> None:
    assert nursery.update("feed", 10**12, 4 * 10**11) == (4 * 10**11, 6 * 10**11)
    assert nursery.update("feed", 7, 100) == (7, 0)
    assert 0 <= 10**12 - nursery.update("deposit", 10**12) < 10**9
    with pytest.raises(ValueError, match="is out of cycles"):
        nursery.update("feed", 10**17, 0)


def test_a_stopped_and_a_deleted_canister_reject_calls(nursery: AnyCanister) -> None:
    stopped, deleted = nursery.update("end")
    assert stopped.endswith("is stopped")
    assert deleted.endswith("not found")


def test_errors_pass_through_functions_that_await(careful: AnyCanister) -> None:
    assert [careful.update("double", 0), careful.update("double", 4)] == ["zero", "8"]


def test_catch_and_finally_run_around_an_await(careful: AnyCanister) -> None:
    careful.update("tried")
    assert careful.query("read") == ["try", "catch no", "finally"]


def test_finally_runs_in_the_cleanup_of_a_trapped_callback(careful: AnyCanister) -> None:
    with pytest.raises(ValueError, match="late"):
        careful.update("trap_behind_an_await")
    assert careful.query("read") == ["kept", "finally"]


def test_a_call_with_a_timeout_is_answered_in_time(careful: AnyCanister) -> None:
    assert careful.update("within", 5) == ()


def test_a_call_of_no_method_is_an_error_of_the_callee(careful: AnyCanister) -> None:
    code, message = careful.update("call_what_is_not_there")
    assert code == "#canister_error"
    assert "has no update method 'absent'" in message


def test_a_queue_holds_five_hundred_calls(careful: AnyCanister) -> None:
    assert careful.update("side_by_side", 400) == 400
    with pytest.raises(ValueError, match="could not perform remote call"):
        careful.update("side_by_side", 600)


def test_a_message_is_inspected_before_it_is_taken(keeper: AnyCanister) -> None:
    keeper.update("put", 8, 12)
    for refused in (("put", 8, 13), ("certify", b"x")):
        with pytest.raises(ValueError, match=r"explicitly refused|assertion failed"):
            keeper.update(*refused)
    assert keeper.query("get", 8) == (12, 13)


def test_regions_are_apart_and_outlive_upgrades(keeper: AnyCanister) -> None:
    keeper.update("put", 10 * 65_536 - 8, 2**64 - 2)
    with pytest.raises(ValueError, match="Region error"):
        keeper.query("get", 10 * 65_536 - 7)
    keeper.install(from_motoko("Keeper").module, KEEP_MEMORY)
    assert keeper.query("get", 10 * 65_536 - 8) == (2**64 - 2, 2**64 - 1)
    assert keeper.update("grow", 60_000, 1) == (10, 200)
    keeper.update("put", 200 * 65_536, 7)
    assert keeper.query("get", 200 * 65_536) == (7, 8)


def test_heartbeats_and_both_upgrade_hooks_run(keeper: AnyCanister) -> None:
    passed(keeper, 2)
    keeper.install(from_motoko("Keeper").module, KEEP_MEMORY)
    assert keeper.query("state") == (True, 11)


def test_queries_are_handed_a_certificate_and_updates_are_not(keeper: AnyCanister) -> None:
    keeper.update("put", 0, 1)
    assert keeper.query("is_certified")
    assert not keeper.update("is_certified")
