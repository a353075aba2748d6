"""Actions of a document: what an organisation lacks, or its workflow has no way for, is refused when written."""

from typing import Any

from vex_domain.configuration.reader import DocumentReader
from vex_domain.refusals import Invalid
from vex_domain.ticket_rules import TAGS, check_tags
from vex_domain.triggers.actions import ADD_TAGS, ASSIGN, NOTIFY, REMOVE_TAGS, SET, SET_FIELD, Action
from vex_domain.triggers.condition_values import (
    LARGEST_PERSON,
    Known,
    field_value,
    header_reader,
    language_value,
    own_field,
)
from vex_domain.triggers.conditions import Conditions
from vex_domain.triggers.ticket_facts import FIELD
from vex_domain.workflow.workflow_guards import may_follow

ACTIONS_MOST = 16
WHOM_MOST = 16
SETTABLE = ("status", "priority", "kind", "team", "assignee", "language")
EMPTIABLE = ("team", "assignee", "language")
WHOM = ("requester", "assignee", "team", "followers")
KINDS = (SET, ADD_TAGS, REMOVE_TAGS, NOTIFY, ASSIGN)


def read_actions(reader: DocumentReader, known: Known, conditions: Conditions, least: int = 1) -> list[Action]:
    """`least` to 16 actions on tickets that meet the conditions. Raises Invalid, TooLarge."""
    return [_action(entry, known, conditions) for entry in reader.items(ACTIONS_MOST, least)]


def _action(reader: DocumentReader, known: Known, conditions: Conditions) -> Action:
    reader.only(*KINDS, "to")
    named = [kind for kind in KINDS if reader.has(kind)]
    if len(named) != 1:
        raise reader.refuse("does not have one of " + ", ".join(KINDS))
    kind = named[0]
    if "to" in reader.value and kind not in (SET, NOTIFY):
        raise reader.refuse("has an unknown member 'to'")
    if kind == SET:
        return _setting(reader, known, conditions)
    if kind == NOTIFY:
        return Action(NOTIFY, reader.member(NOTIFY).identifier(), _whom(reader.member_or("to", [])))
    if kind == ASSIGN:
        if not reader.member(ASSIGN).flag():
            raise reader.refuse("assigns nobody")
        return Action(ASSIGN, "", None)
    return Action(kind, "", _tags(reader.member(kind)))


def _setting(reader: DocumentReader, known: Known, conditions: Conditions) -> Action:
    name = reader.member(SET).text(48)
    if "to" not in reader.value:
        raise Invalid(reader.path + ".to", "is missing")
    empty = reader.value["to"] is None
    if name.startswith(FIELD):
        field = own_field(reader.member(SET), name[len(FIELD) :], known.fields)
        return Action(SET_FIELD, field.id, None if empty else field_value(reader.member("to"), field))
    if name not in SETTABLE:
        raise reader.member(SET).refuse("is not one of " + ", ".join(SETTABLE))
    if empty and name not in EMPTIABLE:
        raise Invalid(reader.path + ".to", "is missing")
    read = language_value if name == "language" else header_reader(reader, name, known)
    value: Any = None if empty else read(reader.member("to"))
    if name == "status":
        _require_way(reader.member("to"), known, conditions, value)
    return Action(SET, name, value)


def _require_way(reader: DocumentReader, known: Known, conditions: Conditions, target: str) -> None:
    """Raises Invalid where no ticket that meets the conditions could go to the state."""
    life = known.life
    kinds = conditions.pinned("kind") or tuple(life.kinds)
    pinned = conditions.pinned("status")
    for source in pinned or ():
        if source != target and not any(may_follow(life, kind, source, target) for kind in kinds):
            raise reader.refuse(target + " cannot follow " + source)
    if pinned is None and not any(may_follow(life, kind, source, target) for kind in kinds for source in life.states):
        raise reader.refuse(target + " cannot follow any state")


def _tags(reader: DocumentReader) -> list[str]:
    tags = [item.text(192) for item in reader.items(TAGS, 1)]
    try:
        check_tags(tags)
    except Invalid as refusal:
        raise reader.refuse(str(refusal)) from None
    return tags


def _whom(reader: DocumentReader) -> list[Any]:
    return [
        item.word(WHOM) if isinstance(item.value, str) else item.whole(1, LARGEST_PERSON)
        for item in reader.items(WHOM_MOST)
    ]
