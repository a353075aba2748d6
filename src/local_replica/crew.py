"""Threads that run canisters beside each other (docs/decisions/0025); their number never decides what comes of it."""

import os
from collections import deque
from collections.abc import Callable, Sequence
from concurrent.futures import wait

from local_replica.execution.stack import roomy_threads

LONG_INSTRUCTIONS = 10_000_000
"""Some milliseconds. Messages of two million each take a quarter less time side by side, and half as much CPU again."""


class Crew:
    """Runs pieces of work that know nothing of each other, on at most `workers` threads, the caller's among them.

    `workers` None: one for each processor. `always`: also where it does not pay.
    """

    def __init__(self, workers: int | None = None, *, always: bool = False) -> None:
        self.workers = workers or len(os.sched_getaffinity(0))
        self._always = always

    def is_worth(self, instructions: int | None) -> bool:
        """Whether a message of so many instructions (None: nobody knows) is enough for a thread."""
        return self._always or instructions is None or instructions >= LONG_INSTRUCTIONS

    def run(self, pieces: Sequence[Callable[[], None]]) -> None:
        """Run all to their end. What the first of them raised is raised then."""
        left = deque(enumerate(pieces))
        failures: dict[int, BaseException] = {}

        def work() -> None:
            while left:
                try:
                    place, piece = left.popleft()
                except IndexError:
                    return
                try:
                    piece()
                except BaseException as failure:  # noqa: BLE001 - raised again below, whatever it is
                    failures[place] = failure

        helpers = min(self.workers, len(pieces)) - 1
        begun = [roomy_threads().submit(work) for _ in range(helpers)]
        work()
        wait([helper for helper in begun if not helper.cancel()])
        if failures:
            raise failures[min(failures)]
