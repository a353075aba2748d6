"""Creating, commenting on and updating tickets: each checks all, then changes all, with one audit event.

They run in one slice and return the numbers of a receipt: ticket, version, comment (0: none), event.
"""

from typing import Any

from shard_canister.comments.comment_writing import write_comment
from shard_canister.tickets.ticket_updates import change_fields, change_ticket, require_state_fields
from shard_canister.tickets.ticket_work import TicketWork, commit, require_changeable, work_on
from vex_domain import audit_chain
from vex_domain.access import Access
from vex_domain.digests import digest
from vex_domain.refusals import Conflict, Full, NotFound
from vex_domain.ticket_proof import NO_COMMENTS
from vex_domain.ticket_rules import check_comment, check_new_ticket, require_creation
from vex_domain.workflow.workflow_guards import check_kind


def create(env: Any, access: Access, request: dict[str, Any]) -> list[int]:
    """Create a ticket in the next place of the lease, in the initial state of its kind's workflow.

    Raises NotFound, Forbidden, Invalid, TooLarge, FieldRequired, Full, Unavailable.
    """
    env.require_lease()
    access.require_member("organisation")
    if request["organisation"] not in env.opened:
        raise NotFound("organisation")
    body = check_new_ticket(request)
    requester = require_creation(access, request)
    if env.count >= env.settings["capacity"]:
        raise Full
    header = new_header(env, request, requester, digest(body))
    work = TicketWork(env, access, env.start + env.count, header, new=True)
    begin_life(env, work, request["fields"])
    _first, header["body_pages"] = work.append_text(body)
    work.change["body"] = header["body_hash"]
    work.events.append({"kind": "created"})
    event = commit(env, work, audit_chain.CREATED)
    return [work.id, header["version"], 0, event]


def begin_life(env: Any, work: TicketWork, fields: list[dict[str, Any]] | None) -> None:
    """Put a new ticket into the initial state of its kind, with the fields that this requires.

    Raises Invalid, TooLarge, Forbidden, FieldRequired, Unavailable.
    """
    header, life = work.header, work.rules.workflow
    check_kind(life, header["kind"])
    header["status"] = life.workflow_of(header["kind"]).initial
    env.retirements.require_entry(header["organisation"], header["kind"], header["status"])
    change_fields(env, work, fields)
    require_state_fields(env, work)


def new_header(env: Any, request: dict[str, Any], requester: int, body_hash: bytes) -> dict[str, Any]:
    """The stored header of a new ticket, still without state and pages."""
    now = env.now()
    return {
        "organisation": request["organisation"],
        "requester": requester,
        "requester_reference": request["requester_reference"],
        "subject": request["subject"],
        "kind": request["kind"],
        "priority": request["priority"],
        "status": "",
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
    """Append a comment or an internal note. Raises NotFound, Forbidden, Invalid, TooLarge, Full, Underway."""
    work = work_on(env, access, request["ticket"])
    require_changeable(env, work)
    header, internal = work.header, request["internal"]
    access.require_comment(header["requester"], internal)
    number = write_comment(env, work, check_comment(request), internal=internal)
    event = commit(env, work, audit_chain.NOTED if internal else audit_chain.COMMENTED)
    return [work.id, header["version"], number, event]


def update(env: Any, access: Access, request: dict[str, Any]) -> list[int]:
    """Change fields at a given version. Raises NotFound, Conflict, and what `change_ticket` raises."""
    work = work_on(env, access, request["ticket"])
    if request["version"] != work.header["version"]:
        raise Conflict(work.header["version"])
    change_ticket(env, work, request)
    event = commit(env, work, audit_chain.UPDATED)
    return [work.id, work.header["version"], 0, event]
