"""Creating, commenting on and updating tickets: each checks all, then changes all, with one audit event.

They run in one slice and return the numbers of a receipt: ticket, version, comment (0: none), event.
"""

from hashlib import sha256
from typing import Any

from shard_canister.ticket_work import TicketWork, commit, work_on
from vex_domain import audit_chain
from vex_domain.access import Access
from vex_domain.id_ranges import sequence_key
from vex_domain.refusals import Conflict, Full, NotFound
from vex_domain.ticket_proof import NO_COMMENTS, comment_commitment, comment_link
from vex_domain.ticket_rules import check_change, check_comment, check_new_ticket, require_change, require_creation


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
    header = _new_header(env, request, requester, sha256(body).digest())
    work = TicketWork(env, access, env.start + env.count, header, new=True)
    _first, header["body_pages"] = work.append_text(body)
    work.change["body"] = header["body_hash"]
    work.events.append({"kind": "created"})
    event = commit(env, work, audit_chain.CREATED)
    return [work.id, header["version"], 0, event]


def _new_header(env: Any, request: dict[str, Any], requester: int, body_hash: bytes) -> dict[str, Any]:
    now = env.now()
    return {
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
        "pages": 0,
        "body_pages": 0,
        "opened_at": now,
        "changed_at": now,
        "solved_at": None,
        "salt": env.salts.draw(),
        "body_hash": body_hash,
        "comment_head": NO_COMMENTS,
        "last_event": None,
        "first_reply_at": None,
    }


def add_comment(env: Any, access: Access, request: dict[str, Any]) -> list[int]:
    """Append a comment or an internal note. Raises NotFound, Forbidden, Invalid, TooLarge, Full."""
    work = work_on(env, access, request["ticket"])
    header, internal = work.header, request["internal"]
    access.require_comment(header["requester"], internal)
    body = check_comment(request)
    first, pages = work.append_text(body)
    number = header["comments"] + 1
    salt = env.salts.draw()
    comment = {
        "author": access.person,
        "internal": internal,
        "written_at": work.now,
        "first_page": first,
        "pages": pages,
        "salt": salt,
    }
    comment["commitment"] = comment_commitment(salt, comment, number, sha256(body).digest())
    env.stores.comments.insert(sequence_key(work.id, number), comment)
    header["comments"] = number
    header["comment_head"] = comment_link(header["comment_head"], comment["commitment"])
    work.change["comment"] = comment["commitment"]
    work.events.append({"kind": "noted" if internal else "commented", "number": number, "author": access.person})
    event = commit(env, work, audit_chain.NOTED if internal else audit_chain.COMMENTED)
    return [work.id, header["version"], number, event]


def update(env: Any, access: Access, request: dict[str, Any]) -> list[int]:
    """Change fields at a given version. Raises NotFound, Conflict, Forbidden, Invalid, TooLarge."""
    work = work_on(env, access, request["ticket"])
    check_change(request)
    if request["version"] != work.header["version"]:
        raise Conflict(work.header["version"])
    require_change(access, work.header, request)
    _apply(work, request)
    work.events.append({"kind": "updated"})
    event = commit(env, work, audit_chain.UPDATED)
    return [work.id, work.header["version"], 0, event]


def _apply(work: TicketWork, request: dict[str, Any]) -> None:
    for field in ("status", "priority", "subject", "tags"):
        if request[field] is not None:
            work.header[field] = request[field]
            work.change[field] = request[field]
    for field in ("assignee", "team"):
        if request[field] is not None:
            work.header[field] = request[field] or None
            work.change[field] = request[field]
