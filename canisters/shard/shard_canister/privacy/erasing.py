"""Erasing: of a whole ticket, or of what one person wrote on others' tickets. Numbers, states and times are kept."""

from hashlib import sha256
from typing import Any

from shard_canister.attachments.attachment_shelf import file_of, put_file, put_shelf, shelf_of
from shard_canister.privacy.text_wiping import NO_SALT, blank, wipe, wipe_event_salts, wipe_pages
from shard_canister.shard_stores import PAGE_BYTES
from shard_canister.tickets.ticket_parts import extension
from shard_canister.tickets.ticket_views import origin_of
from shard_canister.tickets.ticket_work import TicketWork, commit
from vex_domain import audit_chain
from vex_domain.access import Access
from vex_domain.id_ranges import sequence_key
from vex_domain.text_rules import ERASED_TEXT

NOBODY = 0
"""The actor of what the shard does by itself."""


class Erased:
    """How much was erased."""

    __slots__ = ("attachments", "comments", "surveys", "tickets")

    def __init__(self) -> None:
        self.tickets = 0
        self.comments = 0
        self.attachments = 0
        self.surveys = 0


def is_erased(env: Any, ticket_id: int, header: dict[str, Any]) -> bool:
    """Whether a ticket was erased and nothing was written, attached or filled in since: no other has no body."""
    if header["body_pages"] or header["pages"] or header["subject"] != ERASED_TEXT:
        return False
    if env.stores.fields.contains_key(sequence_key(ticket_id, 0)):
        return False
    return all(file["erased"] for file in _files(env, ticket_id))


def _files(env: Any, ticket_id: int) -> list[dict[str, Any]]:
    return [file_of(env, ticket_id, number) for number in range(1, shelf_of(env, ticket_id)["files"] + 1)]


def authors(env: Any, ticket_id: int, header: dict[str, Any]) -> set[int]:
    """Whose texts and files on a ticket are not erased."""
    found = {file["uploader"] for file in _files(env, ticket_id) if not file["erased"]}
    for number in range(1, header["comments"] + 1):
        comment = env.stores.comments.get(sequence_key(ticket_id, number))
        if comment["salt"] != NO_SALT:
            found.add(comment["author"])
    return found


def concerns(env: Any, ticket_id: int, header: dict[str, Any], person: int) -> bool:
    """Whether a ticket is a person's, or has something by them that is not erased."""
    return header["requester"] == person or person in authors(env, ticket_id, header)


def erase_ticket(env: Any, ticket_id: int, header: dict[str, Any], done: Erased) -> None:
    """Replace every text of a ticket, its comments, attachments and survey; one event. Salts go before they do.

    The commitments of comments and events stay, so the chains verify, but nobody can try texts against them.
    """
    work = TicketWork(env, Access(NOBODY, header["organisation"], 0), ticket_id, header)
    header = work.header
    last_event = header["last_event"]
    wipe_pages(env, ticket_id, 0, header["pages"])
    for number in range(1, header["comments"] + 1):
        _erase_comment(env, ticket_id, number, done)
    for number in range(1, shelf_of(env, ticket_id)["files"] + 1):
        _erase_file(env, ticket_id, number, done)
    _erase_survey(env, ticket_id, done)
    _erase_revisions(env, work)
    _erase_fields(env, ticket_id)
    header["salt"] = env.salts.draw()
    header["subject"] = blank(header["subject"])
    header["requester_reference"] = blank(header["requester_reference"])
    env.stores.tickets.insert(ticket_id, header)
    header.update({"subject": ERASED_TEXT, "requester_reference": None, "pages": 0, "body_pages": 0})
    header["body_hash"] = sha256(b"").digest()
    wipe_event_salts(env, last_event, None)
    work.change["erased"] = 1
    work.events.append({"kind": "erased"})
    commit(env, work, audit_chain.ERASED)
    done.tickets += 1


def erase_traces(env: Any, ticket_id: int, header: dict[str, Any], person: int, done: Erased) -> None:
    """Replace what a person wrote and attached on somebody else's ticket, and what came with a merge of theirs.

    One event when there was anything.
    """
    before = done.comments + done.attachments
    merged = _merged_from(env, ticket_id, header, person)
    for number in range(1, header["comments"] + 1):
        comment = env.stores.comments.get(sequence_key(ticket_id, number))
        is_theirs = comment["author"] == person or _origin(comment) in merged
        if is_theirs and comment["salt"] != NO_SALT:
            wipe_pages(env, ticket_id, comment["first_page"], comment["pages"])
            _wipe_revisions(env, ticket_id, comment["revision"])
            _erase_comment(env, ticket_id, number, done)
    for number in range(1, shelf_of(env, ticket_id)["files"] + 1):
        if file_of(env, ticket_id, number)["uploader"] == person:
            _erase_file(env, ticket_id, number, done)
    if done.comments + done.attachments > before:
        wipe_event_salts(env, header["last_event"], person)
        work = TicketWork(env, Access(NOBODY, header["organisation"], 0), ticket_id, header)
        work.change["erased"] = 1
        work.events.append({"kind": "erased"})
        commit(env, work, audit_chain.ERASED)


def _merged_from(env: Any, ticket_id: int, header: dict[str, Any], person: int) -> set[int]:
    """The tickets of a person that were merged into this one: their own text (number 0) came as a comment."""
    comments = [env.stores.comments.get(sequence_key(ticket_id, number)) for number in range(1, header["comments"] + 1)]
    carried = [comment for comment in comments if comment["origin"] is not None and comment["author"] == person]
    return {_origin(comment) for comment in carried if origin_of(comment["origin"])["number"] == 0}


def _origin(comment: dict[str, Any]) -> int:
    return 0 if comment["origin"] is None else origin_of(comment["origin"])["ticket"]


def _erase_comment(env: Any, ticket_id: int, number: int, done: Erased) -> None:
    key = sequence_key(ticket_id, number)
    comment = env.stores.comments.get(key)
    if comment["salt"] != NO_SALT:
        comment.update({"first_page": 0, "pages": 0, "salt": NO_SALT})
        env.stores.comments.insert(key, comment)
        done.comments += 1


def _erase_file(env: Any, ticket_id: int, number: int, done: Erased) -> None:
    file = file_of(env, ticket_id, number)
    if file["erased"]:
        return
    size = file["size"]
    file.update({"sha256": bytes(32), "salt": NO_SALT, "name": blank(file["name"])})
    file["content_type"] = blank(file["content_type"])
    put_file(env, ticket_id, number, file)
    file.update({"name": ERASED_TEXT, "content_type": ERASED_TEXT, "size": 0, "erased": True})
    put_file(env, ticket_id, number, file)
    shelf = shelf_of(env, ticket_id)
    shelf["bytes"] -= size
    put_shelf(env, ticket_id, shelf)
    organisation: int = env.index.organisations[ticket_id - env.start]
    env.uploads.discard(file["storage"], organisation, size)
    done.attachments += 1


def _erase_survey(env: Any, ticket_id: int, done: Erased) -> None:
    survey = env.stores.surveys.get(ticket_id)
    if survey is not None:
        survey.update({"first_page": 0, "pages": 0})
        env.stores.surveys.insert(ticket_id, survey)
        done.surveys += 1


def _erase_revisions(env: Any, work: TicketWork) -> None:
    """Earlier texts of comments lie in the ticket's pages, which are wiped already."""
    for number in range(extension(env, work).record["revisions"]):
        _blank_revision(env, sequence_key(work.id, number))


def _wipe_revisions(env: Any, ticket_id: int, last: int | None) -> None:
    number = last
    while number is not None:
        key = sequence_key(ticket_id, number)
        revision = env.stores.revisions.get(key)
        wipe_pages(env, ticket_id, revision["first_page"], revision["pages"])
        _blank_revision(env, key)
        number = revision["previous"]


def _blank_revision(env: Any, key: int) -> None:
    revision = env.stores.revisions.get(key)
    revision.update({"first_page": 0, "pages": 0})
    env.stores.revisions.insert(key, revision)


def _erase_fields(env: Any, ticket_id: int) -> None:
    count = 0
    while env.stores.fields.contains_key(sequence_key(ticket_id, count)):
        count += 1
    wipe(env.stores.fields, [sequence_key(ticket_id, number) for number in range(count)], bytes(PAGE_BYTES))
