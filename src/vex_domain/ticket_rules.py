"""What every ticket may hold and who may make one: limits and words. How it moves says its organisation's workflow."""

from typing import Any

from vex_domain import permissions
from vex_domain.access import Access
from vex_domain.refusals import Invalid, TooLarge
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


def check_word(field: str, word: str, words: tuple[str, ...]) -> None:
    """Raises Invalid unless `word` is one of `words`."""
    if word not in words:
        raise Invalid(field, "is not one of " + ", ".join(words))


def check_tags(tags: list[str]) -> None:
    """At most 10 different tags of 1-32 characters, 192 bytes together. Raises Invalid, TooLarge."""
    if len(tags) > TAGS:
        raise TooLarge("tags", TAGS, len(tags))
    whole = "".join(tags)
    plain = whole.isascii() and whole.isprintable() and " " not in whole and "" not in tags
    for tag in tags:
        if not plain or len(tag) > TAG_CHARACTERS:
            check_line("tags", tag, TAG_CHARACTERS, TAGS_BYTES)
    if len(set(tags)) != len(tags):
        raise Invalid("tags", "has one twice")
    size = len(whole.encode())
    if size > TAGS_BYTES:
        raise TooLarge("tags", TAGS_BYTES, size)


def check_new_ticket(request: dict[str, Any]) -> bytes:
    """Check a new ticket but for its kind and fields; returns its body as UTF-8. Raises Invalid, TooLarge."""
    check_line("subject", request["subject"], SUBJECT_CHARACTERS, SUBJECT_BYTES)
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


def check_texts(request: dict[str, Any]) -> None:
    """Check the texts of an update. Raises Invalid, TooLarge."""
    if request["subject"] is not None:
        check_line("subject", request["subject"], SUBJECT_CHARACTERS, SUBJECT_BYTES)
    if request["priority"] is not None:
        check_word("priority", request["priority"], PRIORITIES)
    if request["tags"] is not None:
        check_tags(request["tags"])


def require_creation(access: Access, request: dict[str, Any]) -> int:
    """The new ticket's requester, once the caller may create it so. Raises Forbidden."""
    access.require(permissions.TICKET_CREATE)
    requester = request["requester"]
    if requester is not None and requester != access.person:
        access.require(permissions.TICKET_CREATE_FOR_OTHERS)
    if request["assignee"] is not None or request["team"] is not None:
        access.require(permissions.TICKET_ASSIGN)
    return access.person if requester is None else int(requester)
