"""Stored tickets as answers."""

from typing import Any

from vex_domain.id_ranges import sequence_key

_SUMMARY = (
    "organisation",
    "requester",
    "requester_reference",
    "subject",
    "kind",
    "priority",
    "status",
    "team",
    "assignee",
    "tags",
    "channel",
    "language",
    "version",
    "comments",
    "opened_at",
    "changed_at",
    "solved_at",
)


def summary_of(ticket_id: int, ticket: dict[str, Any]) -> dict[str, Any]:
    """The record `TicketSummary`."""
    summary = {name: ticket[name] for name in _SUMMARY}
    summary["id"] = ticket_id
    return summary


def text_of(pages: Any, ticket_id: int, first: int, count: int) -> str:
    """A text from its pages."""
    return b"".join([pages.get(sequence_key(ticket_id, first + page)) for page in range(count)]).decode()


def comment_view(pages: Any, ticket_id: int, number: int, comment: dict[str, Any]) -> dict[str, Any]:
    """The record `Comment`."""
    return {
        "number": number,
        "author": comment["author"],
        "internal": comment["internal"],
        "body": text_of(pages, ticket_id, comment["first_page"], comment["pages"]),
        "written_at": comment["written_at"],
    }
