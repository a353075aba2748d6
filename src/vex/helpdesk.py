"""A helpdesk as one person or service uses it: tickets created, read and changed, wherever their shard is.

Every write carries a client token; without a definite answer the same request is sent again to the same shard, so that
it happens once. Where tickets are is the directory's to know.
"""

import secrets
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import contextmanager
from typing import Any

from candid import Principal
from vex.canister import Canister, Transport
from vex.directory import Directory
from vex.errors import Refused, Unreachable
from vex.interfaces import interface
from vex.models import (
    BulkResult,
    Comment,
    MacroPreview,
    NewTicket,
    Placement,
    Receipt,
    RelationReceipt,
    Revision,
    Ticket,
    TicketChange,
    TicketSummary,
)
from vex.patience import ATTEMPTS, patiently
from vex_domain.refusals import Full, Moved, SessionRequired

__all__ = ["Helpdesk", "Write"]


class Write:
    """One intended write: its token and time stay the same however often it is sent."""

    def __init__(self, token: str | None = None, created_at: int | None = None) -> None:
        self.token = token or secrets.token_hex(16)
        self.created_at = created_at or time.time_ns()

    def fields(self, **fields: Any) -> dict[str, Any]:
        """The request record with `client_token` and `created_at`."""
        return {"client_token": self.token, "created_at": self.created_at, **fields}


class Helpdesk:
    """Tickets for one caller. Raises Refused with the canister's error, Unreachable when nothing answered.

    `spread` decides which of several open shards this caller prefers.
    """

    def __init__(
        self, transport: Transport, index_id: Principal, directory: Directory | None = None, *, spread: int = 0
    ) -> None:
        self.index = Canister(transport, index_id, interface("index"))
        self.transport = transport
        self.principal = transport.principal
        self._directory = directory or Directory()
        self._spread = spread

    def shard(self, canister_id: Principal) -> Canister:
        """A shard to call directly."""
        return Canister(self.transport, canister_id, interface("shard"))

    async def create_ticket(
        self,
        ticket: NewTicket,
        write: Write | None = None,
        *,
        first: Principal | None = None,
        chosen: Callable[[Principal], Awaitable[None]] | None = None,
    ) -> Receipt:
        """Create a ticket at one of the organisation's shards.

        `first` is the shard that a journal remembers of an attempt before; `chosen` is awaited before the first send
        to any other shard, so that the journal can keep it.
        """
        request = (write or Write()).fields(**ticket.model_dump())
        if first is not None:
            with _unless_full():
                return await self._create(first, request)
        for _ in range(ATTEMPTS):
            place = await self._directory.place(self.index, ticket.organisation, self._spread)
            if chosen is not None:
                await chosen(place.canister)
            with _unless_full():
                return await self._create(place.canister, request)
            self._directory.mark_full(ticket.organisation, place)
        raise Unreachable(f"every shard of organisation {ticket.organisation} was full")

    async def create_ticket_at_index(self, ticket: NewTicket, write: Write | None = None) -> Receipt:
        """Create a ticket through the index's façade, as a dapp does; a token belongs to one of the two ways."""
        request = (write or Write()).fields(**ticket.model_dump())
        return Receipt.model_validate(await patiently(lambda: self.index.call("create_ticket", request)))

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

    async def edit_comment(
        self, organisation: int, ticket: int, comment: int, body: str, write: Write | None = None
    ) -> Receipt:
        """Give a comment another text; what it said is kept."""
        request = (write or Write()).fields(ticket=ticket, comment=comment, body=body)
        return Receipt.model_validate(await self._at(organisation, ticket, "edit_comment", request))

    async def redact_comment(
        self, organisation: int, ticket: int, comment: int, passages: list[str], write: Write | None = None
    ) -> Receipt:
        """Overwrite passages of a comment and its earlier versions for good; comment 0 is the ticket's body."""
        request = (write or Write()).fields(ticket=ticket, comment=comment, passages=passages)
        return Receipt.model_validate(await self._at(organisation, ticket, "redact_comment", request))

    async def revisions(self, organisation: int, ticket: int, comment: int) -> list[Revision]:
        """The earlier versions of a comment, newest first; there are at most 20."""
        request = {"ticket": ticket, "comment": comment, "cursor": None, "limit": None}
        page = await self._at(organisation, ticket, "list_revisions", request)
        return [Revision.model_validate(revision) for revision in page["revisions"]]

    async def preview_macro(self, organisation: int, ticket: int, macro: str) -> MacroPreview:
        """What a macro would change."""
        request = {"ticket": ticket, "macro": macro}
        return MacroPreview.model_validate(await self._at(organisation, ticket, "preview_macro", request))

    async def apply_macro(
        self, organisation: int, ticket: int, version: int, macro: str, write: Write | None = None
    ) -> Receipt:
        """Make a macro's changes and write its comment, all or nothing."""
        request = (write or Write()).fields(ticket=ticket, version=version, macro=macro)
        return Receipt.model_validate(await self._at(organisation, ticket, "apply_macro", request))

    async def split_ticket(
        self,
        organisation: int,
        ticket: int,
        version: int,
        comments: list[int],
        *,
        subject: str,
        write: Write | None = None,
    ) -> Receipt:
        """Make a ticket of comments; the new one's receipt."""
        wanted = {"ticket": ticket, "version": version, "comments": comments, "subject": subject}
        request = (write or Write()).fields(**wanted, kind=None, priority=None)
        return Receipt.model_validate(await self._at(organisation, ticket, "split_ticket", request))

    async def bulk_update(
        self, organisation: int, tickets: list[int], change: TicketChange, write: Write | None = None
    ) -> list[BulkResult]:
        """The same change of state, priority, kind, assignee, team and fields for up to 100 tickets of one shard."""
        same = ("status", "priority", "kind", "assignee", "team", "fields")
        wanted = {name: value for name, value in change.model_dump().items() if name in same}
        wanted["targets"] = [{"ticket": ticket, "version": None} for ticket in tickets]
        request = (write or Write()).fields(organisation=organisation, add_tags=[], remove_tags=[], **wanted)
        results = await self._at(organisation, tickets[0], "bulk_update", request)
        return [BulkResult.model_validate(result) for result in results]

    async def relate_tickets(
        self, change: str, kind: str, first: int, second: int, write: Write | None = None
    ) -> RelationReceipt:
        """Link, unlink or merge two tickets wherever they are (docs/reference/tickets.md, "Relations")."""
        request = (write or Write()).fields(change=change, kind=kind, first=first, second=second)
        answer = await patiently(lambda: self.index.call("relate_tickets", request))
        return RelationReceipt.model_validate(answer)

    async def comments(self, organisation: int, ticket: int) -> AsyncIterator[Comment]:
        """All comments of a ticket that the caller may see, oldest first."""
        cursor: str | None = None
        more = True
        while more:
            request = {"ticket": ticket, "cursor": cursor, "limit": None}
            page = await self._at(organisation, ticket, "list_comments", request)
            for comment in page["comments"]:
                yield Comment.model_validate(comment)
            cursor = page["next"]
            more = cursor is not None

    async def tickets(self, organisation: int, **filters: Any) -> AsyncIterator[TicketSummary]:
        """The organisation's tickets over all shards that hold any; filters: status, category, kind, assignee,
        requester, team.
        """
        nothing = dict.fromkeys(("status", "category", "kind", "assignee", "requester", "team"))
        wanted = {**nothing, **filters}
        placement = await self.shards_of(organisation)
        for place in placement.shards:
            async for ticket in self._tickets_at(place.canister, {"organisation": organisation, **wanted}):
                yield ticket

    async def at_every_shard(self, organisation: int, method: str, request: Any) -> AsyncIterator[Any]:
        """Call a method at each shard that ever held the organisation's tickets; the answers one after another."""
        placement = await self.shards_of(organisation)
        for place in placement.shards:
            yield await self._patient_call(place.canister, organisation, method, request)

    async def shards_of(self, organisation: int) -> Placement:
        """Every shard that ever held the organisation's tickets."""
        return Placement.model_validate(await self._shards_of(organisation))

    async def _shards_of(self, organisation: int) -> Any:
        try:
            return await patiently(lambda: self.index.call("shards_of", organisation))
        except Refused as error:
            if error.code != SessionRequired.code:
                raise
        # The index keeps no sessions to open: its update can ask where its query cannot.
        return await patiently(lambda: self.index.call("shards_of_replicated", organisation))

    async def _tickets_at(self, shard: Principal, wanted: dict[str, Any]) -> AsyncIterator[TicketSummary]:
        cursor: str | None = None
        more = True
        while more:
            request = {**wanted, "cursor": cursor, "limit": None}
            page = await self._patient_call(shard, wanted["organisation"], "list_tickets", request)
            for ticket in page["tickets"]:
                yield TicketSummary.model_validate(ticket)
            cursor = page["next"]
            more = cursor is not None

    async def shard_of(self, ticket: int) -> Principal:
        """The shard that holds a ticket, as the index said last."""
        return await self._directory.route(self.index, ticket)

    async def at_ticket(self, organisation: int, ticket: int, method: str, request: Any) -> Any:
        """Call a method of the shard that holds a ticket, as often as it takes for a definite answer."""
        return await self._at(organisation, ticket, method, request)

    async def at_shard(self, shard: Principal, organisation: int, method: str, request: Any) -> Any:
        """Call a method of a shard, with a session of this organisation where one is needed."""
        return await self._patient_call(shard, organisation, method, request)

    async def _create(self, shard: Principal, request: dict[str, Any]) -> Receipt:
        return Receipt.model_validate(
            await self._patient_call(shard, request["organisation"], "create_ticket", request)
        )

    async def _at(self, organisation: int, ticket: int, method: str, request: Any) -> Any:
        """Call the shard that holds `ticket`, after looking again when the routing moved."""
        for _ in range(ATTEMPTS):
            shard = await self._directory.route(self.index, ticket)
            try:
                return await self._patient_call(shard, organisation, method, request)
            except Refused as error:
                if error.code != Moved.code:
                    raise
            self._directory.forget_routes()
        raise Unreachable(f"ticket {ticket} keeps moving")

    async def _patient_call(self, shard: Principal, organisation: int, method: str, request: Any) -> Any:
        return await patiently(lambda: self._with_session(self.shard(shard), organisation, method, request))

    async def _with_session(self, shard: Canister, organisation: int, method: str, request: Any) -> Any:
        """Call a shard, opening a session first where it asks for one."""
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
