"""An organisation's outbox over all its shards, for programs that deliver its events; and tickets' clocks."""

import json
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass
from typing import Any

from candid import Principal
from vex.helpdesk import Helpdesk, Write

__all__ = ["Delivery", "TicketClock", "acknowledge", "events", "ticket_clocks"]


@dataclass(frozen=True)
class Delivery:
    """An event to deliver. `missed` counts events before it that the shard's outbox forgot unread."""

    shard: Principal
    sequence: int
    kind: str
    at: int
    ticket: int
    version: int
    detail: Mapping[str, Any]
    missed: int = 0


@dataclass(frozen=True)
class TicketClock:
    """One measure of a ticket's waiting: seconds counted and promised, when it is due (ns), whether it was missed."""

    metric: str
    state: str
    since: int
    spent: int
    target: int | None
    due: int | None
    breached: bool


async def events(
    helpdesk: Helpdesk, organisation: int, after: Mapping[Principal, int] | None = None
) -> AsyncIterator[Delivery]:
    """What each shard has after the sequence in `after` (none: from the first on), shard by shard, oldest first.

    Raises Refused (Forbidden without `outbox.read`), Unreachable.
    """
    marks = dict(after or {})
    for place in (await helpdesk.shards_of(organisation)).shards:
        last = marks.get(place.canister, 0)
        while True:
            request = {"organisation": organisation, "after": last, "limit": None}
            page = await helpdesk.at_shard(place.canister, organisation, "list_outbox", request)
            if not page["events"]:
                break
            missed = page["events"][0]["sequence"] - last - 1
            for event in page["events"]:
                parts = {name: event[name] for name in ("sequence", "kind", "at", "ticket", "version")}
                yield Delivery(place.canister, detail=json.loads(event["detail"]), missed=missed, **parts)
                missed = 0
                last = event["sequence"]


async def acknowledge(helpdesk: Helpdesk, organisation: int, delivery: Delivery) -> None:
    """Let the shard forget this event and those before it, once they are delivered. Raises Refused, Unreachable."""
    first = 0
    while first <= delivery.sequence:
        request = Write().fields(organisation=organisation, up_to=delivery.sequence)
        first = await helpdesk.at_shard(delivery.shard, organisation, "acknowledge_outbox", request)


async def ticket_clocks(helpdesk: Helpdesk, organisation: int, ticket: int) -> dict[str, TicketClock]:
    """A ticket's clocks by metric. Raises Refused, Unreachable."""
    answer = await helpdesk.at_ticket(organisation, ticket, "get_clocks", ticket)
    return {clock["metric"]: TicketClock(**clock) for clock in answer["clocks"]}
