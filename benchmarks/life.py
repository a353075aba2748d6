"""What a ticket's life costs: updating, a bulk of a hundred, editing and redacting a comment, splitting, merging."""

from typing import Any

from benchmarks.figures import Figure, typical
from benchmarks.product import Product, cost_of, deployed, modules, ticket_of
from candid import Principal
from vex.deployment import Modules, shards
from vex.models import TicketChange

REPEATS = 5
BULK = 100
COMMENT = "It still burns, call 555-0199. " * 4

Cost = tuple[int, float]


async def measured_life(built: Modules | None = None, repeats: int = REPEATS) -> list[Figure]:
    """Medians over tickets of their own, in one shard without a configuration."""
    product = await deployed(built or modules(), capacity=2_048)
    await product.helpdesk.create_ticket(ticket_of(product))
    (shard, *_) = await shards(product.index)
    assert shard.canister is not None  # noqa: S101 - it is open
    runs: dict[str, list[Cost]] = {}
    for _ in range(repeats):
        for name, cost in (await _one_life(product, shard.canister)).items():
            runs.setdefault(name, []).append(cost)
    runs["bulk_update_100"] = [await _bulk(product, shard.canister, status) for status in ("open", "pending", "open")]
    runs["merge_tickets"] = [await _merge(product, shard.canister) for _ in range(repeats)]
    notes = {"bulk_update_100": "100 tickets change state", "merge_tickets": "2 comments; index and shard together"}
    return [typical(name, costs, note=notes.get(name, "")) for name, costs in runs.items()]


async def _ticket(product: Product) -> int:
    return (await product.helpdesk.create_ticket(ticket_of(product))).ticket


async def _one_life(product: Product, shard: Principal) -> dict[str, Cost]:
    desk, organisation = product.helpdesk, product.organisation
    ticket = await _ticket(product)
    person = (await desk.shard(shard).call("open_session", organisation))["person"]
    change = desk.update_ticket(organisation, ticket, 1, TicketChange(status="open", follow=[person]))
    costs = {"update_ticket": await cost_of(product, change, shard)}
    await desk.add_comment(organisation, ticket, COMMENT)
    costs["edit_comment"] = await cost_of(product, desk.edit_comment(organisation, ticket, 1, COMMENT + "!"), shard)
    redaction = desk.redact_comment(organisation, ticket, 1, ["555-0199"])
    costs["redact_comment"] = await cost_of(product, redaction, shard)
    split = desk.split_ticket(organisation, ticket, 5, [1], subject="Another one")
    costs["split_ticket"] = await cost_of(product, split, shard)
    return costs


async def _bulk(product: Product, shard: Principal, status: str) -> Cost:
    tickets = [await _ticket(product) for _ in range(BULK)]
    change: Any = product.helpdesk.bulk_update(product.organisation, tickets, TicketChange(status=status))
    return await cost_of(product, change, shard)


async def _merge(product: Product, shard: Principal) -> Cost:
    source, target = await _ticket(product), await _ticket(product)
    for _ in range(2):
        await product.helpdesk.add_comment(product.organisation, source, COMMENT)
    merge = product.helpdesk.relate_tickets("merge", "merged_into", source, target)
    return await cost_of(product, merge, shard, product.deployment.index)
