"""Stored tickets as answers."""

from typing import Any

from vex_domain.id_ranges import SEQUENCE_BITS, sequence_key


def summary_of(ticket_id: int, ticket: dict[str, Any]) -> dict[str, Any]:
    """The record `TicketSummary`: the header itself with its id, since what a record has no room for is left out."""
    ticket["id"] = ticket_id
    return ticket


def text_of(pages: Any, ticket_id: int, first: int, count: int) -> str:
    """A text from its pages."""
    return b"".join([pages.get(sequence_key(ticket_id, first + page)) for page in range(count)]).decode()


def comment_view(stores: Any, ticket_id: int, number: int, comment: dict[str, Any]) -> dict[str, Any]:
    """The record `Comment`."""
    last = comment["revision"]
    revisions = None if last is None else stores.revisions.get(sequence_key(ticket_id, last))["order"]
    return {
        "number": number,
        "author": comment["author"],
        "internal": comment["internal"],
        "body": text_of(stores.pages, ticket_id, comment["first_page"], comment["pages"]),
        "written_at": comment["written_at"],
        "origin": None if comment["origin"] is None else origin_of(comment["origin"]),
        "revisions": revisions,
        "redacted": comment["redacted"],
    }


def origin_of(key: int) -> dict[str, int]:
    """The record `CommentOrigin`."""
    return {"ticket": key >> SEQUENCE_BITS, "number": key & (1 << SEQUENCE_BITS) - 1}
