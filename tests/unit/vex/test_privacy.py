"""The SDK exports and erases a person over all shards of an organisation."""

import asyncio

from support.desk import Desk
from support.native_transport import LOST_REPLY, NativeNet
from support.platform import ADMIN, CUSTOMER, ok
from vex.helpdesk import Helpdesk
from vex.privacy import ExportedItem, Privacy


def test_a_person_is_exported_and_erased_once_whatever_is_lost(desk: Desk, net: NativeNet) -> None:
    for _ in range(3):
        ok(desk.shard.update("add_comment", desk.platform.comment(desk.ticket), caller=CUSTOMER))
    admin = Privacy(Helpdesk(net.caller(ADMIN), net.platform.index.id), desk.organisation)
    person = desk.people["customer"]

    async def exported() -> list[ExportedItem]:
        return [item async for item in admin.export(person)]

    kinds = [item.kind for item in asyncio.run(exported())]
    assert (kinds.count("ticket"), kinds.count("comment"), kinds.count("event")) == (1, 3, 4)
    net.next_fails("erase_person", LOST_REPLY)
    assert asyncio.run(admin.erase(person)) == 1
    desk.platform.advance(30)
    (orders,) = asyncio.run(admin.progress()).values()
    assert [(order.number, order.kind, order.tickets) for order in orders] == [(1, "erase", 1)]
    assert orders[0].done_at is not None
    assert {item.body for item in asyncio.run(exported()) if item.kind in ("ticket", "comment")} == {""}
