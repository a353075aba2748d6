"""What a trigger, an automation or an escalation does to a ticket; what its workflow forbids is left undone."""

from collections.abc import Callable
from typing import Any

from vex_domain.fields.field_changes import is_filled
from vex_domain.fields.field_definitions import BUILT_IN, TicketFields
from vex_domain.ticket_rules import TAGS, TAGS_BYTES
from vex_domain.triggers.ticket_facts import Values
from vex_domain.workflow.workflow_model import TicketLife

SET = "set"
SET_FIELD = "set_field"
ADD_TAGS = "add_tags"
REMOVE_TAGS = "remove_tags"
NOTIFY = "notify"
ASSIGN = "assign"


class Action:
    """`kind` of the above; `name` is what is set or told, `value` to what or to whom."""

    __slots__ = ("kind", "name", "value")

    def __init__(self, kind: str, name: str, value: Any) -> None:
        self.kind = kind
        self.name = name
        self.value = value


class TicketDraft:
    """A ticket as actions change it. What lies outside of the header is reached through the canister's callables.

    `values` answers the own fields' values and `keep_values` takes them changed; `may_move` says whether anything
    besides the workflow speaks against a state and `move` puts the ticket there; `notify` takes (name, to whom);
    `assign` looks for an assignee.
    """

    __slots__ = ("assign", "header", "keep_values", "may_move", "move", "notify", "values")

    def __init__(self, header: dict[str, Any], values: Callable[[], Values]) -> None:
        self.header = header
        self.values = values
        self.keep_values: Callable[[Values], None] = lambda _: None
        self.may_move: Callable[[str], bool] = lambda _: True
        self.move: Callable[[str], None] = lambda target: header.update(status=target)
        self.notify: Callable[[str, Any], None] = lambda _name, _whom: None
        self.assign: Callable[[], bool] = lambda: False


def act(actions: list[Action], draft: TicketDraft, life: TicketLife, fields: TicketFields) -> bool:
    """Do the actions in order; whether the ticket has changed. A closed ticket changes no more."""
    changed = False
    for action in actions:
        if action.kind == NOTIFY:
            draft.notify(action.name, action.value)
        elif life.state_of(draft.header["status"]).is_closed:
            continue
        elif action.kind == SET_FIELD:
            changed = _set_field(action, draft, fields) or changed
        elif action.kind == SET:
            changed = _set(action, draft, life, fields) or changed
        elif action.kind == ASSIGN:
            changed = draft.assign() or changed
        else:
            changed = _tag(action, draft) or changed
    return changed


def move_allowed(draft: TicketDraft, life: TicketLife, fields: TicketFields, target: str) -> bool:
    """Whether the workflow has a way to the state whose required fields are filled in."""
    header = draft.header
    ways = life.workflow_of(header["kind"]).between(header["status"], target)
    if not ways or not draft.may_move(target):
        return False
    needed = fields.required(target, header["kind"])
    if not needed and any(not way.required for way in ways):
        return True
    values = draft.values()
    if not all(is_filled(values, word) for word in needed):
        return False
    return any(all(_is_there(header, values, word) for word in way.required) for way in ways)


def _is_there(header: dict[str, Any], values: Values, word: str) -> bool:
    return bool(header[word]) if word in BUILT_IN else is_filled(values, word)


def _set(action: Action, draft: TicketDraft, life: TicketLife, fields: TicketFields) -> bool:
    name, value, header = action.name, action.value, draft.header
    if header[name] == value:
        return False
    if name == "status":
        allowed = move_allowed(draft, life, fields, value)
        if allowed:
            draft.move(value)
        return allowed
    if name == "kind" and header["status"] not in life.workflow_of(value).states:
        return False
    header[name] = value
    return True


def _set_field(action: Action, draft: TicketDraft, fields: TicketFields) -> bool:
    field = fields.by_id[action.name]
    values = draft.values()
    if not field.is_of(draft.header["kind"]):
        return False
    value = None if action.value is None else {field.type.tag: action.value}
    if values.get(action.name) == value:
        return False
    after = dict(values)
    if value is None:
        del after[action.name]
    else:
        after[action.name] = value
    draft.keep_values(after)
    return True


def _tag(action: Action, draft: TicketDraft) -> bool:
    tags = draft.header["tags"]
    if action.kind == REMOVE_TAGS:
        after = [tag for tag in tags if tag not in action.value]
    else:
        after = tags + [tag for tag in action.value if tag not in tags]
    if after == tags or len(after) > TAGS or len("".join(after).encode()) > TAGS_BYTES:
        return False
    draft.header["tags"] = after
    return True
