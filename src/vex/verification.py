"""Checks what shards say: each event follows from the one before, the subnet certifies the last and each ticket.

Events of other organisations are shown sealed: their place in the chain is checked, not what they say.
"""

from dataclasses import dataclass
from hashlib import sha256
from typing import Any

from candid import Principal
from vex.errors import Untrusted
from vex.helpdesk import Helpdesk
from vex.models import Ticket
from vex.witness import Witness
from vex_domain.audit_chain import LAST_HASH, first_break
from vex_domain.ticket_proof import TICKETS, leaf_content, ticket_label

__all__ = ["VerifiedHistory", "verified_ticket", "verify_organisation", "verify_shard", "verify_ticket"]


@dataclass(frozen=True, slots=True)
class VerifiedHistory:
    """What was checked: `events` in all, `shown` of the organisation's own."""

    shard: Principal
    events: int
    shown: int
    head: bytes | None


async def verify_organisation(helpdesk: Helpdesk, organisation: int, root_key: bytes | None) -> list[VerifiedHistory]:
    """Check the chain of every shard that ever held the organisation's tickets. Raises Untrusted where it breaks.

    Without a root key (DER) the chains are checked and their certificates are not. The caller needs `audit.read`.
    """
    placement = await helpdesk.shards_of(organisation)
    return [await verify_shard(helpdesk, place.canister, organisation, root_key) for place in placement.shards]


async def verify_shard(
    helpdesk: Helpdesk, shard: Principal, organisation: int, root_key: bytes | None
) -> VerifiedHistory:
    """Check one shard's chain from its first event to the certified head. Raises Untrusted."""
    head = await helpdesk.shard(shard).call("audit_head")
    check_head(head, shard, root_key)
    parent: bytes | None = None
    seen = shown = 0
    async for event in _events(helpdesk, shard, {"organisation": organisation, "ticket": None}):
        if seen == head["events"]:
            break
        if event["index"] != seen:
            raise Untrusted(f"shard {shard}: event {seen} is missing")
        _check_event(event, parent)
        parent = bytes(event["hash"])
        seen += 1
        shown += event["block"] is not None
    if (seen, parent) != (head["events"], head["head"]):
        raise Untrusted(f"shard {shard}: the events do not lead to its head")
    return VerifiedHistory(shard, seen, shown, parent)


async def verify_ticket(helpdesk: Helpdesk, organisation: int, ticket: int) -> list[dict[str, Any]]:
    """One ticket's events, newest first, each with the hash that its block has. Raises Untrusted.

    That they stand in the shard's chain, and none is left out of it, is for `verify_shard` to check.
    """
    events: list[dict[str, Any]] = []
    cursor: str | None = None
    more = True
    while more:
        request = {"organisation": organisation, "ticket": ticket, "cursor": cursor, "limit": None}
        page = await helpdesk.at_ticket(organisation, ticket, "list_events", request)
        for event in page["events"]:
            if event["block"] is None or event["block"]["ticket"] != ticket:
                raise Untrusted(f"event {event['index']} is not of ticket {ticket}")
            _check_event(event, event["parent"])
            events.append(event)
        cursor = page["next"]
        more = cursor is not None
    versions = [event["block"]["version"] for event in events]
    if versions != sorted(set(versions), reverse=True) or (versions and versions[-1] != 1):
        raise Untrusted(f"ticket {ticket}: its events do not begin with its creation and go on in order")
    return events


async def verified_ticket(helpdesk: Helpdesk, organisation: int, ticket: int, root_key: bytes | None) -> Ticket:
    """A ticket as the subnet certifies it: header, body and the head of its comments. Raises Untrusted.

    Without a root key (DER) the witness is checked and its certificate is not. Fields, relations and clocks (`life`)
    are not in the leaf; their changes stand in the history.
    """
    shown = await helpdesk.at_ticket(organisation, ticket, "get_ticket", ticket)
    check_ticket(shown, ticket, await helpdesk.shard_of(ticket), root_key)
    return Ticket.model_validate(shown)


def check_ticket(shown: dict[str, Any], ticket: int, shard: Principal, root_key: bytes | None) -> None:
    """Check that the record `Ticket` of a query is what `shard` certifies of this ticket. Raises Untrusted."""
    summary, proof = shown["summary"], shown["proof"]
    if summary["id"] != ticket:
        raise Untrusted(f"shard {shard}: ticket {summary['id']} instead of {ticket}")
    if proof is None:
        raise Untrusted(f"shard {shard}: ticket {ticket} comes without a proof")
    witness = Witness(bytes(proof["witness"]))
    body_hash = sha256(shown["body"].encode()).digest()
    expected = leaf_content(summary, body_hash, bytes(shown["comment_head"]), bytes(proof["salt"]))
    if witness.content(TICKETS, ticket_label(ticket)) != expected:
        raise Untrusted(f"shard {shard}: the witness says something else of ticket {ticket}")
    if root_key is not None:
        witness.check(proof["certificate"], shard, root_key)


def check_head(head: dict[str, Any], shard: Principal, root_key: bytes | None) -> None:
    """Check that the witness names the head and that the subnet certifies the witness. Raises Untrusted."""
    witness = Witness(bytes(head["witness"]))
    if witness.content(LAST_HASH) != (None if head["head"] is None else bytes(head["head"])):
        raise Untrusted(f"shard {shard}: the witness names another head")
    if root_key is not None:
        witness.check(head["certificate"], shard, root_key)


def _check_event(event: dict[str, Any], parent: bytes | None) -> None:
    if (event["parent"] or None) != parent:
        raise Untrusted(f"event {event['index']} does not follow the one before")
    if event["block"] is None:
        return
    flat = {**event["block"], "index": event["index"], "parent": event["parent"], "hash": bytes(event["hash"])}
    if first_break([flat], parent) is not None:
        raise Untrusted(f"event {event['index']} does not have its hash")


async def _events(helpdesk: Helpdesk, shard: Principal, wanted: dict[str, Any]) -> Any:
    cursor: str | None = None
    more = True
    while more:
        request = {**wanted, "cursor": cursor, "limit": None}
        page = await helpdesk.at_shard(shard, wanted["organisation"], "list_events", request)
        for event in page["events"]:
            yield event
        cursor = page["next"]
        more = cursor is not None
