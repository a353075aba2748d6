"""Timers over the one global timer, and the heartbeat."""

from collections.abc import Callable

from canister_runtime.host.native import NativeCanister

Load = Callable[..., NativeCanister]

TIMERS = """
    from kybra import Duration, Service, TimerId, ic, nat64, query, service_update, text, update, void

    class Myself(Service):
        @service_update
        def noop(self) -> nat64: ...

    log = []

    def ring():
        log.append("ring")

    def fail():
        log.append("fail")
        raise ValueError("in a timer")

    def call_and_fail():
        log.append("before")
        yield Myself(ic.id()).noop()
        log.append("after")
        raise ValueError("in a timer")

    @update
    def set_timer(delay: Duration, name: text) -> TimerId:
        return ic.set_timer(delay, globals()[name])

    @update
    def set_interval(delay: Duration, name: text) -> TimerId:
        return ic.set_timer_interval(delay, globals()[name])

    @update
    def clear(timer: TimerId) -> void:
        ic.clear_timer(timer)

    @update
    def noop() -> nat64:
        return 1

    @query
    def read_log() -> text:
        return " ".join(log)
"""


def test_a_timer_fires_once_when_it_is_due(load: Load) -> None:
    canister = load(TIMERS)
    canister.update("set_timer", 5, "ring")
    canister.network.advance(4)
    assert canister.query("read_log") == ""
    canister.network.advance(2)
    canister.network.advance(20)
    assert canister.query("read_log") == "ring"


def test_an_interval_goes_on_until_cleared(load: Load) -> None:
    canister = load(TIMERS)
    timer = canister.update("set_interval", 2, "ring")
    for _ in range(3):
        canister.network.advance(2.5)
    canister.update("clear", timer)
    canister.network.advance(10)
    assert canister.query("read_log") == "ring ring ring"


def test_a_callback_that_traps_takes_no_other_with_it(load: Load) -> None:
    canister = load(TIMERS)
    canister.update("set_timer", 1, "fail")
    canister.update("set_timer", 1, "ring")
    canister.update("set_timer", 3, "ring")
    canister.network.advance(2)
    assert canister.query("read_log") == "ring"
    canister.network.advance(2)
    assert canister.query("read_log") == "ring ring"


def test_what_a_generator_raises_in_a_timer_is_swallowed_without_rollback(load: Load) -> None:
    canister = load(TIMERS)
    canister.update("set_timer", 1, "call_and_fail")
    canister.network.advance(2)
    assert canister.query("read_log") == "before after"


def test_an_upgrade_forgets_timers(load: Load) -> None:
    canister = load(TIMERS)
    canister.update("set_timer", 1, "ring")
    canister.upgrade()
    canister.network.advance(5)
    assert canister.query("read_log") == ""


def test_a_timer_id_is_never_given_twice(load: Load) -> None:
    canister = load(TIMERS)
    first = canister.update("set_timer", 1, "ring")
    canister.network.advance(2)
    assert canister.update("set_timer", 1, "ring") != first


def test_a_heartbeat_beats_every_round(load: Load) -> None:
    canister = load("""
        from kybra import heartbeat, nat64, query, void

        beats = [0]

        @heartbeat
        def beat() -> void:
            beats[0] += 1

        @query
        def read() -> nat64:
            return beats[0]
    """)
    canister.network.tick(3)
    assert canister.query("read") == 3
