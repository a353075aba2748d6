"""The section `service_levels`: which tickets are promised what, compiled to policies in order."""

from typing import Any

from vex_domain.configuration.labels import check_label
from vex_domain.configuration.reader import DocumentReader
from vex_domain.refusals import Invalid
from vex_domain.service_levels.calendar_documents import calendar_of
from vex_domain.service_levels.clock_rules import Policy
from vex_domain.service_levels.clock_state import METRICS
from vex_domain.ticket_rules import PRIORITIES
from vex_domain.time_units import MINUTE
from vex_domain.triggers.action_reading import read_actions
from vex_domain.triggers.conditions import Conditions, read_conditions
from vex_domain.triggers.ticket_facts import TicketFacts
from vex_domain.triggers.trigger_rules import known_of

POLICIES_MOST = 32
ESCALATIONS_MOST = 4
LONGEST_TARGET = 366 * 24 * 60
LONGEST_BEFORE = 45 * 24 * 60
NO_SERVICE_LEVELS: dict[str, Any] = {"policies": []}


class ServiceLevels:
    """Policies in order: the first whose conditions a ticket meets is in force for it."""

    __slots__ = ("_by_name", "_in_order")

    def __init__(self) -> None:
        self._in_order: list[tuple[Conditions, Policy]] = []
        self._by_name: dict[str, Policy] = {}

    def add(self, conditions: Conditions, policy: Policy) -> None:
        """One more policy, after the others."""
        self._in_order.append((conditions, policy))
        self._by_name[policy.name] = policy

    def chosen(self, facts: TicketFacts) -> Policy | None:
        """The policy for a ticket, None when nothing is promised."""
        for conditions, policy in self._in_order:
            if conditions.hold(facts):
                return policy
        return None

    def named(self, name: str) -> Policy | None:
        """A policy by its id."""
        return self._by_name.get(name)

    def __len__(self) -> int:
        return len(self._in_order)


def measures(rules: Any) -> bool:
    """Whether an organisation promises or automates anything, so that its tickets have clocks."""
    return len(rules.service_levels) > 0 or bool(rules.automations)


def compile_service_levels(document: DocumentReader, rules: Any) -> ServiceLevels:
    """The compiled section. Raises Invalid, TooLarge."""
    document.only("policies")
    levels = ServiceLevels()
    known = known_of(rules)
    for entry in document.member_or("policies", []).items(POLICIES_MOST):
        entry.only("id", "label", "conditions", "calendar", "targets")
        word = entry.member("id").identifier()
        if levels.named(word) is not None:
            raise entry.member("id").refuse(word + " is there already")
        check_label(entry.member_or("label", word))
        conditions = read_conditions(entry.member_or("conditions", {}), known, lasting=True)
        calendar = calendar_of(entry.member("calendar"), rules.calendars) if entry.has("calendar") else ""
        policy = Policy(word, calendar)
        for name, target in entry.member("targets").members(len(METRICS)):
            _read_target(policy, name, target, lambda reader, at=conditions: read_actions(reader, known, at, 0))
        if not policy.targets:
            raise entry.member("targets").refuse("promise nothing")
        levels.add(conditions, policy)
    return levels


def _read_target(policy: Policy, name: str, reader: DocumentReader, actions: Any) -> None:
    if name not in METRICS:
        raise reader.refuse("is not one of " + ", ".join(METRICS))
    reader.only("minutes", "hours", "escalations", "on_breach")
    metric = METRICS.index(name)
    usual = "business" if policy.calendar else "calendar"
    if reader.member_or("hours", usual).word(("business", "calendar")) == "business":
        if not policy.calendar:
            raise Invalid(reader.path + ".hours", "needs the policy's calendar")
        policy.business.add(metric)
    policy.targets[metric] = _minutes(reader.member("minutes"))
    stages: list[tuple[int, list[Any]]] = []
    for stage in reader.member_or("escalations", []).items(ESCALATIONS_MOST):
        stage.only("before_minutes", "actions")
        before = stage.member("before_minutes").whole(1, LONGEST_BEFORE)
        if before in [other[0] for other in stages]:
            raise stage.refuse("stands there twice")
        stages.append((before, actions(stage.member("actions"))))
    stages.sort(key=lambda stage: -stage[0])
    policy.escalations[metric] = [*stages, (0, actions(reader.member_or("on_breach", [])))]


def _minutes(reader: DocumentReader) -> dict[str, int]:
    """One number for every priority, or numbers by priority; a priority that is left out is promised nothing."""
    if not isinstance(reader.value, dict):
        return dict.fromkeys(PRIORITIES, MINUTE * reader.whole(1, LONGEST_TARGET))
    reader.only(*PRIORITIES)
    found = {}
    for priority in PRIORITIES:
        if reader.has(priority):
            found[priority] = MINUTE * reader.member(priority).whole(1, LONGEST_TARGET)
    if not found:
        raise reader.refuse("promises nothing")
    return found
