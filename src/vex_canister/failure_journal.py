"""Timers that do not die silently: failures are journalled in stable memory, and the work is tried again."""

from collections.abc import Callable
from typing import Any

from kybra import ic

from vex_canister.answers import Steps
from vex_domain.text_rules import cut

KEPT = 32
LONGEST_TEXT = 200


class FailureJournal:
    """The last failures of timers, as texts in a ring of a stable map (its slot 0 counts them)."""

    def __init__(self, store: Any) -> None:
        self._store = store

    def record(self, text: str) -> None:
        """Keep a text, cut to 200 bytes, in the place of the oldest."""
        count = int(self._store.get(0) or "0")
        self._store.insert(1 + count % KEPT, cut(text, LONGEST_TEXT))
        self._store.insert(0, str(count + 1))

    def texts(self) -> list[str]:
        """What is kept, in no particular order."""
        kept = min(int(self._store.get(0) or "0"), KEPT)
        return [self._store.get(1 + slot) for slot in range(kept)]


def guarded(journal: FailureJournal, name: str, work: Callable[[], Steps], again_after: int) -> Callable[[], Steps]:
    """A timer callback that runs `work`; when that fails, it journals why and runs again after `again_after` seconds.

    Kybra swallows an exception of a timer after its first await, so this is the one place that catches everything.
    """

    def fire() -> Steps:
        try:
            yield from work()
        except Exception as failure:  # noqa: BLE001  # nobody above would see it
            journal.record(name + ": " + type(failure).__name__ + ": " + str(failure))
            ic.set_timer(again_after, fire)

    return fire
