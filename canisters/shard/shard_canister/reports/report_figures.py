"""Figures of organisations, teams and agents by day: written when a ticket changes, in pages of a stable map."""

from struct import Struct
from typing import Any

from vex_domain import permissions
from vex_domain.reporting import tallies
from vex_domain.reporting.backlog import Backlog
from vex_domain.reporting.day_tally import DayTally
from vex_domain.reporting.scopes import Scope, scopes_of
from vex_domain.reporting.tallies import Tally
from vex_domain.reporting.ticket_counts import Moment, Turn, counts_of, counts_of_events
from vex_domain.service_levels.business_hours import BusinessCalendar, business_time_between
from vex_domain.service_levels.clock_state import METRICS
from vex_domain.text_rules import pages_of
from vex_domain.time_units import DAY, NS

PAGE_BYTES = 480
DAYS_AT_HAND = 256
_PREFIX = Struct(">QBQI")
TARGETS = {name: number for number, name in enumerate(METRICS)}


class ReportFigures:
    """Tallies by organisation, scope and day; the backlog of open tickets beside them on the heap."""

    def __init__(self, store: Any) -> None:
        self._store = store
        self._at_hand: dict[bytes, tuple[DayTally, list[bytes]]] = {}
        self.backlog = Backlog()

    def tally_of(self, organisation: int, scope: Scope, day: int) -> Tally:
        """What was counted for a scope on a day."""
        return tallies.from_bytes(b"".join(self._pages(_prefix(organisation, scope, day))))

    def add(self, organisation: int, scope: Scope, day: int, tally: Tally) -> None:
        """Add to a scope's day."""
        prefix = _prefix(organisation, scope, day)
        kept, former = self._day(prefix)
        kept.add(tally)
        pages = pages_of(kept.content(), PAGE_BYTES)
        for number, page in enumerate(pages):
            if number >= len(former) or former[number] != page:
                self._store.insert(prefix + bytes((number,)), page)
        for number in range(len(pages), len(former)):
            self._store.remove(prefix + bytes((number,)))
        self._at_hand[prefix] = (kept, pages)

    def _day(self, prefix: bytes) -> tuple[DayTally, list[bytes]]:
        """A scope's day and its pages, of which the heap holds those that were changed last."""
        known = self._at_hand.pop(prefix, None)
        if known is not None:
            return known
        if len(self._at_hand) >= DAYS_AT_HAND:
            del self._at_hand[next(iter(self._at_hand))]
        pages = self._pages(prefix)
        return DayTally(b"".join(pages)), pages

    def _pages(self, prefix: bytes) -> list[bytes]:
        pages: list[bytes] = []
        page = self._store.get(prefix + b"\0")
        while page is not None:
            pages.append(page)
            # Only a full page has another one after it.
            full = len(page) == PAGE_BYTES
            page = self._store.get(prefix + bytes((len(pages),))) if full else None
        return pages

    def note_open(self, ticket: dict[str, Any], scopes: list[Scope], step: int) -> None:
        """Add `step` to the backlogs of these scopes, on the day (UTC) the ticket was opened: that never changes."""
        self.backlog.change(ticket["organisation"], scopes, ticket["opened_at"] // (DAY * NS), step)

    def rebuild(self, ticket: dict[str, Any], rules: Any) -> None:
        """Take a stored ticket into the backlog, after an upgrade."""
        if not rules.workflow.is_settled(ticket["status"]):
            self.note_open(ticket, scopes_of(ticket), 1)


def _prefix(organisation: int, scope: Scope, day: int) -> bytes:
    """What the keys of a day's pages begin with; the page's number is their last byte."""
    kind, number = scope
    return _PREFIX.pack(organisation, kind, number, day)


def count_change(env: Any, work: Any) -> None:
    """The consequence that counts: adds what this change counts to the day's figures, and moves the backlog."""
    header, before, life = work.header, work.before, work.rules.workflow
    was_solved = before is not None and life.is_settled(before["status"])
    is_solved = life.is_settled(header["status"])
    first_reply = header["first_reply_at"] is None and _is_reply(work)
    if first_reply:
        header["first_reply_at"] = work.now
    scopes = scopes_of(header)
    tally = counts_of_events(work.events, TARGETS)
    turned = before is None or was_solved != is_solved or first_reply
    if turned or tally:
        calendar = own_calendar(work.rules)
        moment = moment_of(calendar, work.now)
        if turned:
            turn = Turn(is_new=before is None, was_solved=was_solved, is_solved=is_solved, first_reply=first_reply)
            tally.update(counts_of(turn, header["opened_at"], moment, lambda *span: open_seconds(calendar, *span)))
        for scope in scopes:
            env.figures.add(header["organisation"], scope, moment.day, tally)
    stood = [] if before is None or was_solved else scopes_of(before)
    _move_backlog(env, work, stood, [] if is_solved else scopes)


def _move_backlog(env: Any, work: Any, former: list[Scope], scopes: list[Scope]) -> None:
    """Take the ticket from the backlogs in which it stood open to those in which it does now."""
    if former == scopes:
        return
    if former:
        env.figures.note_open(work.before, former, -1)
    if scopes:
        env.figures.note_open(work.header, scopes, 1)


def own_calendar(rules: Any) -> BusinessCalendar | None:
    """The calendar that days and business time go by: the first of the organisation's; None for UTC, all hours."""
    return next(iter(rules.calendars.by_id.values()), None)


def moment_of(calendar: BusinessCalendar | None, now: int) -> Moment:
    """A time (ns) as the organisation's day and hour."""
    return Moment(now, 0 if calendar is None else calendar.zone.offset_at(now // NS))


def open_seconds(calendar: BusinessCalendar | None, start: int, end: int) -> int:
    """Business time between two seconds."""
    return end - start if calendar is None else business_time_between(calendar, start, end)


def _is_reply(work: Any) -> bool:
    if work.access.person == work.header["requester"] or not work.access.may(permissions.TICKET_COMMENT):
        return False
    return any(event["kind"] == "commented" for event in work.events)
