"""What a shard keeps on the heap for service levels: what is due, who has how much to do, rosters, the outbox."""

from collections.abc import Callable
from typing import Any

from kybra import ic

from shard_canister.service.service_hours import ServiceHours
from shard_canister.service.service_outbox import Outbox
from vex_canister.answers import Steps
from vex_canister.seeding import ensure_seeded
from vex_canister.timed_work import run_later
from vex_domain.assignment.assignment_rules import Member
from vex_domain.service_levels.clock_rules import HoursOf
from vex_domain.service_levels.clock_state import NEVER, packed_due
from vex_domain.service_levels.due_queue import DueQueue
from vex_domain.service_levels.policy_documents import measures
from vex_domain.time_units import NS

LONGEST_SLEEP = 86_400
SWEEPING = 0xFFFF


class ServiceState:
    """Rebuilt after an upgrade; `work` is what the timer runs."""

    def __init__(self, stores: Any, work: Callable[[Any], None]) -> None:
        self._work = work
        self._clocks = stores.clocks
        self._services = stores.services
        self.due = DueQueue()
        self.hours = ServiceHours(stores.services)
        self.outbox = Outbox(stores.outbox, stores.services)
        self.loads: dict[int, int] = {}
        self.given: dict[int, int] = {}
        self.rosters: dict[int, Roster] = {}
        self.asked: dict[int, int] = {}
        self.sweeps: list[tuple[int, int]] = []
        self._timer: Any = None
        self._armed_for = NEVER

    def hours_of(self, env: Any, organisation: int) -> HoursOf:
        """How the organisation's hours are found by a calendar's id."""
        return self.hours.of(env.opened.get(organisation, 0), env.rules_of(organisation).calendars)

    def count_load(self, organisation: int, person: int | None, step: int) -> None:
        """Note that a person has one open ticket more or less."""
        if person is not None:
            key = organisation << 64 | person
            load = self.loads.get(key, 0) + step
            if load:
                self.loads[key] = load
            else:
                self.loads.pop(key, None)

    def load(self, organisation: int, person: int) -> int:
        """How many open tickets of this shard the person has."""
        return self.loads.get(organisation << 64 | person, 0)

    def set_due(self, position: int, due: int) -> None:
        """Put a ticket into the queue, or take it out (NEVER)."""
        if due == NEVER:
            self.due.remove(position)
        else:
            self.due.set(position, due)

    def arm(self, env: Any) -> None:
        """Have the work done when the earliest is due. A timer that is set for then stays."""
        first = self.due.first()
        wanted = NEVER if first is None else first[0]
        if self.sweeps:
            wanted = 0
        if wanted >= self._armed_for:
            return
        if self._timer is not None:
            ic.clear_timer(self._timer)
        self._armed_for = wanted
        delay = min(max(0, wanted - env.now() // NS), LONGEST_SLEEP)

        def fire(env: Any) -> Steps:
            self._armed_for = NEVER
            self._timer = None
            # Events are salted: after an upgrade the first of them waits for randomness.
            yield from ensure_seeded(env)
            self._work(env)

        self._timer = run_later(env, "service_levels", fire, delay)

    def rebuild(self, env: Any) -> None:
        """The queue and what has to be swept, from stable memory; then the timer."""
        if not any(measures(env.rules_of(organisation)) for organisation in env.opened):
            # A map that nobody uses would take its place in memory by being looked at.
            return
        if self._clocks.len():
            for position in range(env.count):
                packed = self._clocks.get(env.start + position)
                if packed is not None:
                    self.set_due(position, packed_due(packed))
        for organisation, opening in env.opened.items():
            if self._services.get(opening << 16 | SWEEPING) is not None:
                self.sweeps.append((organisation, NEVER))
        self.arm(env)

    def sweep(self, env: Any, organisation: int) -> None:
        """Have an organisation's tickets looked at anew, whatever happens meanwhile."""
        self.sweeps = [sweep for sweep in self.sweeps if sweep[0] != organisation]
        self.sweeps.append((organisation, NEVER))
        self._services.insert(env.opened[organisation] << 16 | SWEEPING, b"")
        self.arm(env)

    def swept(self, env: Any) -> None:
        """The first organisation's tickets have been looked at."""
        organisation, _ = self.sweeps.pop(0)
        self._services.remove(env.opened[organisation] << 16 | SWEEPING)

    def recount(self, header: dict[str, Any], is_settled: bool) -> None:
        """Count a stored ticket during a rebuild, in the order of tickets."""
        person = header["assignee"]
        if person is not None:
            if not is_settled:
                self.count_load(header["organisation"], person, 1)
            if header["team"] is not None:
                self.given[header["organisation"] << 32 | header["team"]] = person


class Roster:
    """Who may be assigned tickets in an organisation, as `users` said at a time (ns) and epoch."""

    __slots__ = ("asked_at", "epoch", "members")

    def __init__(self, asked_at: int, epoch: int) -> None:
        self.asked_at = asked_at
        self.epoch = epoch
        self.members: dict[int, Member] = {}
