"""What a ticket may hold and how it may change: limits, words, transitions. Organisations' own workflows come later."""

from typing import Any

from vex_domain import permissions
from vex_domain.access import Access
from vex_domain.refusals import Forbidden, Invalid, TooLarge
from vex_domain.text_rules import check_body, check_line, check_short

SUBJECT_CHARACTERS = 150
SUBJECT_BYTES = 320
BODY_CHARACTERS = 65_536
COMMENT_CHARACTERS = 65_536
TAGS = 10
TAG_CHARACTERS = 32
TAGS_BYTES = 192
REFERENCE_BYTES = 64
WORD_BYTES = 16

PRIORITIES = ("low", "normal", "high", "urgent")
KINDS = ("question", "incident", "problem", "task")
STATUSES = ("new", "open", "pending", "hold", "solved", "closed")
SOLVED = ("solved", "closed")

_WORKING = ("open", "pending", "hold", "solved")
TRANSITIONS = {
    "new": _WORKING,
    "open": ("pending", "hold", "solved"),
    "pending": ("open", "hold", "solved"),
    "hold": ("open", "pending", "solved"),
    "solved": ("open", "closed"),
    "closed": (),
}


def check_word(field: str, word: str, words: tuple[str, ...]) -> None:
    """Raises Invalid unless `word` is one of `words`."""
    if word not in words:
        raise Invalid(field, "is not one of " + ", ".join(words))


def check_tags(tags: list[str]) -> None:
    """At most 10 different tags of 1-32 characters, 192 bytes together. Raises Invalid, TooLarge."""
    if len(tags) > TAGS:
        raise TooLarge("tags", TAGS, len(tags))
    for tag in tags:
        check_line("tags", tag, TAG_CHARACTERS, TAGS_BYTES)
    if len(set(tags)) != len(tags):
        raise Invalid("tags", "has one twice")
    size = len("".join(tags).encode())
    if size > TAGS_BYTES:
        raise TooLarge("tags", TAGS_BYTES, size)


def check_new_ticket(request: dict[str, Any]) -> bytes:
    """Check what a new ticket says; returns its body as UTF-8. Raises Invalid, TooLarge."""
    check_line("subject", request["subject"], SUBJECT_CHARACTERS, SUBJECT_BYTES)
    check_word("kind", request["kind"], KINDS)
    check_word("priority", request["priority"], PRIORITIES)
    check_tags(request["tags"])
    if request["requester_reference"] is not None:
        check_line("requester_reference", request["requester_reference"], REFERENCE_BYTES, REFERENCE_BYTES)
    for field in ("channel", "language"):
        if request[field] is not None:
            check_short(field, request[field], WORD_BYTES, WORD_BYTES)
    return check_body("body", request["body"], BODY_CHARACTERS)


def check_comment(request: dict[str, Any]) -> bytes:
    """Check a comment; returns its body as UTF-8. Raises Invalid, TooLarge."""
    return check_body("body", request["body"], COMMENT_CHARACTERS)


def check_change(request: dict[str, Any]) -> None:
    """Check the texts of an update, and that it changes something. Raises Invalid, TooLarge."""
    if request["subject"] is not None:
        check_line("subject", request["subject"], SUBJECT_CHARACTERS, SUBJECT_BYTES)
    if request["priority"] is not None:
        check_word("priority", request["priority"], PRIORITIES)
    if request["status"] is not None:
        check_word("status", request["status"], STATUSES)
    if request["tags"] is not None:
        check_tags(request["tags"])
    if all(request[field] is None for field in ("status", "priority", "assignee", "team", "subject", "tags")):
        raise Invalid("request", "changes nothing")


def require_creation(access: Access, request: dict[str, Any]) -> int:
    """The new ticket's requester, once the caller may create it so. Raises Forbidden."""
    access.require(permissions.TICKET_CREATE)
    requester = request["requester"]
    if requester is not None and requester != access.person:
        access.require(permissions.TICKET_CREATE_FOR_OTHERS)
    if request["assignee"] is not None or request["team"] is not None:
        access.require(permissions.TICKET_ASSIGN)
    return access.person if requester is None else int(requester)


def require_transition(access: Access, requester: int, old: str, new: str) -> None:
    """Raises Invalid for a transition that the workflow has not, Forbidden when the person may not make it."""
    if new not in TRANSITIONS[old]:
        raise Invalid("status", "cannot go from " + old + " to " + new)
    if access.may(permissions.TICKET_UPDATE):
        return
    own = requester == access.person
    if own and new == "solved" and access.may(permissions.TICKET_SOLVE_OWN):
        return
    if own and old == "solved" and new == "open" and access.may(permissions.TICKET_REOPEN_OWN):
        return
    raise Forbidden(permissions.NAMES[permissions.TICKET_UPDATE])


def require_change(access: Access, ticket: dict[str, Any], request: dict[str, Any]) -> None:
    """Check that the person may make each part of the update. Raises Forbidden, Invalid."""
    if request["status"] is not None and request["status"] != ticket["status"]:
        require_transition(access, ticket["requester"], ticket["status"], request["status"])
    if any(request[field] is not None for field in ("priority", "subject", "tags")):
        access.require(permissions.TICKET_UPDATE)
    if request["assignee"] is not None or request["team"] is not None:
        access.require(permissions.TICKET_ASSIGN)
    if ticket["status"] == "closed":
        raise Invalid("status", "is closed")
