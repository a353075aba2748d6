"""How a ticket's clocks run: what starts, pauses, ends them, when a target is due, what fires.

A second counts for a clock when the clock was running in it and the hours then in force were open. Nothing is
counted again when a priority, policy or calendar changes; docs/decisions/0016 says why.
"""

from collections.abc import Callable
from typing import Any, Protocol

from vex_domain.service_levels.clock_state import (
    AGENT_WORK,
    ENDED,
    FIRED_MOST,
    FIRST_REPLY,
    METRICS,
    NEVER,
    NEXT_REPLY,
    OPEN,
    PERIODIC_UPDATE,
    REQUESTER_WAIT,
    TOTAL_RESOLUTION,
    Clock,
    TicketClocks,
)
from vex_domain.time_units import MINUTE
from vex_domain.workflow.workflow_model import CATEGORIES, SETTLED

REPLIES = (FIRST_REPLY, NEXT_REPLY, PERIODIC_UPDATE)
RESOLUTIONS = (REQUESTER_WAIT, AGENT_WORK, TOTAL_RESOLUTION)


class Hours(Protocol):
    """What counts as time: a business calendar, or all of it."""

    def reading(self, time: int) -> int:
        """Seconds that count up to a time."""

    def time_of(self, reading: int) -> int | None:
        """The first time with that reading, None when it never comes."""


class AllHours:
    """Calendar time: every second counts."""

    def reading(self, time: int) -> int:
        """The time itself."""
        return time

    def time_of(self, reading: int) -> int | None:
        """The reading itself."""
        return reading


ALL_HOURS = AllHours()
HoursOf = Callable[[str], Hours]


class Policy:
    """What is promised: by metric the seconds for each priority, whether in business hours, what escalates when.

    `escalations[metric]` lists minutes before the target with actions, the earliest (most minutes) first; the breach
    itself (0) is always the last.
    """

    def __init__(self, name: str, calendar: str) -> None:
        self.name = name
        self.calendar = calendar
        self.targets: dict[int, dict[str, int]] = {}
        self.business: set[int] = set()
        self.escalations: dict[int, list[tuple[int, list[Any]]]] = {}


class Firing:
    """An escalation (`before` minutes before its target) or a breach (0), at the second when it was due."""

    __slots__ = ("actions", "at", "before", "metric", "policy")

    def __init__(self, metric: int, before: int, at: int, policy: str, actions: list[Any]) -> None:
        self.metric = metric
        self.before = before
        self.at = at
        self.policy = policy
        self.actions = actions


def runs(metric: int, category: str, pauses: bool) -> bool:
    """Whether a clock that is open counts in a state of this category (`pauses`: the state's `pauses_sla`)."""
    if category in SETTLED:
        return False
    if metric == TOTAL_RESOLUTION:
        return True
    if pauses:
        return False
    if metric == REQUESTER_WAIT:
        return category != "pending"
    return metric != AGENT_WORK or category in ("new", "open")


_RUNNING = {
    (category, pauses): frozenset([metric for metric in range(len(METRICS)) if runs(metric, category, pauses)])
    for category in CATEGORIES
    for pauses in (False, True)
}
"""The metrics whose clocks, where open, count in a state of a category that pauses or does not."""


def settle(state: TicketClocks, now: int, hours_of: HoursOf) -> None:
    """Bring what was counted up to `now` and stop counting; `resume` goes on under the rules then in force."""
    readings: dict[bool, int] = {}
    for clock in state.clocks:
        if clock.reading is None:
            continue
        reading = readings.get(clock.business)
        if reading is None:
            reading = _hours(state, clock, hours_of).reading(now)
            readings[clock.business] = reading
        clock.spent += max(0, reading - clock.reading)
        clock.reading = None
    state.settled_at = now


class Standing:
    """What of a ticket decides how its clocks run: its state's category and `pauses_sla`, its priority."""

    __slots__ = ("category", "pauses", "priority")

    def __init__(self, category: str, pauses: bool, priority: str) -> None:
        self.category = category
        self.pauses = pauses
        self.priority = priority


def resume(state: TicketClocks, policy: Policy | None, standing: Standing, now: int, hours_of: HoursOf) -> None:
    """Count on from `now` (when the state was settled) by this policy, and note when something is due."""
    state.policy = "" if policy is None else policy.name
    state.calendar = "" if policy is None else policy.calendar
    state.settled_at = now
    state.due = NEVER
    if policy is None:
        return
    running = _RUNNING[standing.category, standing.pauses]
    readings: dict[bool, int] = {}
    nearest: dict[bool, int] = {}
    for metric in policy.targets:
        clock = state.clocks[metric]
        if clock.phase != OPEN or metric not in running:
            continue
        clock.business = metric in policy.business
        if clock.business not in readings:
            readings[clock.business] = _hours(state, clock, hours_of).reading(now)
        clock.reading = readings[clock.business]
        missing = _missing(clock, policy, metric, standing.priority)
        if missing is not None and missing < nearest.get(clock.business, NEVER):
            nearest[clock.business] = missing
    for business, missing in nearest.items():  # of clocks that count by the same hours, the one that lacks least
        due = _due(hours_of(state.calendar) if business else ALL_HOURS, readings[business], missing, now)
        if due is not None:
            state.due = min(state.due, max(due, now))


def _hours(state: TicketClocks, clock: Clock, hours_of: HoursOf) -> Hours:
    return hours_of(state.calendar) if clock.business else ALL_HOURS


def _next_due(state: TicketClocks, policy: Policy, metric: int, priority: str, hours_of: HoursOf) -> int | None:
    """When the clock, which counts, reaches what fires next; None when never."""
    clock = state.clocks[metric]
    missing = None if clock.reading is None else _missing(clock, policy, metric, priority)
    if missing is None or clock.reading is None:
        return None
    return _due(_hours(state, clock, hours_of), clock.reading, missing, state.settled_at)


def _missing(clock: Clock, policy: Policy, metric: int, priority: str) -> int | None:
    """How many seconds the clock lacks to what fires next (0 or less: none); None when nothing does."""
    target = policy.targets[metric].get(priority)
    if target is None:
        return None
    for before, _ in policy.escalations[metric]:
        if not clock.fired or _may_fire(clock, before):
            return max(target - before * MINUTE, 0) - clock.spent
    return None


def _due(hours: Hours, reading: int, missing: int, settled_at: int) -> int | None:
    """When a clock settled with this reading has counted `missing` seconds more; None when never."""
    return settled_at if missing <= 0 else hours.time_of(reading + missing)


def target_due(state: TicketClocks, metric: int, target: int | None, hours_of: HoursOf) -> int | None:
    """When a clock that counts reaches its target (seconds); None when it does not count or never gets there."""
    clock = state.clocks[metric]
    if target is None or clock.reading is None:
        return None
    return _hours(state, clock, hours_of).time_of(clock.reading + target - clock.spent)


def _may_fire(clock: Clock, before: int) -> bool:
    return before not in clock.fired and (before == 0 or len(clock.fired) < FIRED_MOST - 1)


def due_firing(state: TicketClocks, policy: Policy | None, priority: str, now: int, hours_of: HoursOf) -> Firing | None:
    """The earliest thing that is due by `now` and has not fired, noted as fired; None when nothing is.

    Call it again, after its actions, until it answers None.
    """
    if policy is None or state.policy != policy.name:
        return None
    found: Firing | None = None
    for metric in policy.targets:
        at = _next_due(state, policy, metric, priority, hours_of)
        if at is not None and at <= now and (found is None or at < found.at):
            before, actions = next(
                each for each in policy.escalations[metric] if _may_fire(state.clocks[metric], each[0])
            )
            found = Firing(metric, before, max(at, state.settled_at), policy.name, actions)
    if found is not None:
        state.clocks[found.metric].fired.append(found.before)
    return found


def created(state: TicketClocks, now: int) -> None:
    """A ticket begins: its requester waits for a first reply and for a solution."""
    for metric in (FIRST_REPLY, *RESOLUTIONS):
        state.clocks[metric].start(now)
    state.status_since = now
    state.requester_at = now


def requester_commented(state: TicketClocks, now: int) -> None:
    """The requester's side wrote: unless an older question is unanswered, a next reply is awaited from now on."""
    state.requester_at = now
    if state.clocks[FIRST_REPLY].phase != OPEN and state.clocks[NEXT_REPLY].phase != OPEN:
        state.clocks[NEXT_REPLY].start(now)


def staff_replied(state: TicketClocks, now: int, category: str) -> list[tuple[int, Clock]]:
    """Staff wrote publicly: replies are given, the next periodic update is awaited. Returns the clocks that ended."""
    state.staff_at = now
    ended = _end(state, REPLIES)
    if category not in SETTLED:
        state.clocks[PERIODIC_UPDATE].start(now)
    return ended


def solved(state: TicketClocks) -> list[tuple[int, Clock]]:
    """The ticket is solved or closed: nothing is awaited. Returns the clocks that ended."""
    return _end(state, range(len(METRICS)))


def reopened(state: TicketClocks, now: int) -> None:
    """Work goes on: what measures the whole ticket continues where it stopped, updates are awaited anew."""
    for metric in RESOLUTIONS:
        if state.clocks[metric].phase == ENDED:
            state.clocks[metric].phase = OPEN
    if state.staff_at:
        state.clocks[PERIODIC_UPDATE].start(now)


def waiting_reply(state: TicketClocks) -> Clock | None:
    """The clock of the oldest question that nobody has answered, None when all are."""
    for metric in (FIRST_REPLY, NEXT_REPLY):
        if state.clocks[metric].phase == OPEN:
            return state.clocks[metric]
    return None


def absorbed(state: TicketClocks, since: int, spent: int) -> None:
    """A merged ticket brings a question that waits since `since`, `spent` seconds by its hours (states settled).

    It waits on here; where one waits already, the one that has waited longer decides.
    """
    clock = waiting_reply(state)
    if clock is None:
        clock = state.clocks[NEXT_REPLY]
        clock.start(since, spent)
        return
    clock.since = min(clock.since, since)
    clock.spent = max(clock.spent, spent)


def split_off(state: TicketClocks, oldest_left: int | None, now: int, hours: Hours) -> None:
    """A comment has left for a ticket of its own (state settled): the oldest question left decides, if there is one.

    `oldest_left` is when the oldest unanswered comment that stays was written, None when none is left. A first
    reply is not concerned: the ticket's own text stays.
    """
    clock = state.clocks[NEXT_REPLY]
    if clock.phase != OPEN:
        return
    if oldest_left is None:
        clock.phase = ENDED
    elif oldest_left > clock.since:
        clock.start(oldest_left, hours.reading(now) - hours.reading(oldest_left))


def _end(state: TicketClocks, metrics: Any) -> list[tuple[int, Clock]]:
    ended = []
    for metric in metrics:
        clock = state.clocks[metric]
        if clock.phase == OPEN:
            clock.phase = ENDED
            ended.append((metric, clock))
    return ended
