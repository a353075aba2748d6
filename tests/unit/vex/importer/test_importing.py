"""An import goes on after any crash, and nothing is there twice."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from icp_identity.identity import Identity

from candid import Principal
from support.desk import Desk as PlatformDesk
from support.native_platform import NativePlatform
from support.native_transport import LOST_REPLY, NativeNet, NativeTransport
from support.platform import OPERATOR, listing, ok
from vex.demo.identities import demo_identity
from vex.deployment import Deployment
from vex.errors import Refused, TooLate
from vex.exports import Desk, DeskComment, DeskPerson, DeskTicket
from vex.importer import Importer, Journal
from vex.importer.importing import goes_through_index, path, slug

WHEN = datetime(2026, 1, 1, tzinfo=UTC)
DAY = 24 * 3600


def people(*roles: str) -> tuple[DeskPerson, ...]:
    return tuple(
        DeskPerson(key=f"{role}@oak.example", name=role, role=role, organisation="Oak")  # type: ignore[arg-type] # a Role
        for role in roles
    )


def desk_ticket(reference: str, *comments: str, status: str = "new", assignee: str | None = None) -> DeskTicket:
    return DeskTicket(
        reference=reference,
        subject=f"About {reference}",
        body="It does not work.",
        requester="customer@oak.example",
        organisation="Oak",
        status=status,  # type: ignore[arg-type] # a Status
        assignee=assignee,
        created_at=WHEN,
        comments=tuple(
            DeskComment(author="agent@oak.example", body=body, internal=body == "note", created_at=WHEN)
            for body in comments
        ),
    )


DESK = Desk(
    organisations=("Oak",),
    people=people("admin", "agent", "customer"),
    tickets=(
        desk_ticket("T-1", "one", "note", status="solved", assignee="agent@oak.example"),
        desk_ticket("T-2"),
        desk_ticket("T-6", "last"),
    ),
)


class Crash(Exception):
    """The importer's process ended here."""


@dataclass
class CrashingNet(NativeNet):
    """Ends the importer at the `crash_at`-th request, before it is sent or after it was carried out."""

    crash_at: int = -1
    after: bool = False
    calls: int = field(default=0)

    def caller(self, principal: Principal | Identity) -> "CrashingTransport":
        if isinstance(principal, Identity):
            principal = Principal(bytes(principal.sender().bytes))
        return CrashingTransport(self, principal)


class CrashingTransport(NativeTransport):
    """One caller of a network that ends the importer."""

    _net: CrashingNet

    def _call(self, kind: str, canister_id: Principal, method: str, arg: bytes) -> bytes:
        net = self._net
        net.calls += 1
        if net.calls == net.crash_at and not net.after:
            raise Crash
        reply = super()._call(kind, canister_id, method, arg)
        if net.calls == net.crash_at:
            raise Crash
        return reply


def importer(net: CrashingNet, journal: Journal) -> Importer:
    platform = net.platform
    deployment = Deployment(index=platform.index.id, users=platform.users.id)
    return Importer(net, deployment, net.caller(OPERATOR), demo_identity, journal, in_flight=2)


def imported(net: CrashingNet, journal: Path, desk: Desk = DESK) -> Importer:
    """Import as a process of its own would; Crash when it ended."""
    opened = Journal(journal)
    running = importer(net, opened)
    try:
        asyncio.run(running.run(desk))
    finally:
        opened.close()
    return running


def outcome(platform: NativePlatform, organisation: int) -> list[Any]:
    """Every ticket of the organisation with its comments, by reference."""
    admin = Principal(bytes(demo_identity("admin@oak.example").sender().bytes))
    found = []
    for place in ok(platform.index.query("shards_of", organisation, caller=admin))["shards"]:
        shard = platform.shard(place["canister"])
        page = ok(shard.query("list_tickets", listing(organisation, limit=50), caller=admin))
        for ticket in page["tickets"]:
            request = {"ticket": ticket["id"], "cursor": None, "limit": None}
            comments = ok(shard.query("list_comments", request, caller=admin))["comments"]
            texts = [(comment["body"], comment["internal"]) for comment in comments]
            found.append((ticket["requester_reference"], ticket["status"], ticket["version"], texts))
    return sorted(found)


WANTED = [
    ("T-1", "solved", 5, [("one", False), ("note", True)]),
    ("T-2", "new", 1, []),
    ("T-6", "new", 2, [("last", False)]),
]


@pytest.fixture
def crashing(desk: PlatformDesk, net: NativeNet) -> CrashingNet:
    assert desk.platform is net.platform
    return CrashingNet(net.platform)


def test_the_small_desk_goes_both_ways_in() -> None:
    assert {goes_through_index(ticket.reference) for ticket in DESK.tickets} == {True, False}


def test_an_import_makes_what_the_export_says_and_a_second_run_nothing(crashing: CrashingNet, tmp_path: Path) -> None:
    first = imported(crashing, tmp_path / "journal")
    assert outcome(crashing.platform, first.organisations["Oak"]) == WANTED
    assert (first.report.tickets, first.report.comments, first.report.updates) == (3, 3, 2)
    writes = {"create_ticket", "add_comment", "update_ticket", "add_people", "create_org"}
    before = [crashing.count(method) for method in writes]
    imported(crashing, tmp_path / "journal")
    assert [crashing.count(method) for method in writes] == before


@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(points=st.lists(st.tuples(st.integers(1, 24), st.booleans()), min_size=1, max_size=3))
def test_an_importer_killed_at_any_request_goes_on(crashing: CrashingNet, points: list[tuple[int, bool]]) -> None:
    name = f"Oak {crashing.calls}"
    desk = renamed(DESK, name)
    with TemporaryDirectory() as folder:
        journal = Path(folder) / "journal"
        for at, after in points:
            crashing.crash_at, crashing.after = crashing.calls + at, after
            ended(lambda: imported(crashing, journal, desk))
        crashing.crash_at = -1
        done = imported(crashing, journal, desk)
    assert outcome(crashing.platform, done.organisations[name]) == WANTED


def ended(run: Callable[[], object]) -> None:
    """Run until it is through or crashes."""
    try:
        run()
    except Crash:
        return


def renamed(desk: Desk, name: str) -> Desk:
    """The same desk as another organisation's."""
    return Desk(
        organisations=(name,),
        people=tuple(person.model_copy(update={"organisation": name}) for person in desk.people),
        tickets=tuple(ticket.model_copy(update={"organisation": name}) for ticket in desk.tickets),
    )


@pytest.mark.parametrize("method", ["create_ticket", "add_comment"])
def test_a_journal_gone_on_with_too_late_says_so_and_doubles_nothing(
    crashing: CrashingNet, tmp_path: Path, method: str
) -> None:
    crashing.next_fails(method, LOST_REPLY, Crash())
    with pytest.raises(Crash):
        imported(crashing, tmp_path / "journal")
    organisation = Journal(tmp_path / "journal").organisations()["Oak"]
    crashing.platform.advance(DAY + 60)
    before = outcome(crashing.platform, organisation)
    with pytest.raises(TooLate, match=r"T-\d was begun at .* look before"):
        imported(crashing, tmp_path / "journal")
    assert outcome(crashing.platform, organisation) == before


def test_what_a_canister_refuses_comes_as_one_error(crashing: CrashingNet, tmp_path: Path) -> None:
    tickets = (desk_ticket("T-1").model_copy(update={"subject": "s" * 151}),)
    with pytest.raises(Refused) as refused:
        imported(crashing, tmp_path / "journal", DESK.model_copy(update={"tickets": tickets}))
    assert refused.value.code == 201


def test_states_are_reached_step_by_step_and_names_become_slugs() -> None:
    assert path("new", "closed") == ["open", "solved", "closed"] or path("new", "closed") == ["solved", "closed"]
    assert path("new", "new") == []
    assert slug("Österreich & Söhne") == "osterreich-sohne"
    assert slug("خدمة").startswith("desk-")
