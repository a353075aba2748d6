"""A helpdesk as one person or service uses it: tickets created, read and changed, wherever their shard is.

Knows the routing: asks the index once where an organisation's tickets go, keeps it, and asks again when a shard says
`Full` or `Moved`. Every write carries a client token; without a definite answer the same request is sent again to the
same shard, so that it happens once.
"""

import asyncio
import secrets
import time
from bisect import bisect_right
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import contextmanager
from typing import Any, TypeVar

from candid import Principal
from vex.canister import Canister, Transport
from vex.errors import Refused, Unreachable
from vex.interfaces import interface
from vex.models import Comment, NewTicket, Placement, Receipt, ShardPlace, Ticket, TicketChange, TicketSummary
from vex_domain.refusals import Full, Moved, RateLimited, SessionRequired, Unavailable

__all__ = ["Helpdesk", "Write"]

ATTEMPTS = 12
OPEN_STATES = {"Open", "HighWater"}
T = TypeVar("T")


class Write:
    """One intended write: its token and time stay the same however often it is sent."""

    def __init__(self, token: str | None = None, created_at: int | None = None) -> None:
        self.token = token or secrets.token_hex(16)
        self.created_at = created_at or time.time_ns()

    def fields(self, **fields: Any) -> dict[str, Any]:
        """The request record with `client_token` and `created_at`."""
        return {"client_token": self.token, "created_at": self.created_at, **fields}


class Helpdesk:
    """Tickets for one caller. Raises Refused with the canister's error, Unreachable when nothing answered."""

    def __init__(self, transport: Transport, index_id: Principal, *, spread: int = 0) -> None:
        self._transport = transport
        self._spread = spread
        self._placements: dict[int, Placement] = {}
        self._routes: list[ShardPlace] = []
        self._sessions: set[tuple[Principal, int]] = set()
        self.index = Canister(transport, index_id, interface("index"))

    def shard(self, canister_id: Principal) -> Canister:
        """A shard to call directly."""
        return Canister(self._transport, canister_id, interface("shard"))

    async def create_ticket(
        self,
        ticket: NewTicket,
        write: Write | None = None,
        *,
        chosen: Callable[[Principal], Awaitable[None]] | None = None,
        first: Principal | None = None,
    ) -> Receipt:
        """Create a ticket at one of the organisation's shards.

        `chosen` is awaited with the shard before each first send there, so that a journal can keep it; `first` is a
        shard that a journal remembers from before, tried before any other.
        """
        request = (write or Write()).fields(**ticket.model_dump())
        if first is not None:
            with _unless_full():
                return await self._create(first, request)
        full: list[int] = []
        for _ in range(ATTEMPTS):
            place = await self._place(ticket.organisation, full)
            if chosen is not None:
                await chosen(place.canister)
            with _unless_full():
                return await self._create(place.canister, request)
            full.append(place.shard)
            self._placements.pop(ticket.organisation, None)
        raise Unreachable(f"every shard of organisation {ticket.organisation} was full")

    async def get_ticket(self, organisation: int, ticket: int) -> Ticket:
        """Read a ticket. `organisation` is whose session the shard needs when it does not know the caller."""
        return Ticket.model_validate(await self._at(organisation, ticket, "get_ticket", ticket))

    async def add_comment(
        self, organisation: int, ticket: int, body: str, *, internal: bool = False, write: Write | None = None
    ) -> Receipt:
        """Append a comment; an internal one is a note that customers never see."""
        request = (write or Write()).fields(ticket=ticket, body=body, internal=internal)
        return Receipt.model_validate(await self._at(organisation, ticket, "add_comment", request))

    async def update_ticket(
        self, organisation: int, ticket: int, version: int, change: TicketChange, write: Write | None = None
    ) -> Receipt:
        """Change a ticket that still has `version`; else Refused with Conflict."""
        request = (write or Write()).fields(ticket=ticket, version=version, **change.model_dump())
        return Receipt.model_validate(await self._at(organisation, ticket, "update_ticket", request))

    async def comments(self, organisation: int, ticket: int) -> AsyncIterator[Comment]:
        """All comments of a ticket that the caller may see, oldest first."""
        cursor = None
        while True:
            request = {"ticket": ticket, "cursor": cursor, "limit": None}
            page = await self._at(organisation, ticket, "list_comments", request)
            for comment in page["comments"]:
                yield Comment.model_validate(comment)
            cursor = page["next"]
            if cursor is None:
                return

    async def tickets(self, organisation: int, **filters: Any) -> AsyncIterator[TicketSummary]:
        """The organisation's tickets over all shards that hold any; filters: status, assignee, requester, team."""
        wanted = {"status": None, "assignee": None, "requester": None, "team": None, **filters}
        placement = Placement.model_validate(await self.index.call("shards_of", organisation))
        for place in placement.shards:
            cursor = None
            while True:
                request = {"organisation": organisation, "cursor": cursor, "limit": None, **wanted}
                page = await self._with_session(place.canister, organisation, "list_tickets", request)
                for ticket in page["tickets"]:
                    yield TicketSummary.model_validate(ticket)
                cursor = page["next"]
                if cursor is None:
                    break

    async def _create(self, target: Principal, request: dict[str, Any]) -> Receipt:
        return Receipt.model_validate(await self._write(target, request["organisation"], "create_ticket", request))

    async def _place(self, organisation: int, full: list[int]) -> ShardPlace:
        """One of the organisation's open shards; callers with different `spread` share them out."""
        placement = self._placements.get(organisation)
        if placement is None:
            request = {"organisation": organisation, "full": full}
            answer = await _patiently(lambda: self.index.call("place", request))
            placement = self._placements[organisation] = Placement.model_validate(answer)
        places = [place for place in placement.shards if place.state in OPEN_STATES] or placement.shards
        return places[self._spread % len(places)]

    async def _at(self, organisation: int, ticket: int, method: str, request: Any) -> Any:
        """Call the shard that holds `ticket`, after looking again when the routing moved."""
        for _ in range(ATTEMPTS):
            target = await self._route(ticket)
            try:
                return await self._write(target, organisation, method, request)
            except Refused as error:
                if error.code != Moved.code:
                    raise
                self._routes.clear()
        raise Unreachable(f"ticket {ticket} keeps moving")

    async def _route(self, ticket: int) -> Principal:
        position = bisect_right(self._routes, ticket, key=lambda place: place.start) - 1
        if position < 0 or ticket >= self._routes[position].end:
            answer = await _patiently(lambda: self.index.call("route", {"ticket": ticket, "epoch": None}))
            place = ShardPlace.model_validate(answer["place"])
            self._routes = sorted([*self._routes, place], key=lambda known: known.start)
            return place.canister
        return self._routes[position].canister

    async def _write(self, target: Principal, organisation: int, method: str, request: Any) -> Any:
        return await _patiently(lambda: self._with_session(target, organisation, method, request))

    async def _with_session(self, target: Principal, organisation: int, method: str, request: Any) -> Any:
        """Call a shard, opening a session first where it asks for one."""
        shard = self.shard(target)
        try:
            return await shard.call(method, request)
        except Refused as error:
            if error.code != SessionRequired.code:
                raise
        await shard.call("open_session", organisation)
        return await shard.call(method, request)


@contextmanager
def _unless_full() -> Iterator[None]:
    """Go on when a shard says that it is full, which is a definite answer."""
    try:
        yield
    except Refused as error:
        if error.code != Full.code:
            raise


async def _patiently(attempt: Callable[[], Awaitable[T]]) -> T:
    """Repeat while the answer is that there is none yet: unreachable, unavailable, over the rate."""
    for number in range(ATTEMPTS):
        try:
            return await attempt()
        except Unreachable:
            if number == ATTEMPTS - 1:
                raise
        except Refused as error:
            if error.code not in {RateLimited.code, Unavailable.code} or number == ATTEMPTS - 1:
                raise
        await asyncio.sleep(min(0.1 * 2**number, 3))
    raise AssertionError("unreachable: the last attempt returns or raises")
