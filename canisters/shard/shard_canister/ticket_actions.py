"""Carrying out the actions of triggers, automations and escalations on a ticket under change."""

from typing import Any

from shard_canister.assigning import give
from shard_canister.ticket_facts_view import values_of
from vex_domain.triggers.actions import Action, TicketDraft, act

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
    draft.assign = lambda: give(env, work)
    draft.notify = lambda name, whom: work.events.append(_notification(work, name, whom))
    return draft


def _notification(work: Any, name: str, whom: list[Any]) -> dict[str, Any]:
    event = {"kind": "notify", "name": name, "to": whom}
    for part in ("requester", "assignee", "team"):
        if part in whom:
            event[part] = work.header[part]
    return event
