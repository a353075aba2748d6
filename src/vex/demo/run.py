"""The demo from the first canister to the last table."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from time import perf_counter

from vex.canister import Canister
from vex.demo.figures import Figures, read_instructions
from vex.demo.identities import demo_identity
from vex.demo.refusals import Trespass, outcome
from vex.demo.screen import Screen
from vex.demo.suitable import admin_of
from vex.deployment import Deployment, Modules, deploy, hand_over_module, index_canister, shards
from vex.exports import Desk
from vex.helpdesk import Helpdesk, Write
from vex.importer import Importer, Journal
from vex.models import Comment, Ticket
from vex.network import Network, default_subnet
from vex.patience import patiently
from vex.reports import desk_report

CAPACITY = 300
"""Tickets for each shard: small, so that the sample fills several."""
UPGRADED = "demo-upgrade"
"""The version that the upgraded shard says it runs: the index upgrades none that runs what it is to run."""


@dataclass(frozen=True, slots=True)
class Plan:
    """What the demo is to do."""

    url: str
    desk: Desk
    modules: Modules
    journal: Path
    in_flight: int


async def run_demo(plan: Plan, screen: Screen) -> tuple[Figures, Deployment]:
    """Deploy, import, trespass, upgrade, count. Raises VexError when something fails that must not."""
    began = perf_counter()
    figures = Figures(in_flight=plan.in_flight)
    async with Network(plan.url) as network:
        operator = network.caller(demo_identity("operator"))
        screen.begin("deploy", 1, "Deploying index, users and the first shard")
        deployment = await deploy(operator, plan.modules, near=await default_subnet(network), capacity=CAPACITY)
        screen.advance("deploy")
        figures.deploy_seconds = perf_counter() - began
        importer = Importer(
            network,
            deployment,
            operator,
            demo_identity,
            Journal(plan.journal),
            in_flight=plan.in_flight,
            progress=screen.advance,
        )
        _bars(screen, plan.desk)
        figures.report = await importer.run(plan.desk)
        figures.instructions = await read_instructions(network)
        index = index_canister(operator, deployment)
        await _trespass(figures, importer, network, deployment, plan)
        figures.shards = await shards(index)
        await hand_over_module(index, plan.modules.shard, UPGRADED)
        await _upgrade(figures, index, importer, plan.desk, screen)
        figures.note_upgrade(await read_instructions(network), await shards(index), UPGRADED)
        figures.tickets_listed = await _listed(importer, plan.desk, screen)
        figures.tickets_counted = await _counted(importer, plan.desk, screen)
        figures.shards = await shards(index)
    figures.seconds = perf_counter() - began
    return figures, deployment


def _bars(screen: Screen, desk: Desk) -> None:
    screen.begin("organisations", len(desk.organisations), "Creating organisations")
    screen.begin("people", len(desk.people), "Inviting people, giving roles")
    screen.begin("tickets", len(desk.tickets), "Creating tickets, spawning shards")
    screen.begin("comments", sum(len(ticket.comments) for ticket in desk.tickets), "Carrying over conversations")


async def _trespass(figures: Figures, importer: Importer, network: Network, deployment: Deployment, plan: Plan) -> None:
    """Try what must be refused, on a ticket that a customer asked where there is one."""
    customers = {person.key for person in plan.desk.people if person.role == "customer"}
    asked = (ticket for ticket in plan.desk.tickets if ticket.requester in customers)
    ticket = next(asked, plan.desk.tickets[0])
    number = importer.ticket(ticket.reference)
    trespass = Trespass(network, deployment, importer, plan.desk)
    figures.outcomes = [await outcome(attempt) for attempt in trespass.attempts(ticket, number)]


async def _upgrade(figures: Figures, index: Canister, importer: Importer, desk: Desk, screen: Screen) -> None:
    """Upgrade the shard of the first ticket; everything about it has to read the same afterwards."""
    screen.begin("upgrade", 1, "Upgrading a shard in use")
    first = desk.tickets[0]
    helpdesk = importer.helpdesk(first.requester)
    organisation, number = importer.organisations[first.organisation], importer.ticket(first.reference)
    before = await _story(helpdesk, organisation, number)
    shard = next(shard for shard in figures.shards if shard.start <= number < shard.start + shard.length)
    began = perf_counter()
    await patiently(lambda: index.call("upgrade_shard", Write().fields(shard=shard.shard)))
    figures.upgrade_seconds = perf_counter() - began
    figures.upgrade_survived = await _story(helpdesk, organisation, number) == before
    screen.advance("upgrade")


async def _story(helpdesk: Helpdesk, organisation: int, number: int) -> tuple[Ticket, list[Comment]]:
    ticket = await helpdesk.get_ticket(organisation, number)
    return ticket, [comment async for comment in helpdesk.comments(organisation, number)]


async def _counted(importer: Importer, desk: Desk, screen: Screen) -> int:
    """Tickets that the organisations' reports count as created today (or yesterday, when midnight has passed)."""
    asking = dict.fromkeys(ticket.organisation for ticket in desk.tickets)
    screen.begin("reports", len(asking), "Reading reports")
    today = datetime.now(UTC).date()
    count = 0
    for name in asking:
        helpdesk = importer.helpdesk(admin_of(desk, name).key)
        report = await desk_report(helpdesk, importer.organisations[name], today - timedelta(days=1), today)
        count += report.total("created")
        screen.advance("reports")
    return count


async def _listed(importer: Importer, desk: Desk, screen: Screen) -> int:
    """Tickets that the organisations' admins see in their lists, over all shards."""
    asking = dict.fromkeys(ticket.organisation for ticket in desk.tickets)
    screen.begin("list", len(asking), "Listing every ticket again")
    count = 0
    for name in asking:
        async for _ in importer.helpdesk(admin_of(desk, name).key).tickets(importer.organisations[name]):
            count += 1
        screen.advance("list")
    return count
