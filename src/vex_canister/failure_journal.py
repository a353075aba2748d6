"""Why work of timers failed, kept in stable memory."""

from typing import Any

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
