"""The import itself: who is created first, what may run at the same time, what is counted."""

import asyncio
import hashlib
import re
import unicodedata
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from time import perf_counter
from typing import Protocol, TypeVar
from zlib import crc32

from icp_identity.identity import Identity

from candid import Principal
from vex.canister import Canister, Transport
from vex.deployment import Deployment, index_canister, users_canister
from vex.directory import Directory
from vex.errors import Refused, TooLate
from vex.exports import Desk, DeskPerson, DeskTicket
from vex.helpdesk import Helpdesk
from vex.importer.journal import Entry, Journal
from vex.models import NewPerson, NewTicket, Receipt, TicketChange
from vex.patience import patiently
from vex_domain.refusals import TooOld
from vex_domain.workflow.ready_workflows import DEFAULT
from vex_domain.workflow.workflow_reading import compile_life

__all__ = ["ImportReport", "Importer"]

PEOPLE_PER_CALL = 50
FACADE_EVERY = 4
"""Every fourth ticket or so goes through the index, as a dapp's would."""
Progress = Callable[[str, int], None]
"""Told what was done and how many: "organisations", "people", "tickets", "comments"."""
T = TypeVar("T")


class Callers(Protocol):
    """A network on which the import can speak for everybody (`vex.network.Network`)."""

    def caller(self, identity: Identity, /) -> Transport: ...


@dataclass(slots=True)
class ImportReport:
    """What an import did; `create_ms` are the durations of the single creations in milliseconds."""

    organisations: int = 0
    people: int = 0
    tickets: int = 0
    through_index: int = 0
    comments: int = 0
    updates: int = 0
    skipped_attachments: int = 0
    seconds: float = 0
    create_ms: list[float] = field(default_factory=list)


class Importer:
    """Imports a desk with `in_flight` tickets at a time; `identities` gives each person's key by their address."""

    def __init__(
        self,
        network: Callers,
        deployment: Deployment,
        operator: Transport,
        identities: Callable[[str], Identity],
        journal: Journal,
        *,
        in_flight: int = 24,
        progress: Progress = lambda _kind, _count: None,
    ) -> None:
        self._network = network
        self._deployment = deployment
        self._index = index_canister(operator, deployment)
        self._identities = identities
        self._journal = journal
        self._in_flight = in_flight
        self._progress = progress
        self._directory = Directory()
        self._helpdesks: dict[str, Helpdesk] = {}
        self.people: dict[str, int] = {}
        """Ids that users gave, by address."""
        self.organisations: dict[str, int] = {}
        """Ids that the index gave, by name."""
        self.report = ImportReport()

    async def run(self, desk: Desk) -> ImportReport:
        """Import everything that the journal does not know as done. Raises VexError; run again to go on.

        Raises TooLate when a journal is gone on with after the 24 hours that the canisters remember tokens.
        """
        began = perf_counter()
        self.people = self._journal.people()
        self.organisations = self._journal.organisations()
        for name in desk.organisations:
            await self._organisation(name, [person for person in desk.people if person.organisation == name])
        await self._tickets(desk.tickets)
        self.report.seconds = perf_counter() - began
        return self.report

    def helpdesk(self, key: str) -> Helpdesk:
        """The helpdesk as the person sees it."""
        if key not in self._helpdesks:
            caller = self._network.caller(self._identities(key))
            helpdesk = Helpdesk(caller, self._deployment.index, self._directory, spread=len(self._helpdesks))
            self._helpdesks[key] = helpdesk
        return self._helpdesks[key]

    def ticket(self, reference: str) -> int:
        """The id of an imported ticket. Raises KeyError before it has one."""
        number = self._journal.entry(reference).ticket
        if number is None:
            raise KeyError(reference)
        return number

    async def _organisation(self, name: str, members: list[DeskPerson]) -> None:
        admin = next((person for person in members if person.role == "admin"), None)
        if name not in self.organisations:
            principal = None if admin is None else self.helpdesk(admin.key).principal
            request = self._journal.write(f"organisation {name}").fields(name=name, slug=slug(name), admin=principal)
            self.organisations[name] = await patiently(lambda: self._index.call("create_org", request))
            self._journal.created_organisation(name, self.organisations[name])
        self.report.organisations += 1
        self._progress("organisations", 1)
        if admin is not None:
            await self._people(self.organisations[name], admin, members)

    async def _people(self, organisation: int, admin: DeskPerson, members: list[DeskPerson]) -> None:
        waiting = [person for person in members if person.key not in self.people]
        users = users_canister(self.helpdesk(admin.key).transport, self._deployment)
        for group in slices(waiting, PEOPLE_PER_CALL):
            self.people.update(await self._add_people(users, organisation, group))
        self.report.people += len(members)
        self._progress("people", len(members))

    async def _add_people(self, users: Canister, organisation: int, group: list[DeskPerson]) -> dict[str, int]:
        people = [self._new_person(person).model_dump() for person in group]
        write = self._journal.write(f"people of {organisation} from {group[0].key}")
        request = write.fields(organisation=organisation, people=people)
        answer = await patiently(lambda: users.call("add_people", request))
        ids = dict(zip((person.key for person in group), answer["ids"], strict=True))
        self._journal.registered(ids)
        return ids

    def _new_person(self, person: DeskPerson) -> NewPerson:
        identity = self.helpdesk(person.key).principal
        return NewPerson(identity=identity, name=person.name, email=person.key, roles=[person.role])

    async def _tickets(self, tickets: Iterable[DeskTicket]) -> None:
        waiting = iter(tickets)

        async def worker() -> None:
            for ticket in waiting:
                await self._ticket(ticket)

        try:
            async with asyncio.TaskGroup() as group:
                for _ in range(self._in_flight):
                    group.create_task(worker())
        except ExceptionGroup as failures:
            raise failures.exceptions[0] from failures

    async def _ticket(self, ticket: DeskTicket) -> None:
        self.report.skipped_attachments += ticket.attachment_count
        entry = self._journal.entry(ticket.reference)
        with _in_time(entry):
            await self._imported(entry, ticket)

    async def _imported(self, entry: Entry, ticket: DeskTicket) -> None:
        if entry.ticket is None:
            entry = await self._create(entry, ticket, through_index=goes_through_index(ticket.reference))
        self.report.tickets += 1
        self._progress("tickets", 1)
        for step in range(entry.steps, len(ticket.comments)):
            entry = await self._comment(entry, ticket, step)
        await self._settle(entry, ticket)

    async def _create(self, entry: Entry, ticket: DeskTicket, *, through_index: bool) -> Entry:
        desk = self.helpdesk(ticket.requester)
        new = self._new_ticket(ticket)
        began = perf_counter()
        if through_index:
            receipt = await desk.create_ticket_at_index(new, entry.write())
            self.report.through_index += 1
        else:

            async def chosen(shard: Principal) -> None:
                self._journal.chose(entry.reference, shard)

            receipt = await desk.create_ticket(new, entry.write(), first=entry.shard, chosen=chosen)
        self.report.create_ms.append((perf_counter() - began) * 1000)
        return self._advanced(entry, receipt, 0)

    def _new_ticket(self, ticket: DeskTicket) -> NewTicket:
        return NewTicket(
            organisation=self.organisations[ticket.organisation],
            subject=ticket.subject,
            body=ticket.body,
            priority=ticket.priority,
            tags=list(ticket.tags),
            requester_reference=ticket.reference,
            channel="import",
        )

    async def _comment(self, entry: Entry, ticket: DeskTicket, step: int) -> Entry:
        comment = ticket.comments[step]
        assert entry.ticket is not None  # noqa: S101 - created before its comments
        receipt = await self.helpdesk(comment.author).add_comment(
            self.organisations[ticket.organisation],
            entry.ticket,
            comment.body,
            internal=comment.internal,
            write=entry.write(step + 1),
        )
        self.report.comments += 1
        self._progress("comments", 1)
        return self._advanced(entry, receipt, step + 1)

    async def _settle(self, entry: Entry, ticket: DeskTicket) -> None:
        """Give the ticket the assignee and status of the export, as its assignee does it, state by state."""
        if ticket.assignee is None or entry.ticket is None:
            return
        changes = [TicketChange(assignee=self.people[ticket.assignee])]
        changes += [TicketChange(status=status) for status in path("new", ticket.status)]
        done = len(ticket.comments)
        for step, change in enumerate(changes, done + 1):
            if step > entry.steps:
                entry = await self._update(entry, ticket, change, step)

    async def _update(self, entry: Entry, ticket: DeskTicket, change: TicketChange, step: int) -> Entry:
        assert entry.ticket is not None  # noqa: S101 - created before it is changed
        assert ticket.assignee is not None  # noqa: S101 - who changes it
        receipt = await self.helpdesk(ticket.assignee).update_ticket(
            self.organisations[ticket.organisation], entry.ticket, entry.version, change, entry.write(step)
        )
        self.report.updates += 1
        return self._advanced(entry, receipt, step)

    def _advanced(self, entry: Entry, receipt: Receipt, steps: int) -> Entry:
        self._journal.done(entry.reference, ticket=receipt.ticket, version=receipt.version, steps=steps)
        return replace(entry, ticket=receipt.ticket, version=receipt.version, steps=steps)


@contextmanager
def _in_time(entry: Entry) -> Iterator[None]:
    try:
        yield
    except Refused as error:
        if error.code != TooOld.code:
            raise
        began = datetime.fromtimestamp(entry.created_at / 10**9, UTC).isoformat(timespec="minutes")
        known = "was perhaps created" if entry.ticket is None else f"is ticket {entry.ticket}, step {entry.steps} done"
        raise TooLate(
            f"{entry.reference} was begun at {began}, more than 24 h ago, and {known}: look before you send it again"
        ) from error


def goes_through_index(reference: str) -> bool:
    """Which way in a ticket takes, whatever its place in the export: its token is known on that way only."""
    return crc32(reference.encode()) % FACADE_EVERY == 0


def path(old: str, new: str) -> list[str]:
    """The states to go through from `old` to `new`, by the shortest way that the support workflow allows."""
    workflow = compile_life(DEFAULT).workflows["support"]
    ways = {old: list[str]()}
    waiting = [old]
    for state in waiting:
        for following in workflow.targets(state):
            if following not in ways:
                ways[following] = [*ways[state], following]
                waiting.append(following)
    return ways[new]


def slug(name: str) -> str:
    """A short name of letters, digits and hyphens; one without any Latin letter gets a digest."""
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode().lower()
    words = "-".join(re.findall(r"[a-z0-9]+", plain))
    return words or "desk-" + hashlib.sha256(name.encode()).hexdigest()[:8]


def slices(items: list[T], size: int) -> Iterator[list[T]]:
    """The items in lists of at most `size`."""
    for start in range(0, len(items), size):
        yield items[start : start + size]
