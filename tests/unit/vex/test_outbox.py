"""Events over all shards of an organisation, acknowledged; clocks of a ticket; zones handed over."""

import asyncio

import pytest

from support.desk import Desk
from support.native_transport import NativeNet
from support.platform import ADMIN, AGENT, CUSTOMER, OPERATOR
from support.service_desk import configure
from vex.canister import Canister
from vex.errors import Refused
from vex.helpdesk import Helpdesk
from vex.interfaces import interface
from vex.models import NewTicket
from vex.outbox import Delivery, acknowledge, events, ticket_clocks
from vex.zones import hand_over_zones

PROMISE = {"policies": [{"id": "all", "targets": {"first_reply": {"minutes": 60}}}]}


def test_events_of_all_shards_are_read_once_they_are_acknowledged(desk: Desk, net: NativeNet) -> None:
    configure(desk, triggers={"outbox": ["created"]}, service_levels=PROMISE)
    customer = Helpdesk(net.caller(CUSTOMER), net.platform.index.id)
    deliverer = Helpdesk(net.caller(ADMIN), net.platform.index.id)
    ticket = NewTicket(organisation=desk.organisation, subject="Screen dark", body="Since noon.")

    async def delivered() -> tuple[list[Delivery], list[Delivery]]:
        for _ in range(9):
            await customer.create_ticket(ticket)
        found = [event async for event in events(deliverer, desk.organisation)]
        for event in found:
            await acknowledge(deliverer, desk.organisation, event)
        return found, [event async for event in events(deliverer, desk.organisation)]

    found, left = asyncio.run(delivered())
    assert (len(found), len({event.shard for event in found})) == (9, 2)
    assert {(event.kind, event.version, event.missed) for event in found} == {("created", 1, 0)}
    assert left == []
    clocks = asyncio.run(ticket_clocks(deliverer, desk.organisation, found[0].ticket))
    assert (clocks["first_reply"].state, clocks["first_reply"].target) == ("running", 3_600)


def test_who_may_not_deliver_sees_no_event(desk: Desk, net: NativeNet) -> None:
    agent = Helpdesk(net.caller(AGENT), net.platform.index.id)

    async def read() -> list[Delivery]:
        return [event async for event in events(agent, desk.organisation)]

    with pytest.raises(Refused) as refused:
        asyncio.run(read())
    assert refused.value.code == 101


def test_zones_are_handed_over_by_an_operator(desk: Desk, net: NativeNet) -> None:
    index = Canister(net.caller(OPERATOR), net.platform.index.id, interface("index"))
    asyncio.run(hand_over_zones(index, ["Europe/Berlin", "Asia/Tokyo"]))
    held = desk.platform.index.query("time_zones")["Ok"]["names"]
    assert held == ["Asia/Tokyo", "Europe/Berlin"]
