"""Automations: actions on tickets that have met conditions for some time; once for each entry into them."""

from typing import Any
from zlib import crc32

from vex_domain.configuration.labels import check_label
from vex_domain.configuration.reader import DocumentReader
from vex_domain.service_levels.calendar_documents import calendar_of
from vex_domain.service_levels.clock_rules import ALL_HOURS, HoursOf
from vex_domain.service_levels.clock_state import AUTOMATIONS_FIRED_MOST
from vex_domain.triggers.action_reading import read_actions
from vex_domain.triggers.actions import Action
from vex_domain.triggers.conditions import Conditions, read_conditions
from vex_domain.triggers.ticket_facts import SINCE, TicketFacts
from vex_domain.triggers.trigger_rules import known_of

AUTOMATIONS_MOST = AUTOMATIONS_FIRED_MOST
SHORTEST_MINUTES = 5
LONGEST_MINUTES = 366 * 24 * 60
NO_AUTOMATIONS: dict[str, Any] = {"automations": []}


class Automation:
    """Actions `seconds` after a moment (of SINCE), in a calendar's hours if it has one. `key` is its id's CRC-32."""

    __slots__ = ("actions", "calendar", "conditions", "id", "key", "seconds", "since")

    def __init__(self, word: str, conditions: Conditions, actions: list[Action]) -> None:
        self.id = word
        self.key = crc32(word.encode())
        self.conditions = conditions
        self.actions = actions
        self.since = ""
        self.seconds = 0
        self.calendar: str | None = None


def compile_automations(document: DocumentReader, rules: Any) -> list[Automation]:
    """The section `automations`, in order. Raises Invalid, TooLarge."""
    document.only("automations")
    known = known_of(rules)
    automations: list[Automation] = []
    for entry in document.member_or("automations", []).items(AUTOMATIONS_MOST):
        entry.only("id", "label", "after_minutes", "since", "calendar", "conditions", "actions", "active")
        word = entry.member("id").identifier()
        check_label(entry.member_or("label", word))
        conditions = read_conditions(entry.member("conditions"), known, lasting=True)
        made = Automation(word, conditions, read_actions(entry.member("actions"), known, conditions))
        if made.key in [other.key for other in automations]:
            raise entry.member("id").refuse(word + " is there already")
        made.since = entry.member("since").word(SINCE)
        made.seconds = 60 * entry.member("after_minutes").whole(SHORTEST_MINUTES, LONGEST_MINUTES)
        if entry.has("calendar"):
            made.calendar = calendar_of(entry.member("calendar"), rules.calendars)
        if entry.member_or("active", default=True).flag():
            automations.append(made)
    return automations


def still_fired(
    automations: list[Automation], fired: list[int], facts: TicketFacts, moved: frozenset[str]
) -> list[int]:
    """Of the fired keys those whose automation still holds: `moved` are the moments that began anew in this change."""
    return [
        automation.key
        for automation in automations
        if automation.key in fired and automation.since not in moved and automation.conditions.hold(facts)
    ]


def next_automation(
    automations: list[Automation], fired: list[int], facts: TicketFacts, hours_of: HoursOf
) -> tuple[int, Automation] | None:
    """The second at which the next one is due, and which; of equals the first in order. None when none waits."""
    found: tuple[int, Automation] | None = None
    for automation in automations:
        moment = facts.moment(automation.since)
        if not moment or automation.key in fired or not automation.conditions.hold(facts):
            continue
        hours = ALL_HOURS if automation.calendar is None else hours_of(automation.calendar)
        due = hours.time_of(hours.reading(moment) + automation.seconds)
        if due is not None and (found is None or due < found[0]):
            found = (due, automation)
    return found
