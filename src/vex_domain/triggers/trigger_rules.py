"""Triggers: what happened, conditions, actions. In the document's order, each at most once a change, bounded."""

from collections.abc import Callable
from typing import Any

from vex_domain.configuration.labels import check_label
from vex_domain.configuration.reader import DocumentReader
from vex_domain.triggers.action_reading import read_actions
from vex_domain.triggers.actions import Action
from vex_domain.triggers.condition_values import Known
from vex_domain.triggers.conditions import Conditions, read_conditions
from vex_domain.triggers.ticket_facts import TicketFacts

TRIGGERS_MOST = 64
STEPS_MOST = 256
EVENTS = (
    "created",
    "commented",
    "requester_commented",
    "staff_replied",
    "noted",
    "updated",
    "solved",
    "reopened",
    "assigned",
    "merged",
    "split",
    "sla_escalated",
    "sla_breached",
    "automated",
    "surveyed",
    "moved",
    "mentioned",
    "attached",
    "comment_edited",
    "redacted",
    "unassigned",
)
NO_TRIGGERS: dict[str, Any] = {"triggers": []}


class Trigger:
    """Actions for tickets that meet conditions when one of the events happens."""

    __slots__ = ("actions", "conditions", "events", "id")

    def __init__(self, word: str, events: frozenset[str], conditions: Conditions, actions: list[Action]) -> None:
        self.id = word
        self.events = events
        self.conditions = conditions
        self.actions = actions


class Triggers:
    """The compiled section: active triggers in order, and which events go to the outbox as they happen."""

    __slots__ = ("in_order", "told")

    def __init__(self, in_order: list[Trigger], told: frozenset[str]) -> None:
        self.in_order = in_order
        self.told = told


def known_of(rules: Any) -> Known:
    """What conditions and actions may name under these rules."""
    return Known(rules.workflow, rules.fields, frozenset(rules.assignment.teams))


def compile_triggers(document: DocumentReader, rules: Any) -> Triggers:
    """The section `triggers`. Raises Invalid, TooLarge."""
    document.only("triggers", "outbox")
    known = known_of(rules)
    triggers: list[Trigger] = []
    words: set[str] = set()
    for entry in document.member_or("triggers", []).items(TRIGGERS_MOST):
        entry.only("id", "label", "on", "conditions", "actions", "active")
        word = entry.member("id").identifier()
        if word in words:
            raise entry.member("id").refuse(word + " is there already")
        words.add(word)
        check_label(entry.member_or("label", word))
        events = frozenset([event.word(EVENTS) for event in entry.member("on").items(len(EVENTS), 1)])
        conditions = read_conditions(entry.member_or("conditions", {}), known)
        actions = read_actions(entry.member("actions"), known, conditions)
        if entry.member_or("active", default=True).flag():
            triggers.append(Trigger(word, events, conditions, actions))
    told = [event.word(EVENTS) for event in document.member_or("outbox", []).items(len(EVENTS))]
    return Triggers(triggers, frozenset(told))


def pull(triggers: list[Trigger], facts: TicketFacts, do: Callable[[list[Action]], bool]) -> list[str]:
    """Run what the facts ask for; returns the ids of what ran, in order.

    `do` carries out actions and says whether they changed the ticket. After a change the list is gone through from
    its start, without what has run: so nothing loops, and of two orders of events the document's decides.
    """
    ran: list[str] = []
    steps = 0
    at = 0
    while at < len(triggers) and steps < STEPS_MOST:
        trigger = triggers[at]
        at += 1
        if trigger.id in ran or trigger.events.isdisjoint(facts.events):
            continue
        steps += 1
        if not trigger.conditions.hold(facts):
            continue
        ran.append(trigger.id)
        if do(trigger.actions):
            at = 0
    return ran
