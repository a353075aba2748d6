"""Work of timers, which does not die silently: a failure is journalled, and the work is tried again."""

from collections.abc import Callable
from typing import Any

from kybra import ic

from vex_canister.answers import Steps

AGAIN_SECONDS = 5

Work = Callable[[Any], Steps]
"""What a timer does; its argument is the canister's `env`."""


def run_later(env: Any, name: str, work: Work, seconds: int = 0, again_after: int = AGAIN_SECONDS) -> Any:
    """Run `work` in a message of its own after so many seconds; returns the timer's id.

    When it fails, `env.failures` keeps why under `name`, and it runs again after `again_after` seconds.
    """
    return ic.set_timer(seconds, _guarded(env, name, work, again_after))


def run_every(env: Any, name: str, work: Work, seconds: int) -> None:
    """Run `work` each time that so many seconds are over; a failure is journalled and tried again as in `run_later`."""
    ic.set_timer_interval(seconds, _guarded(env, name, work, AGAIN_SECONDS))


def _guarded(env: Any, name: str, work: Work, again_after: int) -> Callable[[], Steps]:
    """The callback of a timer. Kybra swallows what one raises after its first await, so this catches everything."""

    def fire() -> Steps:
        try:
            yield from work(env)
        except Exception as failure:  # noqa: BLE001  # nobody above would see it
            env.failures.record(name + ": " + type(failure).__name__ + ": " + str(failure))
            ic.set_timer(again_after, fire)

    return fire
