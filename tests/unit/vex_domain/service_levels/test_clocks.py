"""Clocks agree with a model that walks through every minute of a ticket's life."""

from dataclasses import dataclass, field
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from support.service_models import BERLIN, NEW_YORK, Hours, stamp
from vex_domain.service_levels import clock_rules
from vex_domain.service_levels.business_hours import ShiftedHours
from vex_domain.service_levels.clock_rules import Policy, Standing
from vex_domain.service_levels.clock_state import (
    AGENT_WORK,
    METRICS,
    NEXT_REPLY,
    OPEN,
    PACKED_MOST,
    TicketClocks,
    packed_due,
    unpacked,
)

OFFICE = ((8 * 3600, 12 * 3600), (13 * 3600, 17 * 3600 + 1800))
NIGHT = ((0, 6 * 3600), (22 * 3600, 24 * 3600))
PLANS = (
    Hours(BERLIN, [OFFICE] * 5 + [(), ()], {stamp(2026, 10, 26) // 86_400: ()}),
    Hours(NEW_YORK, [NIGHT] * 7, {}),
    Hours(BERLIN, [((0, 86_400),)] * 7, {}),
    Hours(BERLIN, [()] * 7, {}),
)
STATES = {"new": ("new", False), "open": ("open", False), "waiting": ("pending", True), "asking": ("pending", False)}
STATES |= {"hold": ("hold", False), "parked": ("hold", True), "solved": ("solved", False)}
PRIORITIES = ("low", "high")
STARTS = (stamp(2026, 3, 27, 15), stamp(2026, 10, 23, 13), stamp(2026, 10, 31, 20))


def policy(name: str, *, business: set[int], targets: dict[int, tuple[int, int]], before: tuple[int, ...]) -> Policy:
    made = Policy(name, "desk")
    made.business = business
    for metric, minutes in targets.items():
        made.targets[metric] = dict(zip(PRIORITIES, (60 * each for each in minutes), strict=True))
        made.escalations[metric] = [(each, []) for each in (*before, 0)]
    return made


GOLD = policy("gold", business={0, 1, 2, 4}, targets={n: (300 + 60 * n, 45 + n) for n in range(6)}, before=(60, 10))
PLAIN = policy("plain", business=set(), targets={0: (600, 60), 3: (2_000, 500)}, before=(30,))
BUSY = policy("busy", business=set(range(6)), targets=dict.fromkeys((1, 2, 5), (100, 20)), before=())
POLICIES: dict[str, Policy | None] = {"gold": GOLD, "plain": PLAIN, "busy": BUSY, "none": None}

Step = tuple[int, str, Any]
steps = st.lists(
    st.tuples(
        st.sampled_from((0, 1, 7, 59, 60, 240, 1_000, 3_000)),
        st.one_of(
            st.tuples(st.just("state"), st.sampled_from(sorted(STATES))),
            st.tuples(st.just("priority"), st.sampled_from(PRIORITIES)),
            st.tuples(st.just("policy"), st.sampled_from(sorted(POLICIES))),
            st.tuples(st.just("hours"), st.sampled_from(range(len(PLANS)))),
            st.tuples(st.sampled_from(("asks", "replies", "timer", "upgrade")), st.just(0)),
        ),
    ).map(lambda each: (each[0], *each[1])),
    max_size=14,
)


class Ticket:
    """A ticket as the shard keeps it: settle, change, resume; what is due fires before."""

    def __init__(self, now: int, prompt: bool) -> None:
        self.now = now
        self.prompt = prompt
        self.state = TicketClocks()
        self.name, self.priority, self.status, self.plan = "gold", "high", "new", 0
        self.hours = ShiftedHours(PLANS[0].calendar(), 0)
        self.fired: list[tuple[int, int, int]] = []
        clock_rules.created(self.state, now)
        self._resume()

    def _resume(self) -> None:
        standing = Standing(*STATES[self.status], self.priority)
        clock_rules.resume(self.state, POLICIES[self.name], standing, self.now, lambda _: self.hours)

    def _fire(self) -> None:
        while True:
            firing = clock_rules.due_firing(
                self.state, POLICIES[self.name], self.priority, self.now, lambda _: self.hours
            )
            if firing is None:
                return
            self.fired.append((firing.at, firing.metric, firing.before))

    def pass_minutes(self, minutes: int) -> None:
        end = self.now + 60 * minutes
        while self.prompt and self.state.due <= end:
            self.now = self.state.due
            before = len(self.fired)
            self._settled(lambda: None)
            assert len(self.fired) > before
        self.now = end

    def _settled(self, change: Any) -> None:
        self._fire()
        clock_rules.settle(self.state, self.now, lambda _: self.hours)
        change()
        self._resume()

    def step(self, kind: str, value: Any) -> None:
        if kind == "upgrade":
            packed = self.state.packed()
            assert len(packed) <= PACKED_MOST
            assert packed_due(packed) == self.state.due
            self.state = unpacked(packed)
        else:
            self._settled(lambda: self._change(kind, value))

    def _change(self, kind: str, value: Any) -> None:
        if kind == "state":
            was, self.status = STATES[self.status][0], value
            if (STATES[value][0] == "solved") != (was == "solved"):
                if STATES[value][0] == "solved":
                    clock_rules.solved(self.state)
                else:
                    clock_rules.reopened(self.state, self.now)
        elif kind == "priority":
            self.priority = value
        elif kind == "policy":
            self.name = value
        elif kind == "hours":
            calendar = PLANS[value].calendar()
            self.hours = ShiftedHours(calendar, self.hours.reading(self.now) - calendar.reading(self.now))
        elif kind == "asks":
            clock_rules.requester_commented(self.state, self.now)
        elif kind == "replies":
            clock_rules.staff_replied(self.state, self.now, STATES[self.status][0])


@dataclass
class Watch:
    """The model's clock: whether somebody waits, and the minutes counted."""

    waiting: bool = False
    begun: bool = False
    minutes: int = 0
    fired: set[int] = field(default_factory=set)

    def restart(self) -> None:
        self.waiting = self.begun = True
        self.minutes, self.fired = 0, set()


class Model:
    """Looks at every minute: who waits, whether the state counts, whether the hours in force are open."""

    def __init__(self, now: int) -> None:
        self.now = now
        self.name, self.priority, self.status, self.plan = "gold", "high", "new", 0
        self.replied = False
        self.watches = [Watch() for _ in METRICS]
        self.fired: list[tuple[int, int, int]] = []
        for metric in (0, 3, 4, 5):
            self.watches[metric].restart()
        self.look()

    def counts(self, metric: int) -> bool:
        category, pauses = STATES[self.status]
        promised = POLICIES[self.name]
        if promised is None or metric not in promised.targets or not self.watches[metric].waiting:
            return False
        if metric in promised.business and not PLANS[self.plan].open_in(self.now):
            return False
        if METRICS[metric] == "total_resolution":
            return category != "solved"
        wanted = {"requester_wait": ("new", "open", "hold"), "agent_work": ("new", "open")}
        return not pauses and category in wanted.get(METRICS[metric], ("new", "open", "pending", "hold"))

    def applies(self, metric: int) -> bool:
        promised = POLICIES[self.name]
        category, pauses = STATES[self.status]
        if promised is None or metric not in promised.targets or not self.watches[metric].waiting:
            return False
        return clock_rules.runs(metric, category, pauses)

    def look(self) -> None:
        for metric, watch in enumerate(self.watches):
            promised = POLICIES[self.name]
            if promised is not None and self.applies(metric):
                for before, _ in promised.escalations[metric]:
                    target = promised.targets[metric][self.priority] // 60
                    if before not in watch.fired and watch.minutes >= max(0, target - before):
                        watch.fired.add(before)
                        self.fired.append((self.now, metric, before))

    def pass_minutes(self, minutes: int) -> None:
        for _ in range(minutes):
            for metric, watch in enumerate(self.watches):
                watch.minutes += self.counts(metric)
            self.now += 60
            self.look()

    def move(self, value: str) -> None:
        was, self.status = self.status, value
        if value == "solved" and was != "solved":
            for watch in self.watches:
                watch.waiting = False
        elif was == "solved" and value != "solved":
            for watch in self.watches[3:]:
                watch.waiting = True
            if self.replied:
                self.watches[2].restart()

    def reply(self) -> None:
        self.replied = True
        for watch in self.watches[:3]:
            watch.waiting = False
        if self.status != "solved":
            self.watches[2].restart()

    def step(self, kind: str, value: Any) -> None:
        if kind == "state":
            self.move(value)
        elif kind == "priority":
            self.priority = value
        elif kind == "policy":
            self.name = value
        elif kind == "hours":
            self.plan = value
        elif kind == "asks" and not self.watches[0].waiting and not self.watches[1].waiting:
            self.watches[1].restart()
        elif kind == "replies":
            self.reply()
        self.look()


@settings(deadline=None, max_examples=120)
@given(st.sampled_from(STARTS), steps, st.booleans())
def test_clocks_count_and_fire_as_a_walk_through_the_minutes(start: int, history: list[Step], prompt: bool) -> None:
    ticket, model = Ticket(start, prompt), Model(start)
    for minutes, kind, value in [*history, (2_000, "timer", 0)]:
        ticket.pass_minutes(minutes)
        model.pass_minutes(minutes)
        ticket.step(kind, value)
        model.step(kind, value)
    ticket._settled(lambda: None)
    assert sorted(ticket.fired) == sorted(model.fired)
    for clock, watch in zip(ticket.state.clocks, model.watches, strict=True):
        assert clock.spent == 60 * watch.minutes
        assert (clock.phase == OPEN) == watch.waiting


def test_what_fires_fires_once_even_when_the_timer_comes_days_late() -> None:
    late = Ticket(STARTS[0], prompt=False)
    late.pass_minutes(20_000)
    late.step("timer", 0)
    late.step("timer", 0)
    prompt = Ticket(STARTS[0], prompt=True)
    prompt.pass_minutes(20_000)
    assert late.fired == prompt.fired
    assert len(set(late.fired)) == len(late.fired) == 12


def test_a_merged_question_waits_on_with_the_time_that_it_has_waited() -> None:
    ticket = Ticket(STARTS[1], prompt=True)
    ticket.step("replies", 0)
    ticket._settled(lambda: clock_rules.absorbed(ticket.state, STARTS[1] - 3600, 30 * 60))
    clock = ticket.state.clocks[NEXT_REPLY]
    assert (clock.phase, clock.since, clock.spent) == (OPEN, STARTS[1] - 3600, 1800)
    ticket.pass_minutes(20)
    assert (STARTS[1] + 16 * 60, NEXT_REPLY, 0) in ticket.fired


def test_of_two_waiting_questions_the_one_that_waited_longer_decides() -> None:
    ticket = Ticket(STARTS[1], prompt=True)
    ticket.pass_minutes(10)
    ticket._settled(lambda: clock_rules.absorbed(ticket.state, STARTS[1] + 60, 9 * 60))
    assert (ticket.state.clocks[0].since, ticket.state.clocks[0].spent) == (STARTS[1], 600)


def test_splitting_off_the_oldest_question_leaves_the_next_one() -> None:
    ticket = Ticket(STARTS[1], prompt=True)
    ticket.step("replies", 0)
    ticket.step("asks", 0)
    ticket.pass_minutes(30)
    written = ticket.now
    ticket.step("asks", 0)
    ticket.pass_minutes(10)
    hours = ticket.hours
    ticket._settled(lambda: clock_rules.split_off(ticket.state, written, ticket.now, hours))
    clock = ticket.state.clocks[NEXT_REPLY]
    assert (clock.since, clock.spent) == (written, 600)
    ticket._settled(lambda: clock_rules.split_off(ticket.state, None, ticket.now, hours))
    assert clock.phase != OPEN


def test_a_state_that_pauses_stops_all_but_total_resolution() -> None:
    assert [metric for metric in range(6) if clock_rules.runs(metric, "hold", True)] == [5]
    assert AGENT_WORK not in [metric for metric in range(6) if clock_rules.runs(metric, "pending", False)]
