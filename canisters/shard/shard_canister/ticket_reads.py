"""What is read of tickets: one, a page of a list, comments, the audit chain."""

from typing import Any

from shard_canister import ticket_index
from shard_canister.ticket_views import comment_view, summary_of, text_of
from shard_canister.ticket_work import visible_ticket
from vex_domain import permissions
from vex_domain.access import Access
from vex_domain.cursors import decode_cursor, encode_cursor, page_size
from vex_domain.hash_tree import encode_tree, labeled, leaf
from vex_domain.id_ranges import sequence_key
from vex_domain.refusals import Forbidden
from vex_domain.ticket_proof import ticket_label
from vex_domain.ticket_rules import STATUSES, check_word

PAGE_DEFAULT = 25
PAGE_MOST = 50
LOOKED_AT_MOST = 200
COMMENTS_DEFAULT = 20
COMMENTS_MOST = 50
EVENTS_MOST = 100
REPLY_BYTES = 1_000_000


def get(env: Any, access: Access, ticket_id: int, certificate: bytes | None) -> dict[str, Any]:
    """The record `Ticket`, with a proof when there is a certificate. Raises NotFound."""
    ticket = visible_ticket(env, access, ticket_id)
    return {
        "summary": summary_of(ticket_id, ticket),
        "body": text_of(env.stores.pages, ticket_id, 0, ticket["body_pages"]),
        "comment_head": ticket["comment_head"],
        "proof": None if certificate is None else _proof(env, ticket_id, ticket, certificate),
    }


def _proof(env: Any, ticket_id: int, ticket: dict[str, Any], certificate: bytes) -> dict[str, bytes]:
    shown = labeled(ticket_label(ticket_id), leaf(ticket["leaf"]))
    witness = env.audit.witness(env.tree.witness(ticket_id - env.start, shown))
    return {"certificate": certificate, "witness": encode_tree(witness), "salt": ticket["salt"]}


def list_page(env: Any, access: Access, request: dict[str, Any]) -> dict[str, Any]:
    """The record `TicketPage`, newest first. Raises NotFound, Forbidden, Invalid."""
    access.require_member("organisation")
    wanted = _wanted(access, request)
    question = "tickets " + repr(sorted(wanted.items()))
    size = page_size(request["limit"], PAGE_DEFAULT, PAGE_MOST)
    before = decode_cursor(request["cursor"], question)
    key = _shortest_key(env, access.organisation, wanted)
    candidates = env.index.lists.before(key, before, LOOKED_AT_MOST)
    tickets: list[dict[str, Any]] = []
    last = None
    for position in candidates:
        if len(tickets) == size:
            break
        last = position
        ticket = env.stores.tickets.get(env.start + position)
        if all(ticket[field] == value for field, value in wanted.items()):
            tickets.append(summary_of(env.start + position, ticket))
    more = last is not None and env.index.lists.before(key, last, 1) != []
    return {"tickets": tickets, "next": encode_cursor(last, question) if more and last is not None else None}


def _wanted(access: Access, request: dict[str, Any]) -> dict[str, Any]:
    if request["status"] is not None:
        check_word("status", request["status"], STATUSES)
    wanted = {
        field: request[field] for field in ("status", "assignee", "requester", "team") if request[field] is not None
    }
    if not access.may(permissions.TICKET_READ):
        access.require(permissions.TICKET_READ_OWN)
        if wanted.setdefault("requester", access.person) != access.person:
            raise Forbidden(permissions.NAMES[permissions.TICKET_READ])
    return wanted


def _shortest_key(env: Any, organisation: int, wanted: dict[str, Any]) -> int:
    kinds = {
        "status": ticket_index.STATUS,
        "assignee": ticket_index.ASSIGNEE,
        "requester": ticket_index.REQUESTER,
        "team": ticket_index.TEAM,
    }
    keys = [
        ticket_index.list_key(organisation, kinds[field], STATUSES.index(value) if field == "status" else value)
        for field, value in wanted.items()
    ]
    keys.append(ticket_index.list_key(organisation, ticket_index.ALL, 0))
    return min(keys, key=env.index.lists.count)


def comments_page(env: Any, access: Access, request: dict[str, Any]) -> dict[str, Any]:
    """The record `CommentPage`, oldest first; notes only for those who may read them. Raises NotFound, Invalid."""
    ticket_id = request["ticket"]
    ticket = visible_ticket(env, access, ticket_id)
    question = "comments " + str(ticket_id)
    size = page_size(request["limit"], COMMENTS_DEFAULT, COMMENTS_MOST)
    number = decode_cursor(request["cursor"], question) or 0
    notes = access.may(permissions.NOTE_READ)
    comments: list[dict[str, Any]] = []
    room = REPLY_BYTES
    last = min(ticket["comments"], number + LOOKED_AT_MOST)
    while number < last and len(comments) < size and room > 0:
        number += 1
        comment = env.stores.comments.get(sequence_key(ticket_id, number))
        if notes or not comment["internal"]:
            view = comment_view(env.stores.pages, ticket_id, number, comment)
            room -= len(view["body"].encode())
            comments.append(view)
    more = number < ticket["comments"]
    return {"comments": comments, "next": encode_cursor(number, question) if more else None}


def events_page(env: Any, access: Access, request: dict[str, Any]) -> dict[str, Any]:
    """The record `AuditPage`: the chain oldest first, or one ticket's events newest first.

    Raises NotFound, Forbidden, Invalid.
    """
    access.require_member("organisation")
    access.require(permissions.AUDIT_READ)
    ticket_id = request["ticket"]
    question = "events " + str(access.organisation) + " " + str(ticket_id)
    size = page_size(request["limit"], EVENTS_MOST, EVENTS_MOST)
    cursor = decode_cursor(request["cursor"], question)
    if ticket_id is None:
        first = 0 if cursor is None else cursor
        last = min(env.audit.count, first + size)
        events = [_event_view(env, access, index) for index in range(first, last)]
        return {"events": events, "next": encode_cursor(last, question) if last < env.audit.count else None}
    index = visible_ticket(env, access, ticket_id)["last_event"] if cursor is None else cursor
    events = []
    while index is not None and len(events) < size and index < env.audit.count:
        view = _event_view(env, access, index)
        if view["block"] is None or view["block"]["ticket"] != ticket_id:
            break
        events.append(view)
        index = env.stores.events.get(index)["previous"]
    return {"events": events, "next": None if index is None else encode_cursor(index, question)}


def _event_view(env: Any, access: Access, index: int) -> dict[str, Any]:
    event = env.stores.events.get(index)
    parent = env.stores.events.get(index - 1)["hash"] if index else None
    return {
        "index": index,
        "parent": parent,
        "hash": event["hash"],
        "block": event if event["organisation"] == access.organisation else None,
    }
