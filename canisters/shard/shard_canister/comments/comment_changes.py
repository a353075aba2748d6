"""Editing a comment, with what it said before kept as a revision; overwriting parts of a text for good."""

from typing import Any

from shard_canister.tickets.ticket_parts import extension
from shard_canister.tickets.ticket_views import text_of
from shard_canister.tickets.ticket_work import (
    TicketWork,
    commit,
    require_changeable,
    visible_ticket,
    work_on,
    write_pages,
)
from vex_domain import audit_chain, permissions
from vex_domain.access import Access
from vex_domain.cursors import decode_cursor, encode_cursor, page_size
from vex_domain.digests import digest
from vex_domain.id_ranges import sequence_key
from vex_domain.macros.mentions import mentioned
from vex_domain.redaction import check_passages, overwritten
from vex_domain.refusals import Forbidden, Held, Invalid, NotFound, TooLarge
from vex_domain.ticket_proof import comment_commitment, comment_link
from vex_domain.ticket_rules import check_comment

REVISIONS_OF_A_COMMENT = 20
REVISIONS_PAGE = 20


def edit(env: Any, access: Access, request: dict[str, Any]) -> list[int]:
    """Give a comment another text. The author may as long as they may comment, others with `ticket.update`.

    Raises NotFound, Forbidden, Invalid, TooLarge, Full, Underway.
    """
    work = work_on(env, access, request["ticket"])
    number = request["comment"]
    comment = _comment(env, work, number)
    _require_edit(work, comment)
    body = check_comment(request)
    former = text_of(env.stores.pages, work.id, comment["first_page"], comment["pages"])
    if former.encode() == body:
        raise Invalid("body", "is what the comment says")
    order = 1 if comment["revision"] is None else _revision(env, work.id, comment["revision"])["order"] + 1
    if order > REVISIONS_OF_A_COMMENT:
        raise TooLarge("revisions", REVISIONS_OF_A_COMMENT, order)
    first, pages = work.append_text(body)
    part = extension(env, work)
    sequence = part.record["revisions"]
    _keep_revision(env, work, sequence, comment, {"comment": number, "order": order})
    part.record["revisions"] = sequence + 1
    work.touch("extension")
    comment.update({"first_page": first, "pages": pages, "revision": sequence})
    _commit_to(env, work, number, comment, body)
    known = mentioned(former)
    people = [person for person in mentioned(request["body"]) if person not in known]
    if people:
        work.events.append({"kind": "mentioned", "number": number, "people": people})
    work.events.append({"kind": "comment_edited", "number": number})
    event = commit(env, work, audit_chain.COMMENT_EDITED)
    return [work.id, work.header["version"], number, event]


def _comment(env: Any, work: TicketWork, number: int) -> dict[str, Any]:
    """The stored comment of an open, unlocked ticket, for somebody who may read it. Raises NotFound, Invalid."""
    require_changeable(env, work)
    return readable_comment(env, work.access, work.id, work.header, number)


def readable_comment(env: Any, access: Access, ticket_id: int, header: dict[str, Any], number: int) -> dict[str, Any]:
    """The stored comment for somebody who may read it. Raises NotFound."""
    if not 1 <= number <= header["comments"]:
        raise NotFound("comment")
    comment: dict[str, Any] = env.stores.comments.get(sequence_key(ticket_id, number))
    if comment["internal"] and not access.may(permissions.NOTE_READ):
        raise NotFound("comment")
    return comment


def _require_edit(work: TicketWork, comment: dict[str, Any]) -> None:
    access = work.access
    if comment["redacted"]:
        raise Invalid("comment", "was redacted")
    if comment["author"] != access.person and not access.may(permissions.TICKET_UPDATE):
        raise Forbidden(permissions.NAMES[permissions.TICKET_UPDATE])
    access.require_comment(work.header["requester"], comment["internal"])


def _revision(env: Any, ticket_id: int, sequence: int) -> dict[str, Any]:
    revision: dict[str, Any] = env.stores.revisions.get(sequence_key(ticket_id, sequence))
    return revision


def _keep_revision(env: Any, work: TicketWork, sequence: int, comment: dict[str, Any], place: dict[str, int]) -> None:
    revision = {
        "comment": place["comment"],
        "order": place["order"],
        "editor": work.access.person,
        "edited_at": work.now,
        "first_page": comment["first_page"],
        "pages": comment["pages"],
        "previous": comment["revision"],
    }
    env.stores.revisions.insert(sequence_key(work.id, sequence), revision)


def _commit_to(env: Any, work: TicketWork, number: int, comment: dict[str, Any], body: bytes) -> None:
    comment["salt"] = env.salts.draw()
    comment["commitment"] = comment_commitment(comment["salt"], comment, number, digest(body))
    env.stores.comments.insert(sequence_key(work.id, number), comment)
    work.header["comment_head"] = comment_link(work.header["comment_head"], comment["commitment"])
    work.change["comment"] = comment["commitment"]
    work.change["number"] = number


def redact(env: Any, access: Access, request: dict[str, Any]) -> list[int]:
    """Overwrite passages of a comment and of its earlier versions, or of the ticket's body (comment 0), with stars.

    The old text and the salt of its commitment are gone from stable memory; the event says that it was done.
    Raises NotFound, Forbidden, Held, Invalid, TooLarge, Underway.
    """
    work = work_on(env, access, request["ticket"])
    access.require(permissions.TICKET_REDACT)
    env.locks.require_free(work.id)
    if env.privacy.holds.stops_ticket(access.organisation, work.id, work.header["requester"]):
        raise Held
    passages = check_passages(request["passages"])
    number = request["comment"]
    found = _redact_body(env, work, passages) if number == 0 else _redact_comment(env, work, number, passages)
    if not found:
        raise Invalid("passages", "are not in the text")
    work.events.append({"kind": "redacted", "number": number})
    event = commit(env, work, audit_chain.REDACTED)
    return [work.id, work.header["version"], number, event]


def _redact_body(env: Any, work: TicketWork, passages: list[bytes]) -> bool:
    header = work.header
    body = _overwrite(env, work.id, 0, header["body_pages"], passages)
    if body is None:
        return False
    header["body_hash"] = digest(body)
    header["salt"] = env.salts.draw()
    part = extension(env, work)
    part.record["body_redacted"] = True
    work.touch("extension")
    work.change["body"] = header["body_hash"]
    return True


def _redact_comment(env: Any, work: TicketWork, number: int, passages: list[bytes]) -> bool:
    comment = readable_comment(env, work.access, work.id, work.header, number)
    if env.privacy.holds.stops_person(work.access.organisation, comment["author"]):
        raise Held
    changed = False
    sequence = comment["revision"]
    while sequence is not None:
        revision = _revision(env, work.id, sequence)
        found = _overwrite(env, work.id, revision["first_page"], revision["pages"], passages)
        changed = changed or found is not None
        sequence = revision["previous"]
    body = _overwrite(env, work.id, comment["first_page"], comment["pages"], passages)
    if body is None and not changed:
        return False
    if body is None:
        body = text_of(env.stores.pages, work.id, comment["first_page"], comment["pages"]).encode()
    comment["redacted"] = True
    _commit_to(env, work, number, comment, body)
    return True


def _overwrite(env: Any, ticket_id: int, first: int, pages: int, passages: list[bytes]) -> bytes | None:
    """The text after overwriting, None when no passage stands in it. Same length, so it lies where the old one lay."""
    text = text_of(env.stores.pages, ticket_id, first, pages).encode()
    after = overwritten(text, passages)
    if after == text:
        return None
    write_pages(env, ticket_id, first, after)
    return after


def revisions_page(env: Any, access: Access, request: dict[str, Any]) -> dict[str, Any]:
    """The record `RevisionPage`: the earlier versions of a comment, newest first, for its author and those who read
    all tickets. Raises NotFound, Forbidden, Invalid.
    """
    ticket_id, number = request["ticket"], request["comment"]
    comment = readable_comment(env, access, ticket_id, visible_ticket(env, access, ticket_id), number)
    if comment["author"] != access.person:
        access.require(permissions.TICKET_READ)
    question = "revisions " + str(ticket_id) + " " + str(number)
    size = page_size(request["limit"], REVISIONS_PAGE, REVISIONS_PAGE)
    cursor = decode_cursor(request["cursor"], question)
    sequence = comment["revision"] if cursor is None else cursor
    if cursor is not None and cursor > (comment["revision"] or 0):
        # Further on in the map lie other tickets.
        raise Invalid("cursor", "is damaged")
    revisions: list[dict[str, Any]] = []
    while sequence is not None and len(revisions) < size:
        revision = env.stores.revisions.get(sequence_key(ticket_id, sequence))
        if revision is None or revision["comment"] != number:
            raise Invalid("cursor", "is damaged")
        body = text_of(env.stores.pages, ticket_id, revision["first_page"], revision["pages"])
        view = {"number": revision["order"], "body": body}
        view.update({"editor": revision["editor"], "edited_at": revision["edited_at"]})
        revisions.append(view)
        sequence = revision["previous"]
    return {"revisions": revisions, "next": None if sequence is None else encode_cursor(sequence, question)}
