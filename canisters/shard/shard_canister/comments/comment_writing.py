"""Appending a comment to a ticket under change: its pages, its commitment, its place in the chain of comments."""

from typing import Any

from shard_canister.shard_stores import PAGE_BYTES
from shard_canister.tickets.ticket_work import TicketWork, write_pages
from vex_domain.digests import digest
from vex_domain.id_ranges import sequence_key
from vex_domain.macros.mentions import mentioned
from vex_domain.refusals import Full
from vex_domain.ticket_proof import comment_commitment, comment_link

COMMENTS_OF_A_TICKET = 65_535


def write_comment(env: Any, work: TicketWork, body: bytes, *, internal: bool) -> int:
    """Append a comment of the acting person; its number. Raises Full."""
    header, person = work.header, work.access.person
    number: int = header["comments"] + 1
    if number > COMMENTS_OF_A_TICKET:
        raise Full("the ticket takes no more comments")
    first, pages = work.append_text(body)
    comment = new_comment(env, person, work.now, internal=internal)
    comment["first_page"], comment["pages"] = first, pages
    comment["commitment"] = comment_commitment(comment["salt"], comment, number, digest(body))
    env.stores.comments.insert(sequence_key(work.id, number), comment)
    header["comments"] = number
    header["comment_head"] = comment_link(header["comment_head"], comment["commitment"])
    work.change["comment"] = comment["commitment"]
    work.events.append({"kind": "noted" if internal else "commented", "number": number, "author": person})
    people = mentioned(body.decode())
    if people:
        work.events.append({"kind": "mentioned", "number": number, "people": people})
    return number


def new_comment(env: Any, author: int, written_at: int, *, internal: bool) -> dict[str, Any]:
    """A stored comment without its text: whoever makes it fills in pages and commitment."""
    return {
        "author": author,
        "internal": internal,
        "written_at": written_at,
        "salt": env.salts.draw(),
        "origin": None,
        "revision": None,
        "redacted": None,
    }


def carry_comment(env: Any, ticket_id: int, number: int, first: int, carried: dict[str, Any]) -> tuple[int, bytes]:
    """Store a comment of another ticket (`CarriedComment` with its `origin`) under a number, its text from page `first`
    on; how many pages it took, and its commitment. Who wrote it, when and for whom stays as it was.
    """
    body = carried["body"].encode()
    comment = new_comment(env, carried["author"], carried["written_at"], internal=carried["internal"])
    comment["origin"] = carried["origin"]
    comment["first_page"], comment["pages"] = first, -(-len(body) // PAGE_BYTES)
    comment["commitment"] = comment_commitment(comment["salt"], comment, number, digest(body))
    write_pages(env, ticket_id, first, body)
    env.stores.comments.insert(sequence_key(ticket_id, number), comment)
    return comment["pages"], comment["commitment"]
