"""What conditions look at: a ticket now and before its change, its fields, what happened, how long ago things were."""

from collections.abc import Callable
from typing import Any

from vex_domain.time_units import HOUR
from vex_domain.workflow.workflow_model import TicketLife

FIELD = "field."
CATEGORY = "category"
TEXTS = ("subject", "requester_reference", "channel", "language")
NUMBERS = ("team", "assignee", "requester")
SINCE = ("created", "updated", "status", "assigned", "requester", "staff", "solved")
HOURS_SINCE = tuple(["hours_since_" + moment for moment in SINCE])

Values = dict[str, dict[str, Any]]


def _fits(_word: str, _value: dict[str, Any]) -> bool:
    return True


def _never(_moment: str) -> int:
    return 0


class TicketFacts:
    """A ticket under change at `now` (seconds). `before` is None for a new one.

    `fields` answers the values of the organisation's own fields, now or (True) before; `moment` the second of what is
    in SINCE, 0 for never: both are asked only when needed. `fits` says whether a kept value is of the type that its
    field has now: one of a field that was taken away, and came again with another type, is none.
    """

    __slots__ = ("before", "events", "fields", "fits", "header", "life", "moment", "now")

    def __init__(
        self,
        life: TicketLife,
        header: dict[str, Any],
        before: dict[str, Any] | None,
        fields: Callable[[bool], Values],
    ) -> None:
        self.life = life
        self.header = header
        self.before = before
        self.fields = fields
        self.fits: Callable[[str, dict[str, Any]], bool] = _fits
        self.events: tuple[str, ...] = ()
        self.moment: Callable[[str], int] = _never
        self.now = 0

    def value(self, name: str) -> Any:
        """What stands under a name now; None when nothing does."""
        if name in HOURS_SINCE:
            moment = self.moment(name[len("hours_since_") :])
            return (self.now - moment) // HOUR if moment else None
        return self._in(self.header, name, before=False)

    def former(self, name: str) -> Any:
        """What stood under a name before the change; None for a new ticket."""
        return None if self.before is None else self._in(self.before, name, before=True)

    def _in(self, header: dict[str, Any], name: str, *, before: bool) -> Any:
        if name.startswith(FIELD):
            word = name[len(FIELD) :]
            value = self.fields(before).get(word)
            return None if value is None or not self.fits(word, value) else next(iter(value.values()))
        if name == CATEGORY:
            return self.life.category(header["status"])
        return header[name]
