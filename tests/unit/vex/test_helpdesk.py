"""What a helpdesk promises on a bad network: once, at the right shard, with a session where one is needed."""

import asyncio
from typing import Any

import pytest

from candid import Principal
from support.desk import Desk
from support.native_transport import LOST_REPLY, LOST_REQUEST, NativeNet
from support.platform import AGENT, CUSTOMER, RIVAL, STRANGER, listing, ok
from vex.errors import Refused, Rejected, Unreachable
from vex.helpdesk import Helpdesk, Write
from vex.models import NewTicket, Receipt, TicketChange
from vex.patience import ATTEMPTS
from vex_domain.refusals import Moved, RateLimited, SessionRequired, Unavailable


def helpdesk(net: NativeNet, principal: Principal = CUSTOMER) -> Helpdesk:
    return Helpdesk(net.caller(principal), net.platform.index.id)


def ticket(desk: Desk, **fields: Any) -> NewTicket:
    return NewTicket(organisation=desk.organisation, subject="Screen dark", body="Since noon.", **fields)


def listed(desk: Desk) -> list[int]:
    """All tickets at the first shard."""
    page = ok(desk.shard.query("list_tickets", listing(desk.organisation, limit=50), caller=AGENT))
    return [one["id"] for one in page["tickets"]]


FAULTS = [
    (LOST_REPLY,),
    (LOST_REQUEST,),
    (LOST_REPLY, LOST_REPLY, LOST_REQUEST),
    (RateLimited(1), LOST_REPLY),
    (Unavailable(), LOST_REQUEST, LOST_REPLY),
    (Rejected(2, "the ingress queue is full"), LOST_REPLY),
]


def test_a_ticket_is_created_once_whatever_is_lost(desk: Desk, net: NativeNet) -> None:
    client = helpdesk(net)
    for number, faults in enumerate(FAULTS):
        net.next_fails("create_ticket", *faults)
        create = client.create_ticket if number % 2 else client.create_ticket_at_index
        receipt = asyncio.run(create(ticket(desk)))
        assert (receipt.ticket, len(listed(desk))) == (desk.ticket + number + 1, number + 2)
    assert net.count("create_ticket") == sum(len(faults) + 1 for faults in FAULTS)


def test_a_comment_is_written_once_whatever_is_lost(desk: Desk, net: NativeNet) -> None:
    agent = helpdesk(net, AGENT)

    async def written() -> list[str]:
        for faults in FAULTS:
            net.next_fails("add_comment", *faults)
            await agent.add_comment(desk.organisation, desk.ticket, str(faults))
        return [comment.body async for comment in agent.comments(desk.organisation, desk.ticket)]

    assert asyncio.run(written()) == [str(faults) for faults in FAULTS]


def test_an_update_whose_reply_was_lost_is_no_conflict_with_itself(desk: Desk, net: NativeNet) -> None:
    net.next_fails("update_ticket", LOST_REPLY)
    change = TicketChange(status="open")
    receipt = asyncio.run(helpdesk(net, AGENT).update_ticket(desk.organisation, desk.ticket, 1, change))
    assert receipt.version == 2
    with pytest.raises(Refused) as refused:
        asyncio.run(helpdesk(net, AGENT).update_ticket(desk.organisation, desk.ticket, 1, change))
    assert (refused.value.code, refused.value.detail) == (301, {"current": 2})


def test_a_dead_network_ends_in_unreachable_and_the_same_write_may_be_sent_later(desk: Desk, net: NativeNet) -> None:
    write = Write()
    net.next_fails("create_ticket", LOST_REPLY, *[LOST_REQUEST] * (ATTEMPTS - 1))
    with pytest.raises(Unreachable):
        asyncio.run(helpdesk(net).create_ticket(ticket(desk), write))
    receipt = asyncio.run(helpdesk(net).create_ticket(ticket(desk), write))
    assert listed(desk) == [receipt.ticket, desk.ticket]


async def several(client: Helpdesk, desk: Desk, number: int) -> list[Receipt]:
    return [await client.create_ticket(ticket(desk)) for _ in range(number)]


def test_full_shards_send_tickets_to_the_next_one(desk: Desk, net: NativeNet) -> None:
    client = helpdesk(net)

    async def everything() -> tuple[list[Receipt], list[int]]:
        receipts = await several(client, desk, 50)
        return receipts, [found.id async for found in client.tickets(desk.organisation)]

    receipts, found = asyncio.run(everything())
    assert sorted(found) == sorted([desk.ticket, *(receipt.ticket for receipt in receipts)])
    assert len(set(found)) == 51
    shards = net.platform.shard_infos()
    assert [shard["tickets"] for shard in shards[:6]] == [8] * 6


def test_a_full_shard_whose_answer_is_lost_is_left_as_well(desk: Desk, net: NativeNet) -> None:
    for _ in range(7):
        desk.created(CUSTOMER)
    net.next_fails("create_ticket", LOST_REPLY)
    receipt = asyncio.run(helpdesk(net).create_ticket(ticket(desk)))
    assert receipt.ticket == desk.ticket + 16


def test_the_shard_that_a_journal_remembers_is_tried_first(desk: Desk, net: NativeNet) -> None:
    write, chosen = Write(), []

    async def choose(shard: Principal) -> None:
        chosen.append(shard)

    client = helpdesk(net)
    first = asyncio.run(client.create_ticket(ticket(desk), write, chosen=choose))
    assert chosen == [desk.shard.id]
    assert asyncio.run(client.create_ticket(ticket(desk), write, first=chosen[0], chosen=choose)) == first
    assert chosen == [desk.shard.id]


def test_moved_makes_it_ask_for_the_route_again(desk: Desk, net: NativeNet) -> None:
    net.next_fails("get_ticket", Moved(7), Moved(8))
    found = asyncio.run(helpdesk(net).get_ticket(desk.organisation, desk.ticket))
    assert found.summary.id == desk.ticket
    assert (net.count("route"), net.count("get_ticket")) == (3, 3)


def test_a_ticket_that_keeps_moving_is_unreachable(desk: Desk, net: NativeNet) -> None:
    net.next_fails("get_ticket", *[Moved(7)] * ATTEMPTS)
    with pytest.raises(Unreachable, match="keeps moving"):
        asyncio.run(helpdesk(net).get_ticket(desk.organisation, desk.ticket))


def test_a_session_is_opened_once_where_it_is_required(desk: Desk, net: NativeNet) -> None:
    net.platform.advance(61)
    net.next_fails("get_ticket", SessionRequired())

    async def twice() -> None:
        client = helpdesk(net)
        for _ in range(2):
            await client.get_ticket(desk.organisation, desk.ticket)

    asyncio.run(twice())
    assert net.count("open_session") == 1


def test_a_list_of_shards_comes_by_an_update_when_the_index_cannot_ask_in_a_query(desk: Desk, net: NativeNet) -> None:
    net.next_fails("shards_of", SessionRequired())

    async def ids() -> list[int]:
        return [found.id async for found in helpdesk(net).tickets(desk.organisation)]

    assert asyncio.run(ids()) == [desk.ticket]
    assert net.count("shards_of_replicated") == 1


@pytest.mark.parametrize("principal", [RIVAL, STRANGER])
def test_other_tenants_find_nothing_and_are_told_at_once(desk: Desk, net: NativeNet, principal: Principal) -> None:
    client = helpdesk(net, principal)
    for attempt in (
        client.get_ticket(desk.organisation, desk.ticket),
        client.add_comment(desk.organisation, desk.ticket, "Let me in"),
        client.create_ticket(ticket(desk)),
    ):
        with pytest.raises(Refused) as refused:
            asyncio.run(attempt)
        assert refused.value.code == 300
    assert net.count("add_comment") == net.count("get_ticket") == 1
