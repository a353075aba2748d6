"""Timers: a table of callbacks over the canister's one global timer, as Kybra's timer library has it.

A due timer is carried out in a message of its own, a call of the canister to itself, so that a callback that traps is
rolled back alone and the others, and the global timer, go on.
"""

from collections.abc import Callable
from heapq import heappop, heappush
from typing import Any

from canister_runtime.host.calls import Calls, Outgoing
from canister_runtime.source.exports import TIMER_EXECUTOR
from canister_runtime.system_api import SystemApi

_SECOND = 1_000_000_000
_END_OF_TIME = (1 << 64) - 1
_FIRST_ID = 1 << 32
_TRANSIENT = "Rejection code 2"


class Timers:
    """What is to be called when. Ids are never used twice within one life of the canister."""

    def __init__(self, system: SystemApi, calls: Calls) -> None:
        self._system = system
        self._calls = calls
        self._callbacks: dict[int, tuple[Callable[[], Any], int | None]] = {}
        self._due: list[tuple[int, int]] = []
        self._internal: list[Callable[[], None]] = []
        self._next_id = _FIRST_ID

    def set(self, seconds: int, callback: Callable[[], Any], *, every: bool = False) -> int:
        """Call `callback` after `seconds`, again and again if `every`; returns the timer's id."""
        now = self._system.time()
        due = now + seconds * _SECOND
        if due > _END_OF_TIME:
            self._system.trap(
                "Panicked at 'delay out of bounds (must be within `u64::MAX - ic_cdk::api::time()` nanoseconds): "
                "TryFromIntError(())'"
            )
        self._next_id += 1
        timer = self._next_id
        self._callbacks[timer] = (callback, seconds * _SECOND if every else None)
        heappush(self._due, (due, timer))
        self._arm()
        return timer

    def clear(self, timer: int) -> None:
        """Forget a timer; an unknown one is no error."""
        if self._callbacks.pop(timer, None) is None:
            return
        self._due = [entry for entry in self._due if entry[1] != timer]
        self._due.sort()
        self._arm()

    def soon(self, action: Callable[[], None]) -> None:
        """Run an action of the host itself, which does not trap, in the next message that may make calls."""
        self._internal.append(action)
        self._arm()

    def global_timer(self) -> None:
        """The system's timer fired: start every timer that is due."""
        internal, self._internal = self._internal, []
        for action in internal:
            action()
        now = self._system.time()
        while self._due and self._due[0][0] <= now:
            due, timer = heappop(self._due)
            if timer in self._callbacks:
                self._start(timer, due, now)
        self._arm()

    def execute(self) -> None:
        """The canister's call to itself: carry out one timer."""
        if self._system.msg_caller() != self._system.canister_self():
            self._system.trap("This function is internal to ic-cdk and should not be called externally.")
        timer = int.from_bytes(self._system.msg_arg_data(), "little")
        entry = self._callbacks.get(timer)
        if entry is not None:
            callback, interval = entry
            if interval is None:
                del self._callbacks[timer]
            self._calls.drive(callback(), _ignore, swallow=True)
        self._system.msg_reply()

    def _start(self, timer: int, due: int, now: int) -> None:
        def finished(result: Any) -> None:
            self._finish(timer, due, now, result.Err)

        argument = timer.to_bytes(8, "little")
        call = Outgoing(self._system.canister_self(), TIMER_EXECUTOR, argument, 0, _nothing, "()")
        if not self._calls.send(call, finished):
            heappush(self._due, (due, timer))

    def _finish(self, timer: int, due: int, now: int, error: str | None) -> None:
        if error is not None:
            self._system.debug_print(f"in canister_global_timer: {error}")
        entry = self._callbacks.get(timer)
        if entry is None:
            return
        interval = entry[1]
        if error is not None and error.startswith(_TRANSIENT):
            heappush(self._due, (due, timer))
        elif interval is None:
            del self._callbacks[timer]
        else:
            heappush(self._due, (now + interval, timer))
        self._arm()

    def _arm(self) -> None:
        if self._internal:
            self._system.global_timer_set(self._system.time())
        elif self._due:
            self._system.global_timer_set(self._due[0][0])
        else:
            self._system.global_timer_set(0)


def _ignore(_value: Any) -> None:
    pass


def _nothing(_message: bytes) -> None:
    return None
