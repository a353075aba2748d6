"""Configuration documents of a desk with service levels, triggers and teams, and the rules that they make."""

from typing import Any

from support.service_models import BERLIN
from vex_domain.configuration.sections import OrganisationRules, compile_rules
from vex_domain.service_levels.time_zones import packed_zone
from vex_domain.triggers.ticket_facts import TicketFacts, Values

OFFICE_DAY = [["08:00", "12:00"], ["13:00", "17:30"]]
WEEK = dict.fromkeys(("monday", "tuesday", "wednesday", "thursday", "friday"), OFFICE_DAY)
DESK: dict[str, Any] = {
    "fields": {
        "fields": [
            {"id": "product", "type": "choice", "choices": [{"id": "printer"}, {"id": "phone"}]},
            {"id": "cost", "type": "number", "decimals": 2},
            {"id": "parts", "type": "multi_choice", "choices": [{"id": "toner"}, {"id": "drum"}]},
            {"id": "cause", "type": "text", "required_in": ["solved"]},
            {"id": "due", "type": "date"},
            {"id": "vip", "type": "checkbox"},
        ]
    },
    "zones": {"Europe/Berlin": packed_zone(BERLIN)},
    "calendars": {
        "calendars": [
            {"id": "office", "zone": "Europe/Berlin", "hours": WEEK, "holidays": ["2026-12-25"]},
            {
                "id": "night",
                "hours": {"monday": [["22:00", "24:00"]]},
                "special_days": {"2026-12-24": [["08:00", "09:00"]]},
            },
            {"id": "round_the_clock", "hours": "always"},
            {"id": "closed", "hours": "never"},
        ]
    },
    "assignment": {
        "teams": [
            {"team": 1, "method": "balanced"},
            {"team": 2, "method": "round_robin", "outside_hours": "anyone"},
            {"team": 3},
        ],
        "default_team": 3,
    },
    "service_levels": {
        "policies": [
            {
                "id": "urgent",
                "conditions": {"any": [{"field": "priority", "is": "urgent"}]},
                "targets": {"first_reply": {"minutes": 15, "on_breach": [{"add_tags": ["late"]}]}},
            },
            {
                "id": "usual",
                "calendar": "office",
                "conditions": {"all": [{"field": "kind", "not_in": ["task"]}]},
                "targets": {
                    "first_reply": {
                        "minutes": {"low": 480, "normal": 240, "high": 60},
                        "escalations": [
                            {"before_minutes": 10, "actions": [{"notify": "soon", "to": ["team"]}]},
                            {"before_minutes": 30, "actions": [{"set": "priority", "to": "high"}]},
                        ],
                    },
                    "total_resolution": {"minutes": 2880, "hours": "calendar"},
                },
            },
        ]
    },
    "triggers": {
        "triggers": [
            {
                "id": "route_printers",
                "on": ["created", "updated"],
                "conditions": {
                    "all": [{"field": "field.product", "is": "printer"}, {"field": "team", "present": False}]
                },
                "actions": [{"set": "team", "to": 1}],
            },
            {
                "id": "tell_team",
                "on": ["created", "updated"],
                "conditions": {"all": [{"field": "team", "is": 1}]},
                "actions": [{"notify": "new_for_team", "to": ["team", 12]}],
            },
        ],
        "outbox": ["created", "sla_breached"],
    },
    "automations": {
        "automations": [
            {
                "id": "close_solved",
                "since": "status",
                "after_minutes": 2880,
                "conditions": {"all": [{"field": "status", "is": "solved"}]},
                "actions": [{"set": "status", "to": "closed"}],
            }
        ]
    },
}


def rules_with(**sections: Any) -> OrganisationRules:
    """The desk's rules with other documents for some sections."""
    documents = dict(DESK)
    documents.update(sections)
    return compile_rules(1, documents)


def header(**parts: Any) -> dict[str, Any]:
    """A ticket's header."""
    return {
        "organisation": 1,
        "requester": 7,
        "requester_reference": None,
        "subject": "Printer on fire",
        "kind": "question",
        "priority": "normal",
        "status": "new",
        "team": None,
        "assignee": None,
        "tags": [],
        "channel": None,
        "language": None,
        **parts,
    }


def facts_of(
    rules: OrganisationRules,
    ticket: dict[str, Any],
    before: dict[str, Any] | None = None,
    values: Values | None = None,
    events: tuple[str, ...] = (),
) -> TicketFacts:
    """What conditions see of a ticket."""
    facts = TicketFacts(rules.workflow, ticket, before, lambda _before: values or {})
    facts.events = events
    return facts
