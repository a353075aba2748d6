"""Shows roles refusing what they must: each attempt names who tries, what, and the number it has to be refused with."""

from collections.abc import Awaitable, Callable, Iterator
from dataclasses import dataclass
from functools import partial
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
        """The attempts on `ticket`, whose id is `number`, by whom this desk has."""
        organisation = self._importer.organisations[ticket.organisation]
        return [
            *self._by_outsiders(ticket, organisation, number),
            *self._by_agents(ticket, organisation, number),
            *self._by_requester(ticket, organisation, number),
        ]

    def _by_outsiders(self, ticket: DeskTicket, organisation: int, number: int) -> Iterator[Attempt]:
        new = _ticket(organisation)
        yield Attempt("nobody", "creates a ticket", AnonymousCaller.code, lambda: self._anonymous_create(number, new))
        others = [name for name in self._desk.organisations if name != ticket.organisation]
        strangers = {
            "an agent of another organisation": self._helpdesk(others, "agent"),
            "another customer": self._helpdesk([ticket.organisation], "customer", besides=ticket.requester),
        }
        for who, stranger in strangers.items():
            if stranger is not None:
                attempt = partial(stranger.get_ticket, organisation, number)
                yield Attempt(who, "reads the ticket", NotFound.code, attempt)

    def _by_agents(self, ticket: DeskTicket, organisation: int, number: int) -> Iterator[Attempt]:
        agent = self._helpdesk([ticket.organisation], "agent")
        if agent is None:
            return
        change = partial(agent.update_ticket, organisation, number, 0, TicketChange(status="open"))
        yield Attempt("an agent", "changes an old version", Conflict.code, change)
        yield Attempt("an agent", "uses a token twice", TokenReused.code, partial(_reuse, agent, organisation, number))

    def _by_requester(self, ticket: DeskTicket, organisation: int, number: int) -> Iterator[Attempt]:
        new = _ticket(organisation)
        requester = self._importer.helpdesk(ticket.requester)
        late, early = Write(created_at=1), Write(created_at=Write().created_at + 3600 * 10**9)
        note = partial(requester.add_comment, organisation, number, "psst", internal=True)
        essay = partial(requester.add_comment, organisation, number, "x" * 1_000_000)
        if any((person.key, person.role) == (ticket.requester, "customer") for person in self._desk.people):
            yield Attempt("its requester", "writes an internal note", Forbidden.code, note)
        yield Attempt(
            "its requester", "sends a request of 1970", TooOld.code, partial(requester.create_ticket, new, late)
        )
        yield Attempt(
            "its requester", "sends a request of tomorrow", InFuture.code, partial(requester.create_ticket, new, early)
        )
        yield Attempt("its requester", "writes a million characters", TooLarge.code, essay)

    async def _anonymous_create(self, number: int, new: NewTicket) -> Any:
        route = await self._anonymous.index.call("route", {"ticket": number, "epoch": None})
        shard: Principal = route["place"]["canister"]
        return await self._anonymous.create_ticket(new, first=shard)

    def _helpdesk(self, organisations: list[str], role: str, besides: str = "") -> Helpdesk | None:
        people = (person for person in self._desk.people if person.organisation in organisations)
        keys = (person.key for person in people if person.role == role and person.key != besides)
        key = next(keys, None)
        return None if key is None else self._importer.helpdesk(key)


def _ticket(organisation: int) -> NewTicket:
    return NewTicket(organisation=organisation, subject="Demo", body="Not meant to be", channel="demo")


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
