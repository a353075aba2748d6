"""Everything at this shard that concerns a person, in pages: first ticket by ticket, then the chain's events."""

from typing import Any

from shard_canister.attachments.attachment_shelf import file_of, shelf_of
from shard_canister.tickets.ticket_parts import FieldValues
from shard_canister.tickets.ticket_views import text_of
from vex_domain.access import Access
from vex_domain.cursors import decode_cursor, encode_cursor, page_size
from vex_domain.fields.field_changes import shown_values
from vex_domain.id_ranges import sequence_key
from vex_domain.macros.macro_effects import as_text
from vex_domain.permissions import PRIVACY_EXPORT

ITEMS_DEFAULT = 50
ITEMS_MOST = 100
READS_MOST = 400
REPLY_BYTES = 1_000_000
PART_BITS = 24
EVENTS = 1 << 62
"""A cursor is position << 24 | part of the ticket; from here on it is the event's index."""
_HEADER = ("subject", "kind", "priority", "status", "requester_reference", "channel", "language", "team", "assignee")


def page(env: Any, access: Access, request: dict[str, Any]) -> dict[str, Any]:
    """The record `ExportPage`; it may be short and still have a `next`. Callers: the person, `privacy.export`.

    Raises NotFound, Forbidden, Invalid.
    """
    access.require_member("organisation")
    person = request["person"]
    if access.person != person:
        access.require(PRIVACY_EXPORT)
    question = "export " + str(access.organisation) + " " + str(person)
    size = page_size(request["limit"], ITEMS_DEFAULT, ITEMS_MOST)
    at = decode_cursor(request["cursor"], question) or 0
    items: list[dict[str, Any]] = []
    reads, room = 0, REPLY_BYTES
    while at < EVENTS + env.audit.count and len(items) < size and reads < READS_MOST and room > 0:
        item, at = _event(env, access, person, at) if at >= EVENTS else _part(env, access, person, at)
        reads += 1
        if item is not None:
            items.append(item)
            room -= len((item["body"] or "").encode()) + 512
    more = at < EVENTS + env.audit.count
    return {"items": items, "next": encode_cursor(at, question) if more else None}


def _part(env: Any, access: Access, person: int, at: int) -> tuple[dict[str, Any] | None, int]:
    position, part = at >> PART_BITS, at & (1 << PART_BITS) - 1
    organisations = env.index.organisations
    while position < env.count and organisations[position] != access.organisation:
        position, part = position + 1, 0
    if position >= env.count:
        return None, EVENTS
    ticket = env.start + position
    header = env.stores.tickets.get(ticket)
    files = shelf_of(env, ticket)["files"]
    item = None
    if part == 0:
        item = _ticket(env, access, ticket, header) if header["requester"] == person else None
    elif part <= header["comments"]:
        item = _comment(env, ticket, part, person)
    elif part <= header["comments"] + files:
        item = _file(env, ticket, part - header["comments"], person)
    else:
        item = _survey(env, ticket, person)
    last = part > header["comments"] + files
    return item, (position + 1) << PART_BITS if last else at_part(position, part + 1)


def at_part(position: int, part: int) -> int:
    """The cursor of a ticket's part: 0 the header, then comments, then attachments, then the survey."""
    return position << PART_BITS | part


def _item(kind: str, place: tuple[int, int], at: int, body: str | None, fields: dict[str, Any]) -> dict[str, Any]:
    """The record `ExportedItem`; `place` is ticket and number."""
    shown = [(name, str(value)) for name, value in fields.items() if value is not None]
    return {"kind": kind, "ticket": place[0], "number": place[1], "at": at, "body": body, "fields": shown}


def _ticket(env: Any, access: Access, ticket: int, header: dict[str, Any]) -> dict[str, Any]:
    """The own fields stand by their ids; those that are hidden from requesters only for who has `privacy.export`."""
    body = text_of(env.stores.pages, ticket, 0, header["body_pages"])
    fields = {name: header[name] for name in _HEADER}
    fields["tags"] = ", ".join(header["tags"]) or None
    kept = FieldValues.load(env, ticket).values
    values = shown_values(env.rules_of(access.organisation).fields, kept, by_agent=access.may(PRIVACY_EXPORT))
    fields.update({"field." + word: as_text(next(iter(value.values()))) for word, value in values.items()})
    return _item("ticket", (ticket, 0), header["opened_at"], body, fields)


def _comment(env: Any, ticket: int, number: int, person: int) -> dict[str, Any] | None:
    comment = env.stores.comments.get(sequence_key(ticket, number))
    if comment["author"] != person:
        return None
    body = text_of(env.stores.pages, ticket, comment["first_page"], comment["pages"])
    return _item("comment", (ticket, number), comment["written_at"], body, {"internal": comment["internal"]})


def _file(env: Any, ticket: int, number: int, person: int) -> dict[str, Any] | None:
    file = file_of(env, ticket, number)
    if file["uploader"] != person:
        return None
    fields = {name: file[name] for name in ("name", "content_type", "size", "internal", "erased")}
    fields["sha256"] = file["sha256"].hex()
    return _item("attachment", (ticket, number), file["added_at"], None, fields)


def _survey(env: Any, ticket: int, person: int) -> dict[str, Any] | None:
    survey = env.stores.surveys.get(ticket)
    if survey is None or survey["person"] != person:
        return None
    body = text_of(env.stores.pages, ticket, survey["first_page"], survey["pages"])
    return _item("survey", (ticket, 0), survey["answered_at"], body, {"score": survey["score"]})


def _event(env: Any, access: Access, person: int, at: int) -> tuple[dict[str, Any] | None, int]:
    index = at - EVENTS
    event = env.stores.events.get(index)
    if event["actor"] != person or event["organisation"] != access.organisation:
        return None, at + 1
    fields = {"event": event["kind"], "version": event["version"], "hash": event["hash"].hex()}
    return _item("event", (event["ticket"], index), event["at"], None, fields), at + 1
