"""Creating, commenting on and updating tickets: each checks all, then changes all, with one audit event.

They run in one slice and return the numbers of a receipt: ticket, version, comment (0: none), event.
"""

from hashlib import sha256
from typing import Any

from shard_canister.shard_stores import PAGE_BYTES
from vex_domain import audit_chain
from vex_domain.access import Access
from vex_domain.id_ranges import sequence_key
from vex_domain.refusals import Conflict, Full, NotFound
from vex_domain.text_rules import pages_of
from vex_domain.ticket_proof import NO_COMMENTS, comment_commitment, comment_link, leaf_content, ticket_digest
from vex_domain.ticket_rules import (
    SOLVED,
    check_change,
    check_comment,
    check_new_ticket,
    require_change,
    require_creation,
)
from vex_domain.value_hash import salted

PAGES_OF_A_TICKET = 65_535


def create(env: Any, access: Access, request: dict[str, Any]) -> list[int]:
    """Create a ticket in the next place of the lease. Raises NotFound, Forbidden, Invalid, TooLarge, Full."""
    env.require_lease()
    access.require_member("organisation")
    if request["organisation"] not in env.opened:
        raise NotFound("organisation")
    body = check_new_ticket(request)
    requester = require_creation(access, request)
    if env.count >= env.settings["capacity"]:
        raise Full
    now = env.now()
    pages = pages_of(body, PAGE_BYTES)
    ticket = {
        "organisation": request["organisation"],
        "requester": requester,
        "requester_reference": request["requester_reference"],
        "subject": request["subject"],
        "kind": request["kind"],
        "priority": request["priority"],
        "status": "new",
        "team": request["team"] or None,
        "assignee": request["assignee"] or None,
        "tags": request["tags"],
        "channel": request["channel"],
        "language": request["language"],
        "version": 1,
        "comments": 0,
        "pages": len(pages),
        "body_pages": len(pages),
        "opened_at": now,
        "changed_at": now,
        "solved_at": None,
        "salt": env.salts.draw(),
        "body_hash": sha256(body).digest(),
        "comment_head": NO_COMMENTS,
        "last_event": None,
    }
    position = env.count
    ticket_id = env.start + position
    event = _note(env, ticket_id, ticket, access.person, {"kind": audit_chain.CREATED, "body": ticket["body_hash"]})
    _write_pages(env, ticket_id, 0, pages)
    _store(env, ticket_id, ticket)
    env.index.add(position, ticket)
    env.count = position + 1
    env.certify()
    return [ticket_id, 1, 0, event]


def add_comment(env: Any, access: Access, request: dict[str, Any]) -> list[int]:
    """Append a comment or an internal note. Raises NotFound, Forbidden, Invalid, TooLarge."""
    ticket_id = request["ticket"]
    ticket = visible_ticket(env, access, ticket_id)
    internal = request["internal"]
    access.require_comment(ticket["requester"], internal)
    body = check_comment(request)
    pages = pages_of(body, PAGE_BYTES)
    if ticket["pages"] + len(pages) > PAGES_OF_A_TICKET:
        raise Full("the ticket takes no more comments")
    now = env.now()
    number = ticket["comments"] + 1
    salt = env.salts.draw()
    comment = {
        "author": access.person,
        "internal": internal,
        "written_at": now,
        "first_page": ticket["pages"],
        "pages": len(pages),
        "salt": salt,
    }
    comment["commitment"] = comment_commitment(salt, comment, number, sha256(body).digest())
    _write_pages(env, ticket_id, ticket["pages"], pages)
    env.stores.comments.insert(sequence_key(ticket_id, number), comment)
    ticket["comments"] = number
    ticket["pages"] += len(pages)
    ticket["comment_head"] = comment_link(ticket["comment_head"], comment["commitment"])
    ticket["version"] += 1
    ticket["changed_at"] = now
    kind = audit_chain.NOTED if internal else audit_chain.COMMENTED
    event = _note(env, ticket_id, ticket, access.person, {"kind": kind, "comment": comment["commitment"]})
    _store(env, ticket_id, ticket)
    env.certify()
    return [ticket_id, ticket["version"], number, event]


def update(env: Any, access: Access, request: dict[str, Any]) -> list[int]:
    """Change fields at a given version. Raises NotFound, Conflict, Forbidden, Invalid, TooLarge."""
    ticket_id = request["ticket"]
    ticket = visible_ticket(env, access, ticket_id)
    check_change(request)
    if request["version"] != ticket["version"]:
        raise Conflict(ticket["version"])
    require_change(access, ticket, request)
    now = env.now()
    before = dict(ticket)
    change = _apply(ticket, request)
    if ticket["status"] != before["status"]:
        ticket["solved_at"] = now if ticket["status"] in SOLVED else None
    ticket["version"] += 1
    ticket["changed_at"] = now
    event = _note(env, ticket_id, ticket, access.person, change)
    _store(env, ticket_id, ticket)
    env.index.move(ticket_id - env.start, before, ticket)
    env.certify()
    return [ticket_id, ticket["version"], 0, event]


def visible_ticket(env: Any, access: Access, ticket_id: int) -> dict[str, Any]:
    """The stored ticket, when it belongs to the access's organisation and the person may see it. Raises NotFound."""
    ticket: dict[str, Any] | None = env.stores.tickets.get(ticket_id)
    if ticket is None or ticket["organisation"] != access.organisation:
        raise NotFound("ticket")
    access.require_sight(ticket["requester"])
    return ticket


def _apply(ticket: dict[str, Any], request: dict[str, Any]) -> dict[str, Any]:
    change = {"kind": audit_chain.UPDATED}
    for field in ("status", "priority", "subject", "tags"):
        if request[field] is not None:
            ticket[field] = request[field]
            change[field] = request[field]
    for field in ("assignee", "team"):
        if request[field] is not None:
            ticket[field] = request[field] or None
            change[field] = request[field]
    return change


def _write_pages(env: Any, ticket_id: int, first: int, pages: list[bytes]) -> None:
    insert = env.stores.pages.insert
    for number, page in enumerate(pages):
        insert(sequence_key(ticket_id, first + number), page)


def _note(env: Any, ticket_id: int, ticket: dict[str, Any], actor: int, change: dict[str, Any]) -> int:
    """Append the event of a change; `change` names its kind under "kind", the rest is committed to."""
    salt = env.salts.draw()
    event = {
        "kind": change["kind"],
        "at": env.now(),
        "ticket": ticket_id,
        "organisation": ticket["organisation"],
        "actor": actor,
        "version": ticket["version"],
        "commitment": salted(salt, change),
        "salt": salt,
        "previous": ticket["last_event"],
    }
    index: int = env.audit.append(event)
    ticket["last_event"] = index
    return index


def _store(env: Any, ticket_id: int, ticket: dict[str, Any]) -> None:
    ticket["leaf"] = leaf_content(ticket, ticket["body_hash"], ticket["comment_head"], ticket["salt"])
    env.stores.tickets.insert(ticket_id, ticket)
    env.tree.put(ticket_id - env.start, ticket_digest(ticket_id, ticket["leaf"]))
