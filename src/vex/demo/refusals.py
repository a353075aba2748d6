"""Shows roles refusing what they must: each attempt names who tries, what, and the number it has to be refused with."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any

from icp_identity.identity import Identity

from candid import Principal
from vex.deployment import Deployment
from vex.errors import Refused
from vex.exports import Desk, DeskTicket
from vex.helpdesk import Helpdesk, Write
from vex.importer import Importer
from vex.models import NewTicket, TicketChange
from vex.network import Network
from vex_domain.refusals import AnonymousCaller, Conflict, Forbidden, InFuture, NotFound, TokenReused, TooLarge, TooOld


@dataclass(frozen=True, slots=True)
class Attempt:
    """What somebody tries, and the refusal that it has to meet."""

    who: str
    what: str
    expected: int
    attempt: Callable[[], Awaitable[Any]]


@dataclass(frozen=True, slots=True)
class Outcome:
    """How an attempt went; `code` is None when nothing refused it."""

    who: str
    what: str
    code: int | None
    message: str
    as_expected: bool


class Trespass:
    """Attempts on one ticket of the imported desk."""

    def __init__(self, network: Network, deployment: Deployment, importer: Importer, desk: Desk) -> None:
        self._importer = importer
        self._desk = desk
        self._anonymous = Helpdesk(network.caller(Identity(anonymous=True)), deployment.index)

    def attempts(self, ticket: DeskTicket, number: int) -> list[Attempt]:
        """The attempts on `ticket`, whose id is `number`."""
        organisation = self._importer.organisations[ticket.organisation]
        other = next(name for name in self._desk.organisations if name != ticket.organisation)
        stranger = self._helpdesk(other, "agent")
        neighbour = self._helpdesk(ticket.organisation, "customer", besides=ticket.requester)
        requester = self._importer.helpdesk(ticket.requester)
        agent = self._helpdesk(ticket.organisation, "agent")
        new = NewTicket(organisation=organisation, subject="Demo", body="Not meant to be", channel="demo")
        late, early = Write(created_at=1), Write(created_at=Write().created_at + 3600 * 10**9)
        change = TicketChange(status="open")
        return [
            Attempt("nobody", "creates a ticket", AnonymousCaller.code, lambda: self._anonymous_create(number, new)),
            Attempt(
                "an agent of another organisation",
                "reads the ticket",
                NotFound.code,
                lambda: stranger.get_ticket(organisation, number),
            ),
            Attempt(
                "another customer",
                "reads the ticket",
                NotFound.code,
                lambda: neighbour.get_ticket(organisation, number),
            ),
            Attempt(
                "its requester",
                "writes an internal note",
                Forbidden.code,
                lambda: requester.add_comment(organisation, number, "psst", internal=True),
            ),
            Attempt(
                "an agent",
                "changes an old version",
                Conflict.code,
                lambda: agent.update_ticket(organisation, number, 0, change),
            ),
            Attempt("an agent", "uses a token twice", TokenReused.code, lambda: _reuse(agent, organisation, number)),
            Attempt("a customer", "sends a request of 1970", TooOld.code, lambda: requester.create_ticket(new, late)),
            Attempt(
                "a customer", "sends a request of tomorrow", InFuture.code, lambda: requester.create_ticket(new, early)
            ),
            Attempt(
                "a customer",
                "writes a million characters",
                TooLarge.code,
                lambda: requester.add_comment(organisation, number, "x" * 1_000_000),
            ),
        ]

    async def _anonymous_create(self, number: int, new: NewTicket) -> Any:
        route = await self._anonymous.index.call("route", {"ticket": number, "epoch": None})
        shard: Principal = route["place"]["canister"]
        return await self._anonymous.create_ticket(new, first=shard)

    def _helpdesk(self, organisation: str, role: str, besides: str = "") -> Helpdesk:
        key = next(
            person.key
            for person in self._desk.people
            if (person.organisation, person.role) == (organisation, role) and person.key != besides
        )
        return self._importer.helpdesk(key)


async def _reuse(desk: Helpdesk, organisation: int, ticket: int) -> Any:
    write = Write()
    await desk.add_comment(organisation, ticket, "Said once", internal=True, write=write)
    return await desk.add_comment(organisation, ticket, "Said otherwise", internal=True, write=write)


async def outcome(attempt: Attempt) -> Outcome:
    """Try it. Raises only what is no refusal."""
    try:
        await attempt.attempt()
    except Refused as refused:
        fits = refused.code == attempt.expected
        return Outcome(attempt.who, attempt.what, refused.code, refused.message, fits)
    return Outcome(attempt.who, attempt.what, None, "was allowed", as_expected=False)
