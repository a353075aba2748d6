"""`python -m benchmarks.training PROFILE`: lets canisters work on a counting runtime, writes which C ran how often.

The runtime is one that `scripts/train_runtime` built and $CANISTER_RUNTIME names.
"""

import asyncio
import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path
from typing import Annotated

import typer

from benchmarks import operations, product
from benchmarks.bench_replica import LocalCaller, MeteredReplica, installed
from benchmarks.counters import Profile, add, profile_between, profile_text
from candid import Principal
from canister_runtime.image.build import build_canister
from canister_runtime.image.wasm import EXPORT, Section, assemble, export_section, exports, sections
from vex.deployment import Modules, shards
from vex.interfaces import read_interface
from vex.models import TicketChange

_QUERY = re.compile("canister_(composite_)?query ")
WEIGHT = 10_000_000
"""Each part counts as if its most frequent block had run this often."""
TICKETS = 300
"""Created in the training; the shard has as many before."""
ENTRIES = 1_000
REPEATS = 40


class TrainingCaller(LocalCaller):
    """Queries are sent as updates, since what a query counts is forgotten with the rest of its memory."""

    async def query(self, canister_id: Principal, method: str, arg: bytes) -> bytes:
        if f"canister_update {method}" in self.instance(canister_id).exports():
            return await self.update(canister_id, method, arg)
        return await super().query(canister_id, method, arg)


def with_queries_as_updates(module: bytes) -> bytes:
    """The module with every query exported as an update."""
    return assemble([_renamed(section) if section.number == EXPORT else section for section in sections(module)])


def _renamed(section: Section) -> Section:
    return export_section(
        [replace(entry, name=_QUERY.sub("canister_update ", entry.name)) for entry in exports(section)]
    )


class Training:
    """Adds up what was counted; each part of the work weighs the same."""

    def __init__(self) -> None:
        self.profile: Profile = {}

    @asynccontextmanager
    async def part(self, caller: LocalCaller, *canisters: Principal) -> AsyncIterator[None]:
        """Count what these canisters do inside."""
        before = [caller.instance(canister).dump().heap for canister in canisters]
        yield
        counted: Profile = {}
        for canister, heap in zip(canisters, before, strict=True):
            add(counted, profile_between(heap, caller.instance(canister).dump().heap))
        most = max(count for counts in counted.values() for count in counts.counters.values())
        add(self.profile, counted, WEIGHT / most)


async def train_on_operations(training: Training) -> None:
    """Calls, records, maps, hashing, awaits."""
    image = build_canister(operations.SOURCE)
    module = with_queries_as_updates(image.module)
    interface = read_interface(image.did)
    caller = TrainingCaller(MeteredReplica())
    bench = await installed(caller, module, interface)
    other = await installed(caller, module, interface)
    await bench.value("fill", 0, ENTRIES)
    there = [2 * (number * 7919 % ENTRIES) for number in range(1, REPEATS + 1)]
    calls: dict[str, list[tuple[object, ...]]] = {
        "noop_update": [()] * REPEATS,
        "record_echo": [(operations.TICKET,)] * REPEATS,
        "map_get": [(key,) for key in there],
        "map_insert": [(key + number % 2,) for number, key in enumerate(there)],
        "map_remove": [(key + number % 2,) for number, key in enumerate(there)],
        "sha256_1k": [(bytes(1024),)] * REPEATS,
        "await_call": [(other.canister_id,)] * REPEATS,
    }
    for method, arguments in calls.items():
        async with training.part(caller, bench.canister_id):
            for argument in arguments:
                await bench.value(method, *argument)


async def train_on_product(training: Training) -> None:
    """Tickets at a shard, then by way of the index."""
    built = product.modules()
    trained = Modules(*map(with_queries_as_updates, (built.index, built.shard, built.users)))
    desk = await product.deployed(trained, capacity=4096, caller=TrainingCaller)
    for _ in range(TICKETS):
        await desk.helpdesk.create_ticket(product.ticket_of(desk))
    (shard, *_) = await shards(desk.index)
    assert shard.canister is not None  # noqa: S101 - it is open
    index = desk.deployment.index
    tickets = [shard.start + number * 7919 % TICKETS for number in range(1, REPEATS + 1)]
    endpoints = desk.helpdesk.shard(shard.canister)
    async with training.part(desk.agent, shard.canister):
        for _ in range(TICKETS):
            await product.created(desk, shard.canister)
    async with training.part(desk.agent, shard.canister):
        for ticket in tickets:
            await desk.helpdesk.add_comment(desk.organisation, ticket, "y" * product.COMMENT_CHARACTERS)
    async with training.part(desk.agent, shard.canister):
        for ticket in tickets:
            await endpoints.call("get_ticket", ticket)
        await endpoints.call("list_tickets", product.list_request(desk))
    async with training.part(desk.agent, shard.canister):
        for number in range(shard.start, shard.start + REPEATS):
            ticket = number + TICKETS  # no comment changed its version
            await desk.helpdesk.update_ticket(desk.organisation, ticket, 1, TicketChange(priority="high", tags=["vip"]))
    async with training.part(desk.agent, index, desk.deployment.users):
        for _ in tickets:
            await desk.helpdesk.create_ticket_at_index(product.ticket_of(desk))


async def trained() -> Profile:
    """The profile of all parts."""
    training = Training()
    await train_on_operations(training)
    await train_on_product(training)
    return training.profile


def run(profile: Annotated[Path, typer.Argument(help="Where the profile goes, as text for llvm-profdata.")]) -> None:
    """Train, write the profile."""
    with profile.open("w", encoding="utf-8") as file:
        file.writelines(profile_text(asyncio.run(trained())))


if __name__ == "__main__":
    typer.run(run)
