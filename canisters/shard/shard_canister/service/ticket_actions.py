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
    changed = act(actions, _Draft(env, work), work.rules.workflow, work.rules.fields)
    if changed:
        for name in SET_BY_ACTIONS:
            if header[name] != former[name]:
                work.change[name] = 0 if header[name] is None else header[name]
        work.events.append({"kind": "automated"})
    return changed


class _Draft(TicketDraft):
    """The draft of a ticket under change: methods, since a draft of closures costs as much as an action."""

    __slots__ = ("_env", "_work")

    def __init__(self, env: Any, work: Any) -> None:
        self.header = work.header
        self._env = env
        self._work = work

    def values(self) -> Values:
        return values_of(self._env, self._work)

    def may_move(self, target: str) -> bool:
        env, work = self._env, self._work
        header, life = work.header, work.rules.workflow
        if env.retirements.is_retired(header["organisation"], header["kind"], target):
            return False
        waits = life.workflow_of(header["kind"]).parent_waits_for_children and life.is_settled(target)
        return not waits or not open_children(relations(env, work).all)

    def move(self, target: str) -> None:
        put_in_state(self._env, self._work, target)

    def keep_values(self, values: Values) -> None:
        work = self._work
        part = field_values(self._env, work)
        changed = dict(work.change.get("fields", {}))
        for word in {**part.values, **values}:
            if part.values.get(word) != values.get(word):
                changed[word] = values.get(word, "")
        part.values = values
        work.touch("fields")
        work.change["fields"] = changed

    def assign(self) -> bool:
        return give(self._env, self._work)

    def notify(self, name: str, whom: Any) -> None:
        self._work.events.append(_notification(self._work, name, whom))


def _notification(work: Any, name: str, whom: list[Any]) -> dict[str, Any]:
    event = {"kind": "notify", "name": name, "to": whom}
    for part in ("requester", "assignee", "team"):
        if part in whom:
            event[part] = work.header[part]
    return event
