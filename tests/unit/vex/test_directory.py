"""The directory asks once, spreads its callers, and asks again when a shard is full."""

import asyncio

import pytest

from support.desk import Desk
from support.native_transport import NativeNet
from support.platform import CUSTOMER, OPERATOR, ok
from vex.canister import Canister
from vex.directory import Directory
from vex.errors import Refused, Unreachable
from vex.interfaces import interface
from vex.models import ShardPlace


def index(net: NativeNet) -> Canister:
    return Canister(net.caller(CUSTOMER), net.platform.index.id, interface("index"))


def test_callers_at_the_same_time_ask_the_index_once(desk: Desk, net: NativeNet) -> None:
    directory = Directory()

    async def all_at_once() -> list[ShardPlace]:
        return await asyncio.gather(*(directory.place(index(net), desk.organisation, n) for n in range(5)))

    places = asyncio.run(all_at_once())
    assert {place.canister for place in places} == {desk.shard.id}
    assert net.count("place") == 1


def test_a_full_shard_is_named_to_the_index_and_what_it_answers_counts(desk: Desk, net: NativeNet) -> None:
    directory = Directory()

    async def twice() -> tuple[ShardPlace, ShardPlace]:
        place = await directory.place(index(net), desk.organisation)
        directory.mark_full(desk.organisation, place)
        directory.mark_full(desk.organisation, place)
        return place, await directory.place(index(net), desk.organisation)

    first, again = asyncio.run(twice())
    assert first == again
    assert net.count("place") == 2


def test_more_full_shards_than_the_index_looks_at_are_no_error(desk: Desk, net: NativeNet) -> None:
    directory = Directory()

    async def placed() -> ShardPlace:
        place = await directory.place(index(net), desk.organisation)
        for number in range(1, 10):
            directory.mark_full(desk.organisation, place.model_copy(update={"shard": number}))
        return await directory.place(index(net), desk.organisation)

    assert asyncio.run(placed()).canister == desk.shard.id


def test_several_open_shards_share_an_organisations_callers(desk: Desk, net: NativeNet) -> None:
    directory = Directory()

    async def spread() -> set[int]:
        place = await directory.place(index(net), desk.organisation)
        second = place.model_copy(update={"shard": 2, "state": "HighWater"})
        full = place.model_copy(update={"shard": 3, "state": "Full"})
        known = directory._placements[desk.organisation]
        directory._placements[desk.organisation] = known.model_copy(update={"shards": [place, second, full]})
        return {(await directory.place(index(net), desk.organisation, n)).shard for n in range(6)}

    assert asyncio.run(spread()) == {1, 2}


def test_an_index_that_names_no_shard_is_unreachable_for_now(desk: Desk, net: NativeNet) -> None:
    placing = net.platform.index.module("index_canister.placing")
    placing.usable_shards = lambda _env, _organisation: []
    with pytest.raises((Unreachable, Refused)):
        asyncio.run(Directory().place(index(net), desk.organisation))


def test_tickets_of_one_range_are_routed_by_one_question(desk: Desk, net: NativeNet) -> None:
    directory = Directory()

    async def routed() -> None:
        for number in range(16):
            assert await directory.route(index(net), desk.ticket + number) == desk.shard.id
        with pytest.raises(Refused) as refused:
            await directory.route(index(net), desk.ticket + 16)
        assert refused.value.code == 300

    asyncio.run(routed())
    assert net.count("route") == 2


def test_several_ranges_stay_apart_and_are_forgotten_together(desk: Desk, net: NativeNet) -> None:
    ok(net.platform.index.update("spawn_shard", net.platform.token(), caller=OPERATOR))
    net.platform.spawned()
    directory = Directory()

    async def routed() -> list[object]:
        found = [await directory.route(index(net), desk.ticket + offset) for offset in (16, 0, 31, 15)]
        directory.forget_routes()
        return [*found, await directory.route(index(net), desk.ticket)]

    second, first, same_second, same_first, again = asyncio.run(routed())
    assert first == same_first == again == desk.shard.id
    assert second == same_second != first
    assert net.count("route") == 3
