"""The sections of a configuration, in the order in which they are compiled: each one line here, its rules in its room.

A section's compile function gets a reader of its document and the rules compiled so far, for what it refers to.
"""

from collections.abc import Callable
from typing import Any

from vex_domain.assignment import assignment_rules
from vex_domain.attachments.attachment_settings import DEFAULT_ATTACHMENTS, compile_attachments
from vex_domain.configuration import languages
from vex_domain.configuration.reader import DocumentReader
from vex_domain.fields import field_definitions
from vex_domain.limits import limit_rules
from vex_domain.macros import macro_definitions
from vex_domain.privacy.privacy_settings import DEFAULT_PRIVACY, compile_privacy
from vex_domain.refusals import NotFound
from vex_domain.service_levels import calendar_documents, policy_documents
from vex_domain.surveys.survey_rules import DEFAULT_SURVEY, compile_survey
from vex_domain.triggers import automations, trigger_rules
from vex_domain.workflow import ready_workflows, workflow_reading

Compile = Callable[[DocumentReader, Any], Any]

SECTIONS: dict[str, tuple[dict[str, Any], Compile]] = {
    "languages": (languages.DEFAULT, languages.compile_languages),
    "workflow": (ready_workflows.DEFAULT, workflow_reading.compile_workflow),
    "fields": ({}, field_definitions.compile_section),
    "macros": ({}, macro_definitions.compile_section),
    "attachments": (DEFAULT_ATTACHMENTS, compile_attachments),
    "survey": (DEFAULT_SURVEY, compile_survey),
    "limits": (limit_rules.NO_LIMITS, limit_rules.compile_limits),
    "privacy": (DEFAULT_PRIVACY, compile_privacy),
    "zones": (calendar_documents.NO_ZONES, calendar_documents.compile_zones),
    "calendars": (calendar_documents.NO_CALENDARS, calendar_documents.compile_calendars),
    "assignment": (assignment_rules.NO_ASSIGNMENT, assignment_rules.compile_assignment),
    "service_levels": (policy_documents.NO_SERVICE_LEVELS, policy_documents.compile_service_levels),
    "triggers": (trigger_rules.NO_TRIGGERS, trigger_rules.compile_triggers),
    "automations": (automations.NO_AUTOMATIONS, automations.compile_automations),
}
KEPT_BY_INDEX = ("zones",)
"""Sections that nobody sets: the index fills them in from what the others ask for."""


class OrganisationRules:
    """What an organisation's configuration says, compiled: an attribute for each section, and its version.

    `serves`: whether anything follows from a change by the sections assignment, triggers, service_levels, automations.
    """

    def __init__(self, version: int) -> None:
        self.version = version
        self.languages: Any = None
        self.workflow: Any = None
        self.fields: Any = None
        self.macros: Any = None
        self.attachments: Any = None
        self.survey: Any = None
        self.limits: Any = None
        self.privacy: Any = None
        self.zones: Any = None
        self.calendars: Any = None
        self.assignment: Any = None
        self.service_levels: Any = None
        self.triggers: Any = None
        self.automations: Any = None
        self.serves = True


def compile_rules(version: int, documents: dict[str, dict[str, Any]]) -> OrganisationRules:
    """The rules that documents (by section; the others have their default) make. Raises Invalid, TooLarge.

    A section that this build does not know is left out: the index may be newer than a shard.
    """
    rules = OrganisationRules(version)
    for name, (default, compile_section) in SECTIONS.items():
        document = DocumentReader(name, documents.get(name, default))
        setattr(rules, name, compile_section(document, rules))
    triggers = rules.triggers
    rules.serves = bool(
        triggers.in_order or triggers.told or rules.assignment.teams or policy_documents.measures(rules)
    )
    return rules


def require_section(name: str) -> None:
    """Raises NotFound for a section that nobody sets."""
    if name not in SECTIONS or name in KEPT_BY_INDEX:
        raise NotFound("section")


DEFAULT_RULES = compile_rules(0, {})
