"""A shard's part in changing the relations of two tickets: prepare, carry comments, apply; each may come twice.

The index leads (`vex_domain.relations.relation_saga`). What is prepared is locked, so that applying it is not refused.
"""

from typing import Any

from kybra import Principal, ic

from shard_canister.comments.comment_writing import COMMENTS_OF_A_TICKET, carry_comment
from shard_canister.relations.family_news import tell_parent
from shard_canister.shard_calls import access_to_ticket
from shard_canister.shard_fleet import require_index
from shard_canister.tickets.ticket_parts import Relations, extension, relations
from shard_canister.tickets.ticket_views import text_of
from shard_canister.tickets.ticket_work import PAGES_OF_A_TICKET, TicketWork, commit, visible_ticket
from vex_canister.answers import Steps
from vex_canister.incoming_call import IncomingCall
from vex_canister.seeding import ensure_seeded
from vex_canister.sessions import grants_of
from vex_domain import audit_chain, permissions
from vex_domain.access import Access
from vex_domain.id_ranges import sequence_key
from vex_domain.refusals import ChildrenOpen, Full, Invalid, NotFound, Underway
from vex_domain.relations.relation_rules import check_addition, check_removal, find, open_children
from vex_domain.relations.relation_saga import LINK, MERGE, UNLINK
from vex_domain.ticket_proof import comment_link

BATCH_COMMENTS = 100
BATCH_BYTES = 400_000
INTO = "merged_into"


def prepared(env: Any, call: IncomingCall, step: dict[str, Any]) -> Steps:
    """The record `PreparedTicket` of a ticket that is locked for the saga now. Awaits grants when not cached.

    Raises NotFound, Forbidden, Invalid, TooLarge, ChildrenOpen, Full, Underway.
    """
    access = yield from access_to_ticket(env, call, grants_of, step["ticket"])
    return _prepare(env, access, step)


def _prepare(env: Any, access: Access, step: dict[str, Any]) -> dict[str, Any]:
    ticket_id = step["ticket"]
    header = visible_ticket(env, access, ticket_id)
    if step["organisation"] not in (0, header["organisation"]):
        raise NotFound("ticket")
    lock = env.locks.get(ticket_id)
    if lock is not None and lock["saga"] != step["saga"]:
        raise Underway
    life = env.rules_of(header["organisation"]).workflow
    if lock is None:
        access.require(permissions.TICKET_UPDATE)
        _check(life, header, Relations.load(env, ticket_id).all, step)
        lock = {"saga": step["saga"], "change": step["change"], "actor": access.person}
        lock.update({"comments": 0, "pages": 0, "head": header["comment_head"]})
        env.keep_exceptions()
        env.locks.put(ticket_id, lock)
    return {
        "ticket": ticket_id,
        "organisation": header["organisation"],
        "open": not life.is_settled(header["status"]),
        "version": header["version"],
        "comments": header["comments"],
        "pages": header["pages"],
    }


def _check(life: Any, header: dict[str, Any], known: list[dict[str, Any]], step: dict[str, Any]) -> None:
    kind, other = step["kind"], step["other"]
    if step["change"] == UNLINK:
        check_removal(known, kind, other)
        return
    check_addition(known, kind, other)
    if life.state_of(header["status"]).is_closed and (step["change"] == MERGE or kind in ("parent", "child")):
        raise Invalid("status", "is closed")
    if step["change"] == LINK:
        return
    if kind == INTO:
        children = open_children(known)
        if children:
            raise ChildrenOpen(children)
        if life.closing_state(header["kind"]) is None:
            raise Invalid("kind", "has no closed and no solved state")
    elif header["comments"] + step["comments"] + 1 > COMMENTS_OF_A_TICKET:
        raise Full("the ticket takes no more comments")
    elif header["pages"] + step["pages"] > PAGES_OF_A_TICKET:
        raise Full("the ticket takes no more text")


def cancel(env: Any, step: dict[str, Any]) -> None:
    """Unlock a ticket that was prepared for this saga, if it was. Raises Forbidden."""
    require_index(env, ic.caller())
    lock = _lock_of(env, step)
    if lock is not None:
        env.locks.drop(step["ticket"])


def _lock_of(env: Any, step: dict[str, Any]) -> dict[str, Any] | None:
    lock: dict[str, Any] | None = env.locks.get(step["ticket"])
    return lock if lock is not None and lock["saga"] == step["saga"] else None


def comments_to_carry(env: Any, request: dict[str, Any]) -> dict[str, Any]:
    """The record `CommentBatch` of a ticket locked for this saga, from comment `first` on; 0 is its body.

    Raises Forbidden, Underway when it is not locked.
    """
    require_index(env, ic.caller())
    if _lock_of(env, request) is None:
        raise Underway
    ticket_id = request["ticket"]
    header = env.stores.tickets.get(ticket_id)
    comments: list[dict[str, Any]] = []
    number, room = request["first"], BATCH_BYTES
    while number <= header["comments"] and len(comments) < BATCH_COMMENTS and room > 0:
        comments.append(_to_carry(env, ticket_id, header, number))
        room -= len(comments[-1]["body"].encode())
        number += 1
    return {"comments": comments, "next": number if number <= header["comments"] else None}


def _to_carry(env: Any, ticket_id: int, header: dict[str, Any], number: int) -> dict[str, Any]:
    if number == 0:
        body = text_of(env.stores.pages, ticket_id, 0, header["body_pages"])
        carried = {"author": header["requester"], "internal": False, "written_at": header["opened_at"]}
    else:
        comment = env.stores.comments.get(sequence_key(ticket_id, number))
        body = text_of(env.stores.pages, ticket_id, comment["first_page"], comment["pages"])
        carried = {field: comment[field] for field in ("author", "internal", "written_at")}
    carried.update({"number": number, "body": body})
    return carried


def take_comments(env: Any, caller: Principal, request: dict[str, Any]) -> Steps:
    """Store carried comments behind the ticket's own, where nobody sees them until the merge is applied.

    Those that came before are left out. Awaits `raw_rand` before the first use, as comments are salted.
    Raises Forbidden, Underway when the ticket is not locked for this saga.
    """
    require_index(env, caller)
    yield from ensure_seeded(env)
    lock = _lock_of(env, request)
    if lock is None:
        raise Underway
    ticket_id = request["ticket"]
    header = env.stores.tickets.get(ticket_id)
    for carried in request["comments"]:
        if carried["number"] != lock["comments"]:
            continue
        carried["origin"] = sequence_key(request["origin"], carried["number"])
        number = header["comments"] + lock["comments"] + 1
        pages, commitment = carry_comment(env, ticket_id, number, header["pages"] + lock["pages"], carried)
        lock["comments"] += 1
        lock["pages"] += pages
        lock["head"] = comment_link(lock["head"], commitment)
    env.locks.put(ticket_id, lock)


def apply(env: Any, caller: Principal, step: dict[str, Any]) -> Steps:
    """Make the prepared change, with one audit event; what was applied is left alone.

    Awaits `raw_rand` before the first use. Raises Forbidden, Unavailable.
    """
    require_index(env, caller)
    yield from ensure_seeded(env)
    lock = _lock_of(env, step)
    if lock is None:
        return
    header = env.stores.tickets.get(step["ticket"])
    work = TicketWork(env, Access(lock["actor"], header["organisation"], 0), step["ticket"], header)
    event = _change(env, work, lock, step)
    work.change.update({"relation": step["kind"], "other": step["other"]})
    env.locks.drop(step["ticket"])
    commit(env, work, event)


def _change(env: Any, work: TicketWork, lock: dict[str, Any], step: dict[str, Any]) -> str:
    kind, other = step["kind"], step["other"]
    part = relations(env, work)
    work.touch("relations")
    if step["change"] == UNLINK:
        found = find(part.all, kind, other)
        part.all = [relation for relation in part.all if relation is not found]
        work.events.append({"kind": "unlinked", "relation": kind, "other": other})
        return audit_chain.UNLINKED
    relation = {"kind": kind, "other": other, "since": work.now, "open": False, "version": 0}
    if kind == "child":
        relation.update({"open": step["open"], "version": step["version"]})
    part.all.append(relation)
    if step["change"] == LINK:
        work.events.append({"kind": "linked", "relation": kind, "other": other})
        if kind == "parent":
            tell_parent(env, work, other)
        return audit_chain.LINKED
    _merge(env, work, lock, step)
    return audit_chain.MERGED


def _merge(env: Any, work: TicketWork, lock: dict[str, Any], step: dict[str, Any]) -> None:
    header, life = work.header, work.rules.workflow
    work.events.append({"kind": "merged", "relation": step["kind"], "other": step["other"]})
    if step["kind"] == INTO:
        part = extension(env, work)
        part.record["merged_into"] = step["other"]
        work.touch("extension")
        target = life.closing_state(header["kind"])
        if target is not None:
            env.retirements.require_entry(header["organisation"], header["kind"], target)
            header["status"] = work.change["status"] = target
        return
    header["comments"] += lock["comments"]
    header["pages"] += lock["pages"]
    header["comment_head"] = lock["head"]
    work.change["comments"] = lock["comments"]
