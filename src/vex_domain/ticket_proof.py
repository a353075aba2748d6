"""What a certified leaf says of a ticket, so that a client can compute it again from an answer."""

from hashlib import sha256
from typing import Any

from vex_domain.hash_tree import labeled_digest, leaf_digest
from vex_domain.value_hash import salted, value_hash

NO_COMMENTS = bytes(32)
_HEADER = (
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
    "opened_at",
    "changed_at",
    "solved_at",
)


def header_value(ticket: dict[str, Any]) -> dict[str, Any]:
    """The committed fields; one that is null is absent, so that a later field changes no earlier commitment."""
    return {name: ticket[name] for name in _HEADER if ticket[name] is not None}


def leaf_content(ticket: dict[str, Any], body_hash: bytes, comment_head: bytes, salt: bytes) -> bytes:
    """The leaf: the hash of version and of salted commitments to header and body and of the comments' head."""
    return value_hash(
        {
            "ver": ticket["version"],
            "header": salted(salt, header_value(ticket)),
            "body": sha256(salt + body_hash).digest(),
            "comments": comment_head,
        }
    )


def comment_link(head: bytes, commitment: bytes) -> bytes:
    """The head of the comment chain after one more comment."""
    return sha256(head + commitment).digest()


def comment_value(number: int, author: int, internal: bool, at: int, body_hash: bytes) -> dict[str, Any]:
    """What a comment's commitment is made over, salted."""
    return {"n": number, "author": author, "internal": int(internal), "ts": at, "body": body_hash}


def ticket_label(ticket: int) -> bytes:
    """The leaf's label in the tree: the id, big-endian, so that labels stand in the order of positions."""
    return ticket.to_bytes(8, "big")


def ticket_digest(ticket: int, content: bytes) -> bytes:
    """The digest that a position of the range tree holds."""
    return labeled_digest(ticket_label(ticket), leaf_digest(content))
