"""A new ticket from some of a ticket's comments: their texts, authors and times come along, both tickets are linked."""

from typing import Any

from shard_canister.comments.comment_changes import readable_comment
from shard_canister.comments.comment_writing import carry_comment
from shard_canister.tickets.ticket_changes import begin_life, new_header
from shard_canister.tickets.ticket_parts import field_values, relations
from shard_canister.tickets.ticket_views import text_of
from shard_canister.tickets.ticket_work import TicketWork, commit, require_changeable, work_on
from vex_domain import audit_chain, permissions
from vex_domain.access import Access
from vex_domain.digests import digest
from vex_domain.id_ranges import sequence_key
from vex_domain.refusals import Conflict, Full, Invalid, TooLarge
from vex_domain.relations.relation_rules import check_addition
from vex_domain.ticket_proof import comment_link
from vex_domain.ticket_rules import check_new_ticket

COMMENTS_MOST = 50
BYTES_MOST = 1_000_000
LINK = "relates"


def split(env: Any, access: Access, request: dict[str, Any]) -> list[int]:
    """Make a ticket of comments; the numbers of its receipt. It stands at the same shard, a full one has a reserve.

    Raises NotFound, Conflict, Forbidden, Invalid, TooLarge, FieldRequired, Full, Underway, Unavailable.
    """
    source = work_on(env, access, request["ticket"])
    access.require(permissions.TICKET_UPDATE)
    require_changeable(env, source)
    if request["version"] != source.header["version"]:
        raise Conflict(source.header["version"])
    if env.count >= env.settings["length"]:
        raise Full
    carried = _carried(env, source, request["comments"])
    part = relations(env, source)
    target = _new_ticket(env, source, request, carried[0])
    check_addition(part.all, LINK, target.id)
    event = _write(env, source, target, carried)
    return [target.id, target.header["version"], 0, event]


def _carried(env: Any, source: TicketWork, numbers: list[int]) -> list[dict[str, Any]]:
    if not numbers or len(set(numbers)) != len(numbers):
        raise Invalid("comments", "are none, or one is named twice")
    if len(numbers) > COMMENTS_MOST:
        raise TooLarge("comments", COMMENTS_MOST, len(numbers))
    carried = []
    room = BYTES_MOST
    for number in sorted(numbers):
        comment = readable_comment(env, source.access, source.id, source.header, number)
        body = text_of(env.stores.pages, source.id, comment["first_page"], comment["pages"])
        room -= len(body.encode())
        if room < 0:
            raise TooLarge("comments", BYTES_MOST, BYTES_MOST - room)
        origin = comment["origin"] or sequence_key(source.id, number)
        carried.append({field: comment[field] for field in ("author", "internal", "written_at")})
        carried[-1].update({"body": body, "origin": origin, "number": number})
    if carried[0]["internal"]:
        raise Invalid("comments", "begins with a note, which must not become a ticket's public body")
    return carried


def _new_ticket(env: Any, source: TicketWork, request: dict[str, Any], first: dict[str, Any]) -> TicketWork:
    former = source.header
    wanted = {
        "organisation": former["organisation"],
        "subject": request["subject"],
        "body": first["body"],
        "kind": former["kind"] if request["kind"] is None else request["kind"],
        "priority": former["priority"] if request["priority"] is None else request["priority"],
        "tags": former["tags"],
        "team": former["team"],
        "assignee": former["assignee"],
        "requester_reference": former["requester_reference"],
        "channel": former["channel"],
        "language": former["language"],
    }
    body = check_new_ticket(wanted)
    header = new_header(env, wanted, former["requester"], digest(body))
    target = TicketWork(env, source.access, env.start + env.count, header, new=True)
    if header["kind"] == former["kind"]:
        _copy_fields(env, source, target)
    begin_life(env, target, None)
    _first, header["body_pages"] = target.append_text(body)
    return target


def _copy_fields(env: Any, source: TicketWork, target: TicketWork) -> None:
    values = field_values(env, source).values
    if values:
        field_values(env, target).values = dict(values)
        target.touch("fields")
        target.change["fields"] = values


def _write(env: Any, source: TicketWork, target: TicketWork, carried: list[dict[str, Any]]) -> int:
    header = target.header
    for number, comment in enumerate(carried[1:], 1):
        pages, commitment = carry_comment(env, target.id, number, header["pages"], comment)
        header["pages"] += pages
        header["comments"] = number
        header["comment_head"] = comment_link(header["comment_head"], commitment)
    _link(env, target, source.id)
    target.change.update({"body": header["body_hash"], "origin": source.id})
    asked = carried[0]["author"] == header["requester"]
    target.events.append({"kind": "created", "since": carried[0]["written_at"] if asked else target.now})
    event = commit(env, target, audit_chain.CREATED)
    _link(env, source, target.id)
    source.change["into"] = target.id
    numbers = [comment["number"] for comment in carried]
    source.events.append({"kind": "split", "into": target.id, "numbers": numbers})
    commit(env, source, audit_chain.SPLIT)
    return event


def _link(env: Any, work: TicketWork, other: int) -> None:
    relation = {"kind": LINK, "other": other, "since": work.now, "open": False, "version": 0}
    relations(env, work).all.append(relation)
    work.touch("relations")
