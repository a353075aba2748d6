"""Business hours as a shard counts them: readings go on when an organisation changes a calendar.

For each calendar the shard keeps what to add to its readings, so that a clock never counts a second again and never
loses one; of calendars that are gone it keeps the last reading.
"""

import json
from typing import Any

from shard_canister.shard_stores import PAGE_BYTES
from vex_domain.service_levels.business_hours import ShiftedHours, StoppedHours
from vex_domain.service_levels.calendar_documents import Calendars
from vex_domain.service_levels.clock_rules import Hours, HoursOf

STOPPED_MOST = 32


class ServiceHours:
    """Shifts and last readings by organisation, kept in the pages 1 … of its opening."""

    def __init__(self, store: Any) -> None:
        self._store = store
        self._known: dict[int, dict[str, dict[str, int]]] = {}

    def of(self, opening: int, calendars: Calendars) -> HoursOf:
        """How an organisation's hours are found by a calendar's id; one that nobody knows stands still."""
        kept = self._kept(opening)

        def hours_of(word: str) -> Hours:
            calendar = calendars.by_id.get(word)
            if calendar is None:
                return StoppedHours(kept["stopped"].get(word, 0))
            shift = kept["shifts"].get(word, 0)
            return ShiftedHours(calendar, shift) if shift else calendar

        return hours_of

    def change(self, opening: int, old: Calendars, new: Calendars, now: int) -> None:
        """Let the new calendars go on at `now` (seconds) where the old ones stand."""
        if not old.by_id and not new.by_id:
            return
        before = self.of(opening, old)
        kept = self._kept(opening)
        stopped = dict(kept["stopped"])
        shifts: dict[str, int] = {}
        for word, calendar in new.by_id.items():
            if word in old.by_id or word in stopped:
                shift = before(word).reading(now) - calendar.reading(now)
                if shift:
                    shifts[word] = shift
        for word in old.by_id:
            if word not in new.by_id:
                stopped[word] = before(word).reading(now)
        for word in new.by_id:
            stopped.pop(word, None)
        while len(stopped) > STOPPED_MOST:
            del stopped[next(iter(stopped))]
        if shifts != kept["shifts"] or stopped != kept["stopped"]:
            self._keep(opening, {"shifts": shifts, "stopped": stopped})

    def _kept(self, opening: int) -> dict[str, dict[str, int]]:
        known = self._known.get(opening)
        if known is None:
            content = b""
            page = self._store.get(opening << 16 | 1)
            number = 1
            while page is not None:
                content += page
                number += 1
                page = self._store.get(opening << 16 | number) if len(page) == PAGE_BYTES else None
            known = json.loads(content) if content else {"shifts": {}, "stopped": {}}
            self._known[opening] = known
        return known

    def _keep(self, opening: int, kept: dict[str, dict[str, int]]) -> None:
        content = json.dumps(kept, separators=(",", ":")).encode()
        # A last page that is full would promise another one.
        content += b" " * (len(content) % PAGE_BYTES == 0)
        for number in range(-(-len(content) // PAGE_BYTES)):
            self._store.insert(opening << 16 | number + 1, content[number * PAGE_BYTES : (number + 1) * PAGE_BYTES])
        self._known[opening] = kept
