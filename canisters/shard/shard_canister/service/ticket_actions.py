"""Carrying out the actions of triggers, automations and escalations on a ticket under change."""

from typing import Any

from shard_canister.service.assigning import give
from shard_canister.service.ticket_facts_view import values_of
from shard_canister.tickets.state_moves import put_in_state
from shard_canister.tickets.ticket_parts import field_values, relations
from vex_domain.relations.relation_rules import open_children
from vex_domain.triggers.actions import Action, TicketDraft, act
from vex_domain.triggers.ticket_facts import Values

SET_BY_ACTIONS = ("status", "priority", "kind", "team", "assignee", "language", "tags")


def do(env: Any, work: Any, actions: list[Action]) -> bool:
    """Carry out actions on the ticket; whether it has changed. What they set is committed to by the audit event."""
    if not actions:
        return False
    header = work.header
    former = {name: header[name] for name in SET_BY_ACTIONS}
    changed = act(actions, _draft(env, work), work.rules.workflow, work.rules.fields)
    if changed:
        for name in SET_BY_ACTIONS:
            if header[name] != former[name]:
                work.change[name] = 0 if header[name] is None else header[name]
        work.events.append({"kind": "automated"})
    return changed


def _draft(env: Any, work: Any) -> TicketDraft:
    draft = TicketDraft(work.header, lambda: values_of(env, work))
    draft.may_move = lambda target: _may_move(env, work, target)
    draft.move = lambda target: put_in_state(env, work, target)
    draft.keep_values = lambda values: _keep_values(env, work, values)
    draft.assign = lambda: give(env, work)
    draft.notify = lambda name, whom: work.events.append(_notification(work, name, whom))
    return draft


def _may_move(env: Any, work: Any, target: str) -> bool:
    header, life = work.header, work.rules.workflow
    if env.retirements.is_retired(header["organisation"], header["kind"], target):
        return False
    waits = life.workflow_of(header["kind"]).parent_waits_for_children and life.is_settled(target)
    return not waits or not open_children(relations(env, work).all)


def _keep_values(env: Any, work: Any, values: Values) -> None:
    part = field_values(env, work)
    changed = dict(work.change.get("fields", {}))
    for word in {**part.values, **values}:
        if part.values.get(word) != values.get(word):
            changed[word] = values.get(word, "")
    part.values = values
    work.touch("fields")
    work.change["fields"] = changed


def _notification(work: Any, name: str, whom: list[Any]) -> dict[str, Any]:
    event = {"kind": "notify", "name": name, "to": whom}
    for part in ("requester", "assignee", "team"):
        if part in whom:
            event[part] = work.header[part]
    return event
