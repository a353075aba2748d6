"""Changing a ticket's fields as its organisation's workflow allows: what an update, a macro and a bulk update share."""

from collections.abc import Callable
from operator import itemgetter
from typing import Any

from shard_canister.tickets.state_moves import put_in_state
from shard_canister.tickets.ticket_parts import FOLLOWERS_MOST, extension, field_values, relations
from shard_canister.tickets.ticket_work import TicketWork, require_changeable
from vex_domain import permissions
from vex_domain.fields.field_changes import Change, changed_values, is_filled, require_values
from vex_domain.fields.field_definitions import BUILT_IN
from vex_domain.refusals import Forbidden, Invalid, TooLarge
from vex_domain.relations.relation_rules import open_children
from vex_domain.ticket_rules import check_texts
from vex_domain.workflow.workflow_guards import (
    check_reclassified,
    require_filled,
    require_move,
    require_no_open_children,
)

PLAIN = ("priority", "subject", "tags", "kind")
CHANGED = (*PLAIN, "status", "assignee", "team", "fields", "follow", "unfollow")


def _gives_any(*fields: str) -> Callable[[dict[str, Any]], bool]:
    """Whether a request gives any of these fields something else than null."""
    values_of, nothing = itemgetter(*fields), (None,) * len(fields)
    return lambda request: values_of(request) != nothing


_gives_plain = _gives_any(*PLAIN)
_gives_change = _gives_any(*CHANGED)


def change_ticket(env: Any, work: TicketWork, request: dict[str, Any]) -> None:
    """Check an update and make it, on `work` alone.

    Raises Forbidden, Invalid, TooLarge, FieldRequired, ReopenWindowOver, ChildrenOpen, Underway, Unavailable.
    """
    header, life = work.header, work.rules.workflow
    if not _gives_change(request):
        raise Invalid("request", "changes nothing")
    check_texts(request)
    require_changeable(env, work)
    _require_rights(work, request)
    _change_followers(env, work, request)
    if request["kind"] is not None and request["kind"] != header["kind"]:
        check_reclassified(life, request["kind"], header["status"])
        header["kind"] = work.change["kind"] = request["kind"]
        env.retirements.require_entry(header["organisation"], header["kind"], header["status"])
    change_fields(env, work, request["fields"])
    _change_plain(work, request)
    if request["status"] is not None and request["status"] != header["status"]:
        move_ticket(env, work, request["status"])
    elif request["fields"] is not None or request["kind"] is not None:
        require_state_fields(env, work)
    work.events.append({"kind": "updated"})


def _require_rights(work: TicketWork, request: dict[str, Any]) -> None:
    access = work.access
    if _gives_plain(request):
        access.require(permissions.TICKET_UPDATE)
    if request["assignee"] is not None or request["team"] is not None:
        access.require(permissions.TICKET_ASSIGN)
    if request["fields"] is not None and not access.may(permissions.TICKET_UPDATE):
        access.require(permissions.TICKET_COMMENT_OWN)
        if work.header["requester"] != access.person:
            raise Forbidden(permissions.NAMES[permissions.TICKET_UPDATE])


def _change_plain(work: TicketWork, request: dict[str, Any]) -> None:
    for field in ("priority", "subject", "tags"):
        if request[field] is not None:
            work.header[field] = work.change[field] = request[field]
    for field in ("assignee", "team"):
        if request[field] is not None:
            former = work.header[field]
            work.header[field] = request[field] or None
            work.change[field] = request[field]
            if work.header[field] != former:
                work.events.append({"kind": "assigned", "field": field, "former": former})


def move_ticket(env: Any, work: TicketWork, target: str) -> None:
    """Take a ticket to a state by a transition that the person may go. Raises as `change_ticket`."""
    header, life = work.header, work.rules.workflow
    if target not in life.states:
        raise Invalid("status", "is not one of " + ", ".join(life.states))
    ways = require_move(life, work.access, header, target, work.now)
    require_filled(ways, lambda word: _has_value(env, work, word))
    if life.states[target].is_solved:
        require_no_open_children(life, header, target, open_children(relations(env, work).all))
    put_in_state(env, work, target)
    require_state_fields(env, work)


def _has_value(env: Any, work: TicketWork, word: str) -> bool:
    if word in BUILT_IN:
        return bool(work.header[word])
    return is_filled(field_values(env, work).values, word)


def require_state_fields(env: Any, work: TicketWork) -> None:
    """What the ticket's state requires is filled in. Raises FieldRequired."""
    header, fields = work.header, work.rules.fields
    if fields.required(header["status"], header["kind"]):
        require_values(fields, header["kind"], header["status"], field_values(env, work).values)


def change_fields(env: Any, work: TicketWork, entries: list[dict[str, Any]] | None) -> None:
    """Set and take away values of the organisation's own fields. Raises Invalid, TooLarge, Forbidden."""
    if not entries:
        return
    part = field_values(env, work)
    by_agent = work.access.may(permissions.TICKET_UPDATE)
    changes: list[Change] = [
        (entry["field"], None if "Empty" in entry["value"] else entry["value"]) for entry in entries
    ]
    part.values = changed_values(work.rules.fields, work.header["kind"], part.values, changes, by_agent=by_agent)
    work.touch("fields")
    work.change["fields"] = {word: part.values.get(word, "") for word, _ in changes}


def _change_followers(env: Any, work: TicketWork, request: dict[str, Any]) -> None:
    joining, leaving = request["follow"] or [], request["unfollow"] or []
    if not joining and not leaving:
        return
    if any(person != work.access.person for person in (*joining, *leaving)):
        work.access.require(permissions.TICKET_UPDATE)
    if 0 in joining:
        raise Invalid("follow", "is 0")
    part = extension(env, work)
    kept = [person for person in part.record["followers"] if person not in leaving]
    kept += [person for person in dict.fromkeys(joining) if person not in kept]
    if len(kept) > FOLLOWERS_MOST:
        raise TooLarge("follow", FOLLOWERS_MOST, len(kept))
    part.record["followers"] = kept
    work.touch("extension")
    work.change["followers"] = kept
