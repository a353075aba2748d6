"""The audit chain: one block an event, hashed as ICRC-3 hashes values, each block naming its parent's hash."""

from typing import Any

from vex_domain.value_hash import keep_hash, value_hash

LAST_HASH = b"last_block_hash"
LAST_INDEX = b"last_block_index"
"""Labels in the certified tree (ICRC-3)."""

CREATED = "vex.ticket.created"
COMMENTED = "vex.ticket.commented"
NOTED = "vex.ticket.noted"
UPDATED = "vex.ticket.updated"
ATTACHED = "vex.ticket.attached"
SURVEYED = "vex.ticket.surveyed"
ERASED = "vex.ticket.erased"
TIMED = "vex.ticket.timed"
COMMENT_EDITED = "vex.ticket.comment_edited"
REDACTED = "vex.ticket.redacted"
SPLIT = "vex.ticket.split"
LINKED = "vex.ticket.linked"
UNLINKED = "vex.ticket.unlinked"
MERGED = "vex.ticket.merged"
CONFIGURED = "vex.organisation.configured"

for _kind in (CREATED, COMMENTED, NOTED, UPDATED):
    keep_hash(_kind)


def block_of(event: dict[str, Any], parent: bytes | None) -> dict[str, Any]:
    """The ICRC-3 block of an event: its kind, time (ns), ticket, organisation, actor, version and commitment."""
    block = {
        "btype": event["kind"],
        "ts": event["at"],
        "tid": event["ticket"],
        "org": event["organisation"],
        "actor": event["actor"],
        "ver": event["version"],
        "commit": event["commitment"],
    }
    if parent is not None:
        block["phash"] = parent
    return block


def block_hash(event: dict[str, Any], parent: bytes | None) -> bytes:
    """The hash of the event's block, which the next block names as its parent."""
    return value_hash(block_of(event, parent))


def first_break(events: list[dict[str, Any]], parent: bytes | None) -> int | None:
    """The index of the first event whose hash does not follow from its parent's, or None when all do."""
    for event in events:
        if event["hash"] != block_hash(event, parent) or (event["parent"] or None) != parent:
            return int(event["index"])
        parent = event["hash"]
    return None
