"""What is read of tickets: one, a page of a list, comments, the audit chain."""

from typing import Any

from shard_canister.tickets import ticket_index
from shard_canister.tickets.life_views import life_view
from shard_canister.tickets.ticket_views import comment_view, summary_of, text_of
from shard_canister.tickets.ticket_work import visible_ticket
from vex_domain import permissions
from vex_domain.access import Access
from vex_domain.cursors import decode_cursor, encode_cursor, page_size
from vex_domain.hash_tree import encode_tree, labeled, leaf
from vex_domain.id_ranges import sequence_key
from vex_domain.refusals import Forbidden, Invalid
from vex_domain.ticket_proof import ticket_label
from vex_domain.ticket_rules import check_word
from vex_domain.workflow.workflow_guards import check_kind
from vex_domain.workflow.workflow_model import CATEGORIES, TicketLife

PAGE_DEFAULT = 25
PAGE_MOST = 50
LOOKED_AT_MOST = 200
COMMENTS_DEFAULT = 20
COMMENTS_MOST = 50
EVENTS_MOST = 100
REPLY_BYTES = 1_000_000
LISTED = {"assignee": ticket_index.ASSIGNEE, "requester": ticket_index.REQUESTER, "team": ticket_index.TEAM}
STANDING_FILTERS = ("kind", "status", "category")
FILTERS = ("status", "category", "kind", "assignee", "requester", "team")


def get(env: Any, access: Access, ticket_id: int, certificate: bytes | None) -> dict[str, Any]:
    """The record `Ticket`, with a proof when there is a certificate. Raises NotFound."""
    ticket = visible_ticket(env, access, ticket_id)
    return {
        "summary": summary_of(ticket_id, ticket),
        "body": text_of(env.stores.pages, ticket_id, 0, ticket["body_pages"]),
        "comment_head": ticket["comment_head"],
        "proof": None if certificate is None else _proof(env, ticket_id, ticket, certificate),
        "life": life_view(env, access, ticket_id, ticket),
    }


def _proof(env: Any, ticket_id: int, ticket: dict[str, Any], certificate: bytes) -> dict[str, bytes]:
    shown = labeled(ticket_label(ticket_id), leaf(ticket["leaf"]))
    witness = env.audit.witness(env.tree.witness(ticket_id - env.start, shown))
    return {"certificate": certificate, "witness": encode_tree(witness), "salt": ticket["salt"]}


def list_page(env: Any, access: Access, request: dict[str, Any]) -> dict[str, Any]:
    """The record `TicketPage`, newest first. Raises NotFound, Forbidden, Invalid."""
    access.require_member("organisation")
    life = env.rules_of(access.organisation).workflow
    wanted = _wanted(access, request, life)
    question = "tickets " + repr(sorted(wanted.items()))
    size = page_size(request["limit"], PAGE_DEFAULT, PAGE_MOST)
    before = decode_cursor(request["cursor"], question)
    keys = _fewest(env, access.organisation, wanted, life)
    category = wanted.pop("category", None)
    start, stored = env.start, env.stores.tickets.get
    tickets: list[dict[str, Any]] = []
    last = None
    for position in env.index.lists.before(keys, before, LOOKED_AT_MOST):
        if len(tickets) == size:
            break
        last = position
        ticket = stored(start + position)
        fits = category is None or life.category(ticket["status"]) == category
        if fits and (not wanted or all(ticket[field] == value for field, value in wanted.items())):
            tickets.append(summary_of(start + position, ticket))
    more = last is not None and env.index.lists.before(keys, last, 1) != []
    return {"tickets": tickets, "next": encode_cursor(last, question) if more and last is not None else None}


def _wanted(access: Access, request: dict[str, Any], life: TicketLife) -> dict[str, Any]:
    if request["status"] is not None and request["status"] not in life.states:
        raise Invalid("status", "is not one of " + ", ".join(life.states))
    if request["category"] is not None:
        check_word("category", request["category"], CATEGORIES)
    if request["kind"] is not None:
        check_kind(life, request["kind"])
    wanted = {field: request[field] for field in FILTERS if request[field] is not None}
    if not access.may(permissions.TICKET_READ):
        access.require(permissions.TICKET_READ_OWN)
        if wanted.setdefault("requester", access.person) != access.person:
            raise Forbidden(permissions.NAMES[permissions.TICKET_READ])
    return wanted


def _fewest(env: Any, organisation: int, wanted: dict[str, Any], life: TicketLife) -> list[int]:
    """The keys of lists in which all wanted tickets stand and the fewest others."""
    choices = [
        [ticket_index.list_key(organisation, LISTED[field], wanted[field])] for field in LISTED if field in wanted
    ]
    if any(field in wanted for field in STANDING_FILTERS):
        standings = life.standings_with(*[wanted.get(field) for field in STANDING_FILTERS])
        choices.append([ticket_index.list_key(organisation, ticket_index.STANDING, number) for number in standings])
    choices.append([ticket_index.list_key(organisation, ticket_index.ALL, 0)])
    return min(choices, key=lambda keys: sum(map(env.index.lists.count, keys)))


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
            view = comment_view(env.stores, ticket_id, number, comment)
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
