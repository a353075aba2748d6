"""What a certified leaf says of a ticket, so that a client can compute it again from an answer.

Commitments are one SHA-256 each over bytes that can be read one way only: numbers are big-endian and eight bytes wide.
"""

from typing import Any

from vex_domain.digests import digest
from vex_domain.hash_tree import labeled_root

TICKETS = b"tickets"
"""The label in a shard's certified tree under which its tickets' leaves are."""
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
_NUMBERED = tuple((bytes((number,)), name) for number, name in enumerate(_HEADER, 1))


def _part(number: bytes, content: bytes) -> bytes:
    return number + len(content).to_bytes(4, "big") + content


def header_bytes(ticket: dict[str, Any]) -> bytes:
    """The committed fields: for each its place in the list above (from 1, one byte), length (four bytes), content.

    Texts are UTF-8, each tag is a part of its own. What is null is left out, so that a later field changes no earlier
    commitment.
    """
    parts = []
    for number, name in _NUMBERED:
        value = ticket[name]
        if isinstance(value, str):
            parts.append(_part(number, value.encode()))
        elif isinstance(value, int):
            parts.append(_part(number, value.to_bytes(8, "big")))
        elif value is not None:
            parts += [_part(number, text.encode()) for text in value]
    return b"".join(parts)


try:
    from _numbered_parts import digest as _native  # type: ignore[import-not-found] # None: it leaves the ticket to us
except ImportError:

    def _native(_salt: bytes, _ticket: dict[str, Any], _names: tuple[str, ...]) -> None:
        return None


def header_commitment(salt: bytes, ticket: dict[str, Any]) -> bytes:
    """The salted commitment to the header."""
    return _native(salt, ticket, _HEADER) or digest(salt, header_bytes(ticket))


def leaf_content(ticket: dict[str, Any], body_hash: bytes, comment_head: bytes, salt: bytes) -> bytes:
    """The leaf: the hash of version, salted commitments to header and body's hash, and the comments' head."""
    version: int = ticket["version"]
    return digest(version.to_bytes(8, "big"), header_commitment(salt, ticket), digest(salt, body_hash), comment_head)


def comment_link(head: bytes, commitment: bytes) -> bytes:
    """The head of the comment chain after one more comment."""
    return digest(head, commitment)


def comment_commitment(salt: bytes, comment: dict[str, Any], number: int, body_hash: bytes) -> bytes:
    """The salted commitment to a comment: number, author, time (ns), one byte for internal, hash of the body."""
    numbers = (number, comment["author"], comment["written_at"])
    content = b"".join([value.to_bytes(8, "big") for value in numbers])
    return digest(salt, content, bytes((comment["internal"],)), body_hash)


def ticket_label(ticket: int) -> bytes:
    """The leaf's label in the tree: the id, big-endian, so that labels stand in the order of positions."""
    return ticket.to_bytes(8, "big")


def ticket_digest(ticket: int, content: bytes) -> bytes:
    """The digest that a position of the range tree holds."""
    return labeled_root((ticket_label(ticket),), (content,), ())
