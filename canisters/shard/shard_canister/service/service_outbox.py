"""The outbox: an organisation's events in order, for deliverers outside; the newest 10,000 that nobody acknowledged.

Sequences count from 1 in each organisation. A full outbox forgets its oldest event for each new one: a deliverer sees
by `first` what it has missed. Marks are written now and then; after an upgrade the end is found by looking ahead.
"""

from typing import Any

OUTBOX_MOST = 10_000
MARK_EVERY = 64
SEQUENCE_BITS = 40
DROPPED_AT_ONCE = 1_000


class Outbox:
    """Events of all organisations of a shard, by the number of their opening."""

    def __init__(self, store: Any, marks: Any) -> None:
        self._store = store
        self._marks = marks
        self._bounds: dict[int, tuple[int, int]] = {}

    def bounds(self, opening: int) -> tuple[int, int]:
        """The first sequence that is kept and the one after the last."""
        known = self._bounds.get(opening)
        if known is None:
            known = self._found(opening)
            self._bounds[opening] = known
        return known

    def _found(self, opening: int) -> tuple[int, int]:
        mark = self._marks.get(opening << 16)
        acknowledged, end = (1, 1) if mark is None else _unpacked(mark)
        while self._store.contains_key(opening << SEQUENCE_BITS | end):
            end += 1
        return max(acknowledged, end - OUTBOX_MOST), end

    def append(self, opening: int, event: dict[str, Any]) -> None:
        """Add the record `StoredOutboxEvent`."""
        first, end = self.bounds(opening)
        self._store.insert(opening << SEQUENCE_BITS | end, event)
        if end + 1 - first > OUTBOX_MOST:
            self._store.remove(opening << SEQUENCE_BITS | first)
            first += 1
        self._bounds[opening] = (first, end + 1)
        if end % MARK_EVERY == 0:
            self._mark(opening)

    def events(self, opening: int, after: int, limit: int) -> list[tuple[int, dict[str, Any]]]:
        """Up to `limit` (sequence, event) after a sequence, oldest first."""
        first, end = self.bounds(opening)
        start = max(first, after + 1)
        return [
            (sequence, self._store.get(opening << SEQUENCE_BITS | sequence))
            for sequence in range(start, min(end, start + limit))
        ]

    def acknowledge(self, opening: int, up_to: int) -> int:
        """Forget events up to a sequence, at most 1,000 at once; the first that is kept."""
        first, end = self.bounds(opening)
        until = min(up_to + 1, end, first + DROPPED_AT_ONCE)
        for sequence in range(first, until):
            self._store.remove(opening << SEQUENCE_BITS | sequence)
        if until > first:
            self._bounds[opening] = (until, end)
            self._mark(opening)
            return until
        return first

    def _mark(self, opening: int) -> None:
        first, end = self._bounds[opening]
        self._marks.insert(opening << 16, first.to_bytes(8, "big") + end.to_bytes(8, "big"))


def _unpacked(mark: bytes) -> tuple[int, int]:
    return int.from_bytes(mark[:8], "big"), int.from_bytes(mark[8:], "big")
