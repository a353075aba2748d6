"""What the product's endpoints cost in a shard of 20,000 tickets, and what a ticket takes of heap and stable memory."""

import asyncio
from collections.abc import Awaitable
from dataclasses import dataclass
from pathlib import Path
from statistics import mean
from time import perf_counter
from typing import Any

from benchmarks.bench_replica import LocalCaller, MeteredReplica
from benchmarks.figures import Figure, typical
from candid import Principal
from canister_runtime.image.build import build_canister
from local_replica.execution.port import Instance
from vex.canister import Canister
from vex.deployment import Deployment, Modules, deploy, hand_over_module, index_canister, shards
from vex.helpdesk import Helpdesk, Write
from vex.models import NewTicket
from vex.patience import patiently

CANISTERS = Path(__file__).parents[1] / "canisters"
TICKETS = 20_000
SAMPLES = 200
READS = 20
HEAP_PAGE = 4096
_ZEROS = bytes(HEAP_PAGE)
BODY_CHARACTERS = 416
COMMENT_CHARACTERS = 120
TAGS = ["billing", "login", "vip", "api", "crash"]
OPERATOR, AGENT = Principal(b"\x01" * 28 + b"\x02"), Principal(b"\x03" * 28 + b"\x02")


@dataclass(slots=True)
class Product:
    """A deployed platform with one organisation and one agent who is also its admin."""

    operator: LocalCaller
    agent: LocalCaller
    deployment: Deployment
    organisation: int
    helpdesk: Helpdesk

    @property
    def index(self) -> Canister:
        return index_canister(self.operator, self.deployment)


def modules() -> Modules:
    """The three modules as they are in the checkout."""
    return Modules(*(build_canister(CANISTERS / name).module for name in ("index", "shard", "users")))


async def deployed(built: Modules, capacity: int, caller: type[LocalCaller] = LocalCaller) -> Product:
    """A fresh platform; `capacity` in tickets for each shard."""
    replica = MeteredReplica()
    operator, agent = caller(replica, OPERATOR), caller(replica, AGENT)
    near = Principal(replica.default_effective_canister_id())
    deployment = await deploy(operator, built, near=near, capacity=capacity)
    index = index_canister(operator, deployment)
    request = Write().fields(name="Bench", slug="bench", admin=AGENT)
    organisation = await patiently(lambda: index.call("create_org", request))
    return Product(operator, agent, deployment, organisation, Helpdesk(agent, deployment.index))


async def measured_product(built: Modules, tickets: int = TICKETS, samples: int = SAMPLES) -> list[Figure]:
    """Costs at 20,000 tickets: 416-character body, 5 tags, warm grants, the certified head set in the same message."""
    product = await deployed(built, capacity=tickets + 4 * samples)
    sizes = [await _filled(product, count) for count in (tickets // 2, tickets)]
    shard = (await shards(product.index))[0]
    assert shard.canister is not None  # noqa: S101 - it is open
    heap, stable = ((after - before) // (tickets - tickets // 2) for before, after in zip(*sizes, strict=True))
    direct = [await created(product, shard.canister) for _ in range(samples)]
    facade = [await _create_at_index(product, shard.canister) for _ in range(samples)]
    growth = f"growth from {tickets // 2:,} to {tickets:,} tickets"
    return [
        typical("create_ticket_direct", direct, note=f"{tickets:,} tickets"),
        typical("create_ticket_facade", facade, note="index and shard together"),
        await _reads("get_ticket", product, shard.canister, _spread(shard.start, tickets)),
        await _reads("list_tickets", product, shard.canister, [list_request(product)] * READS),
        await _comments(product, shard.canister, _spread(shard.start, tickets)),
        Figure("ticket_heap", bytes=heap, note=f"{growth}; heap pages of 4 KiB that are not all zero"),
        Figure("ticket_stable", bytes=stable, note=growth),
        await _upgrade(product, shard.canister, built, shard.shard),
    ]


def _spread(start: int, tickets: int) -> list[int]:
    """Ids all over the shard, in no order."""
    return [start + number * 7919 % tickets for number in range(1, READS + 1)]


def _used_bytes(instance: Instance) -> int:
    """Bytes of heap pages that hold something.

    The size of the wasm memory says nothing: it grows in steps and ahead. Free memory of the image is zero, so a page
    that is not has been used; what was freed since counts as used.
    """
    heap = memoryview(instance.dump().heap)
    return sum(HEAP_PAGE for at in range(0, len(heap), HEAP_PAGE) if heap[at : at + HEAP_PAGE] != _ZEROS)


def ticket_of(product: Product) -> NewTicket:
    """The ticket of all measurements."""
    return NewTicket(
        organisation=product.organisation,
        subject="Cannot sign in",
        body="x" * BODY_CHARACTERS,
        tags=TAGS,
        channel="bench",
    )


async def _filled(product: Product, count: int) -> tuple[int, int]:
    """Create tickets until there are `count`; the shard's heap and stable memory in bytes."""
    shard = (await shards(product.index))[0]
    assert shard.canister is not None  # noqa: S101 - it is open
    have = (await product.helpdesk.shard(shard.canister).call("shard_status"))["tickets"]
    for _ in range(have, count):
        await product.helpdesk.create_ticket(ticket_of(product))
    instance = product.operator.instance(shard.canister)
    return _used_bytes(instance), instance.stable_bytes()


async def created(product: Product, shard: Principal) -> tuple[int, float]:
    """Create a ticket at the shard; its instructions and milliseconds."""
    create = product.helpdesk.create_ticket(ticket_of(product), first=shard)
    return await cost_of(product, create, shard)


async def _create_at_index(product: Product, shard: Principal) -> tuple[int, float]:
    create = product.helpdesk.create_ticket_at_index(ticket_of(product))
    return await cost_of(product, create, product.deployment.index, shard)


async def cost_of(product: Product, call: Awaitable[object], *canisters: Principal) -> tuple[int, float]:
    """Instructions on these canisters, and milliseconds of the last message."""
    before = product.agent.spent(*canisters)
    await call
    return product.agent.spent(*canisters) - before, product.agent.last_ms


async def _reads(method: str, product: Product, shard: Principal, arguments: list[Any]) -> Figure:
    calls = [product.helpdesk.shard(shard).call(method, argument) for argument in arguments]
    runs = [await cost_of(product, call, shard) for call in calls]
    return typical(method, runs, note="50 tickets" if method == "list_tickets" else "with proof")


def list_request(product: Product) -> dict[str, object]:
    names = ("status", "assignee", "requester", "team", "cursor")
    return {"organisation": product.organisation, "limit": 50, **dict.fromkeys(names)}


async def _comments(product: Product, shard: Principal, tickets: list[int]) -> Figure:
    calls = [product.helpdesk.add_comment(product.organisation, ticket, "y" * COMMENT_CHARACTERS) for ticket in tickets]
    runs = [await cost_of(product, call, shard) for call in calls]
    return typical("add_comment", runs, note=f"{COMMENT_CHARACTERS} characters, tickets all over the shard")


async def _upgrade(product: Product, shard: Principal, built: Modules, number: int) -> Figure:
    """Upgrade the full shard through the index, to the same module under another version: what post_upgrade takes."""
    tickets = (await product.helpdesk.shard(shard).call("shard_status"))["tickets"]
    await hand_over_module(product.index, built.shard, "bench-2")
    request = Write().fields(shard=number)
    began = perf_counter()
    await patiently(lambda: product.index.call("upgrade_shard", request))
    ms = round((perf_counter() - began) * 1000, 1)
    cost = product.agent.replica.meter.costs[shard.bytes, "post_upgrade"]
    return Figure("upgrade_full", instructions=cost.last, ms=ms, note=f"{tickets:,} tickets")


async def measured_growth(built: Modules, shard_count: int = 16, capacity: int = 64) -> list[Figure]:
    """Installs of the first and the tenth shard; what create_ticket takes with 1 and with 16 shards."""
    product = await deployed(built, capacity=capacity)
    began = perf_counter()
    costs: dict[int, float] = {}
    while len(known := await shards(product.index)) < shard_count:
        runs = [await _timed_create(product) for _ in range(capacity // 2)]
        costs[len(known)] = mean(runs)
        await asyncio.sleep(0)
    spawns = [(shard.spawn_finished - shard.spawn_started) / 1e6 for shard in known if shard.spawn_finished]
    first, last = costs[min(costs)], costs[max(costs)]
    return [
        Figure("install_first", ms=round(spawns[0], 1), note="spawn saga of the first shard"),
        Figure("install_tenth", ms=round(spawns[9], 1), note="spawn saga of the tenth shard"),
        Figure(
            "growth_16",
            ms=round((perf_counter() - began) * 1000),
            note=f"create_ticket {first:.1f} ms with few shards, {last:.1f} ms with {shard_count}",
        ),
    ]


async def _timed_create(product: Product) -> float:
    began = perf_counter()
    await product.helpdesk.create_ticket(ticket_of(product))
    return (perf_counter() - began) * 1000
