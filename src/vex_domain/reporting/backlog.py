"""Open tickets by the day they were opened on, for every scope; kept on the heap, since the tickets tell it again."""

from vex_domain.reporting.scopes import Scope

AGES = (1, 3, 7, 14, 30, 90)
"""Days at which a backlog's age groups end: younger than 1, 1-2, 3-6, 7-13, 14-29, 30-89, 90 and older."""


class Backlog:
    """Counts by organisation, scope and day. Keys are ints that the canisters gave out, never texts of callers."""

    def __init__(self) -> None:
        self._days: dict[int, dict[int, int]] = {}

    def change(self, organisation: int, scopes: list[Scope], day: int, step: int) -> None:
        """Add `step` open tickets of a day to these scopes."""
        for kind, number in scopes:
            key = (organisation << 2 | kind) << 64 | number
            days = self._days.setdefault(key, {})
            left = days.get(day, 0) + step
            if left:
                days[day] = left
            else:
                days.pop(day, None)
                if not days:
                    del self._days[key]

    def days_of(self, organisation: int, scope: Scope) -> dict[int, int]:
        """Open tickets by the day they were opened on."""
        kind, number = scope
        return dict(self._days.get((organisation << 2 | kind) << 64 | number, {}))


def by_age(days: dict[int, int], today: int) -> list[int]:
    """How many of a backlog are in each group of `AGES`, the last one without an end."""
    groups = [0] * (len(AGES) + 1)
    for day, tickets in days.items():
        age = today - day
        groups[sum([age >= end for end in AGES])] += tickets
    return groups
