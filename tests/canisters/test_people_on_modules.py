"""People on real modules: invited, linked, revoked with and without pushes, limited; a foreign canister is a caller."""

import json
from typing import Any

import pytest
from pocket_ic import PocketIC

import candid
from local_replica.pytest_plugin import deployed_once
from support.desk import Desk
from support.people import NEWCOMER, OTHER_KEY, ROBOT, People
from support.platform import ADMIN, AGENT, CUSTOMER, STRANGER, code, ok
from support.pocket_platform import PocketPlatform


@deployed_once
def desk(pic: PocketIC) -> Desk:
    """Two organisations with their people, one shard, one ticket."""
    return Desk(PocketPlatform(pic))


def comment(desk: Desk, caller: candid.Principal) -> Any:
    return desk.shard.update("add_comment", desk.platform.comment(desk.ticket), caller=caller)


def told(desk: Desk) -> None:
    for _ in range(4):
        desk.platform.pic.tick()


def test_an_invited_agent_works_and_a_deactivated_one_does_not(desk: Desk) -> None:
    people = People(desk)
    ok(people.invite())
    assert code(people.accept(NEWCOMER, "a-code-that-nobody-has-made")) == 104
    who = ok(people.accept(NEWCOMER))["person"]
    assert code(people.accept(OTHER_KEY)) == 106
    ok(comment(desk, NEWCOMER))
    ok(people.deactivate(who))
    told(desk)
    assert code(comment(desk, NEWCOMER)) == 300


def test_a_person_by_another_principal_until_it_is_unlinked(desk: Desk) -> None:
    people = People(desk)
    who = people.link(CUSTOMER, OTHER_KEY)
    ok(comment(desk, OTHER_KEY))
    ok(people.begin_unlink(CUSTOMER, OTHER_KEY))
    ok(people.agree(OTHER_KEY, who))
    told(desk)
    assert code(comment(desk, OTHER_KEY)) == 300
    ok(comment(desk, CUSTOMER))


def test_with_users_stopped_every_push_is_lost_and_grants_end_with_their_lifetime(desk: Desk) -> None:
    people, platform = People(desk), desk.platform
    assert isinstance(platform, PocketPlatform)
    ok(comment(desk, AGENT))
    ok(people.set_member(desk.people["agent"]))
    platform.stop(platform.users)
    ok(comment(desk, AGENT))
    platform.advance(61)
    assert code(comment(desk, AGENT)) == 402
    platform.start(platform.users)
    assert code(comment(desk, AGENT)) == 300


def test_a_changed_role_reaches_everybody_who_has_it(desk: Desk) -> None:
    people = People(desk)
    ok(people.of("define_role", ADMIN, name="triage", permissions=["ticket.read", "ticket.comment"]))
    ok(people.set_member(desk.people["agent"], "triage"))
    told(desk)
    ok(comment(desk, AGENT))
    ok(people.of("update_role", ADMIN, name="triage", permissions=["ticket.read"]))
    told(desk)
    assert code(comment(desk, AGENT)) == 101


def test_limits_hold_directly_and_through_the_facade(desk: Desk) -> None:
    platform = desk.platform
    request = {**platform.token(), "organisation": desk.organisation, "version": 0, "section": "limits"}
    request["document"] = json.dumps({"person": {"updates_per_minute": 2}, "quotas": {"tickets": 3}})
    ok(platform.index.update("set_configuration", request, caller=ADMIN))
    told(desk)
    ok(comment(desk, AGENT))
    ok(platform.index.update("add_comment", platform.comment(desk.ticket), caller=AGENT))
    assert code(comment(desk, AGENT)) == 205
    assert code(platform.index.update("add_comment", platform.comment(desk.ticket), caller=AGENT)) == 205
    for _ in range(2):
        desk.created(CUSTOMER)
    assert code(desk.shard.update("create_ticket", platform.new_ticket(desk.organisation), caller=ADMIN)) == 206


def test_an_api_key_may_what_its_scopes_say(desk: Desk) -> None:
    people = People(desk)
    who = people.account("agent")
    ok(people.api_key(who, scopes=["ticket.create"], updates_per_minute=1))
    ok(people.confirm(ROBOT, who))
    request = desk.platform.new_ticket(desk.organisation)
    ok(desk.shard.update("create_ticket", request, caller=ROBOT))
    assert code(desk.shard.update("create_ticket", desk.platform.new_ticket(desk.organisation), caller=ROBOT)) == 205
    ok(people.of("revoke_api_key", ADMIN, identity=ROBOT))
    told(desk)
    assert code(comment(desk, ROBOT)) == 300


@pytest.mark.parametrize("caller", [STRANGER, CUSTOMER])
def test_rosters_are_told_to_the_fleet_only(desk: Desk, caller: candid.Principal) -> None:
    users = desk.platform.users
    assert code(users.update("roster", desk.organisation, caller=caller)) == 101
    members = ok(users.update("roster", desk.organisation, caller=desk.shard.id))["members"]
    assert desk.people["agent"] in {member["person"] for member in members}
