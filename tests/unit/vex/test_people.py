"""The SDK's people: codes that never reach the canister, the same person by every principal, keys that end."""

import asyncio
from datetime import timedelta

import pytest

import candid
from support.desk import Desk
from support.native_transport import LOST_REPLY, NativeNet
from support.platform import ADMIN, AGENT, CUSTOMER, STRANGER, person
from vex.canister import Canister
from vex.errors import Refused
from vex.interfaces import interface
from vex.people import People

ROBOT = person(950)


def people(net: NativeNet, caller: candid.Principal) -> People:
    return People(Canister(net.caller(caller), net.platform.users.id, interface("users")))


def test_an_invited_person_is_a_member_though_a_reply_was_lost(desk: Desk, net: NativeNet) -> None:
    async def invited() -> None:
        code = await people(net, ADMIN).invite(desk.organisation, ["agent"], email="new@acme.example")
        net.next_fails("accept_invitation", LOST_REPLY)
        membership = await people(net, STRANGER).accept(code, "New")
        assert membership.roles == ["agent"]
        names = [member["name"] async for member in people(net, ADMIN).members(desk.organisation)]
        assert names[-1] == "New"
        assert net.count("accept_invitation") == 2
        with pytest.raises(Refused) as refused:
            await people(net, person(951)).accept(code, "Other")
        assert refused.value.code == 106

    asyncio.run(invited())


def test_principals_are_linked_unlinked_and_recovered(desk: Desk, net: NativeNet) -> None:
    async def linked() -> None:
        mine, new = people(net, CUSTOMER), people(net, STRANGER)
        assert await new.confirm(await mine.link("phone")) == desk.people["customer"]
        assert [known.identity for known in await new.identities()] == [CUSTOMER, STRANGER]
        await new.confirm(await mine.unlink(STRANGER))
        assert [known.label for known in await mine.identities()] == ["first"]
        code = await people(net, ADMIN).recover(desk.organisation, desk.people["agent"], "new")
        assert await people(net, AGENT).cancel()
        with pytest.raises(Refused) as refused:
            await new.confirm(code)
        assert refused.value.code == 104

    asyncio.run(linked())


def test_a_service_account_gets_a_key_and_loses_it(desk: Desk, net: NativeNet) -> None:
    async def keyed() -> None:
        admin, robot = people(net, ADMIN), people(net, ROBOT)
        account = await admin.service_account(desk.organisation, "Importer", ["agent"])
        life = timedelta(days=30)
        code = await admin.api_key(
            desk.organisation, account, ["ticket.create"], label="ci", life=life, updates_per_minute=60
        )
        assert await robot.confirm(code) == account
        (key,) = await robot.identities()
        assert key.api_key is not None
        assert key.api_key["scopes"] == ["ticket.create"]
        await admin.revoke_api_key(desk.organisation, ROBOT)
        with pytest.raises(Refused):
            await robot.identities()

    asyncio.run(keyed())


def test_members_come_go_and_are_away(desk: Desk, net: NativeNet) -> None:
    async def lived() -> None:
        agent, admin = people(net, AGENT), people(net, ADMIN)
        await agent.away(desk.organisation, timedelta(days=3))
        members = {member["person"]: member async for member in admin.members(desk.organisation)}
        assert members[desk.people["agent"]]["work"]["out_until"] > desk.platform.now()
        await agent.away(desk.organisation, None)
        await admin.deactivate(desk.organisation, desk.people["agent"])
        await people(net, CUSTOMER).leave(desk.organisation)
        with pytest.raises(Refused) as refused:
            await people(net, CUSTOMER).join(desk.organisation)
        assert refused.value.code == 300

    asyncio.run(lived())
