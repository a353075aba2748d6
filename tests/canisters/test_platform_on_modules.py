"""The three canisters as real modules, by the pocket-ic client: spawn saga with faults, roles, tenants, upgrades."""

from typing import Any

import pytest
from pocket_ic import PocketIC

from local_replica.pytest_plugin import deployed_once
from support.desk import Desk
from support.platform import (
    ADMIN,
    AGENT,
    ANONYMOUS,
    AUDITOR,
    CUSTOMER,
    LEAD,
    OPERATOR,
    OTHER_CUSTOMER,
    RIVAL,
    STRANGER,
    code,
    listing,
    ok,
)
from support.pocket_platform import PocketPlatform


@deployed_once
def desk(pic: PocketIC) -> Desk:
    """Two organisations with their people, one shard, one ticket."""
    return Desk(PocketPlatform(pic))


@deployed_once
def platform(pic: PocketIC) -> PocketPlatform:
    """Configured, without a shard."""
    platform = PocketPlatform(pic)
    platform.configure()
    return platform


def spawn(platform: PocketPlatform) -> int:
    return int(ok(platform.index.update("spawn_shard", platform.token(), caller=OPERATOR)))


@pytest.mark.parametrize("ticks", range(0, 18, 3))
def test_an_index_stopped_and_upgraded_mid_way_still_opens_the_shard(platform: PocketPlatform, ticks: int) -> None:
    spawn(platform)
    for _ in range(ticks):
        platform.pic.tick()
    platform.stop(platform.index)
    platform.install(platform.index, "index", {"upgrade": None})
    platform.start(platform.index)
    platform.spawned(60)
    (info,) = platform.shard_infos()
    assert (info["state"], info["start"]) == ({"Open": None}, 32_768)
    assert ok(platform.users.query("get_settings", caller=OPERATOR))["shards"] == 1


def test_users_stopped_in_between_holds_the_saga_up(platform: PocketPlatform) -> None:
    platform.stop(platform.users)
    spawn(platform)
    for _ in range(4):
        platform.advance(6)
    (info,) = platform.shard_infos()
    assert info["step"] == "register"
    platform.start(platform.users)
    platform.spawned(40)


def test_a_ticket_lives_directly_and_through_the_facade(desk: Desk) -> None:
    platform, shard = desk.platform, desk.shard
    through = ok(platform.index.update("create_ticket", platform.new_ticket(desk.organisation), caller=CUSTOMER))
    assert through["ticket"] == desk.ticket + 1
    ok(platform.index.update("add_comment", platform.comment(desk.ticket), caller=CUSTOMER))
    change = platform.change(desk.ticket, 2, status="open", assignee=desk.people["agent"])
    assert ok(shard.update("update_ticket", change, caller=AGENT))["version"] == 3
    assert code(shard.update("update_ticket", change | {"client_token": "again"}, caller=AGENT)) == 301
    direct = ok(shard.query("get_ticket", desk.ticket, caller=CUSTOMER))
    assert direct["summary"]["status"] == "open"
    for read in (
        shard.update("get_ticket_replicated", desk.ticket, caller=CUSTOMER),
        platform.index.query("get_ticket", desk.ticket, caller=CUSTOMER),
        platform.index.update("get_ticket_replicated", desk.ticket, caller=CUSTOMER),
    ):
        assert ok(read)["summary"] == direct["summary"]
    page = ok(shard.query("list_tickets", listing(desk.organisation, status="new"), caller=AGENT))
    assert [ticket["id"] for ticket in page["tickets"]] == [through["ticket"]]


ROLES: dict[str, Any] = {
    "customer": CUSTOMER,
    "other customer": OTHER_CUSTOMER,
    "agent": AGENT,
    "lead": LEAD,
    "admin": ADMIN,
    "auditor": AUDITOR,
    "another tenant": RIVAL,
    "stranger": STRANGER,
    "anonymous": ANONYMOUS,
    "operator": OPERATOR,
}
MATRIX = {
    # role: create, comment, note, update, get, list, events (0: answered)
    "customer": (0, 0, 101, 101, 0, 0, 101),
    "other customer": (0, 300, 300, 300, 300, 0, 101),
    "agent": (0, 0, 0, 0, 0, 0, 101),
    "lead": (0, 0, 0, 0, 0, 0, 0),
    "admin": (0, 0, 0, 0, 0, 0, 0),
    "auditor": (101, 101, 101, 101, 0, 0, 0),
    "another tenant": (300, 300, 300, 300, 300, 300, 300),
    "stranger": (300, 300, 300, 300, 300, 300, 300),
    "anonymous": (100, 100, 100, 100, 100, 100, 100),
    "operator": (300, 300, 300, 300, 300, 300, 300),
}


@pytest.mark.parametrize("role", MATRIX)
def test_a_role_may_do_what_the_matrix_says_at_the_shard(desk: Desk, role: str) -> None:
    platform, shard, caller = desk.platform, desk.shard, ROLES[role]
    events = {"organisation": desk.organisation, "ticket": None, "cursor": None, "limit": None}
    answers = [
        shard.update("create_ticket", platform.new_ticket(desk.organisation), caller=caller),
        shard.update("add_comment", platform.comment(desk.ticket), caller=caller),
        shard.update("add_comment", platform.comment(desk.ticket, internal=True), caller=caller),
        shard.update("update_ticket", current(desk, status="hold"), caller=caller),
        shard.query("get_ticket", desk.ticket, caller=caller),
        shard.query("list_tickets", listing(desk.organisation), caller=caller),
        shard.query("list_events", events, caller=caller),
    ]
    assert tuple(0 if "Ok" in answer else code(answer) for answer in answers) == MATRIX[role]


@pytest.mark.parametrize("role", MATRIX)
def test_a_role_may_do_the_same_through_the_facade(desk: Desk, role: str) -> None:
    platform, index, caller = desk.platform, desk.platform.index, ROLES[role]
    listed = {"shard": None, "request": listing(desk.organisation)}
    answers = [
        index.update("create_ticket", platform.new_ticket(desk.organisation), caller=caller),
        index.update("add_comment", platform.comment(desk.ticket), caller=caller),
        index.update("add_comment", platform.comment(desk.ticket, internal=True), caller=caller),
        index.update("update_ticket", current(desk, status="hold"), caller=caller),
        index.query("get_ticket", desk.ticket, caller=caller),
        index.query("list_tickets", listed, caller=caller),
    ]
    assert tuple(0 if "Ok" in answer else code(answer) for answer in answers) == MATRIX[role][:6]


def current(desk: Desk, **changed: Any) -> dict[str, Any]:
    """An update at the ticket's present version."""
    version = ok(desk.shard.query("get_ticket", desk.ticket, caller=ADMIN))["summary"]["version"]
    return desk.platform.change(desk.ticket, version, **changed)


def test_a_shard_with_tickets_is_the_same_after_an_upgrade(desk: Desk) -> None:
    platform, shard = desk.platform, desk.shard
    desk.created(OTHER_CUSTOMER, body="long " * 900)
    ok(shard.update("add_comment", platform.comment(desk.ticket, internal=True), caller=AGENT))
    ok(shard.update("update_ticket", current(desk, status="open", tags=["x"]), caller=AGENT))
    request = platform.new_ticket(desk.organisation)
    receipt = ok(shard.update("create_ticket", request, caller=CUSTOMER))
    before = shown(desk)
    platform.install(shard, "shard", {"upgrade": None}, caller=platform.index.id)
    assert shown(desk) == before
    assert ok(shard.update("create_ticket", request, caller=CUSTOMER)) == receipt
    assert desk.created(CUSTOMER) == receipt["ticket"] + 1


def shown(desk: Desk) -> Any:
    """What the shard shows, without certificates, which name the time."""
    shard = desk.shard
    head = shard.query("audit_head") | {"certificate": None}
    lists = [
        shard.query("list_tickets", listing(desk.organisation, **wanted), caller=AGENT)
        for wanted in ({}, {"status": "open"}, {"requester": desk.people["other"]})
    ]
    tickets = [ok(shard.query("get_ticket", desk.ticket + number, caller=AGENT)) for number in range(3)]
    return head, lists, [ticket | {"proof": None} for ticket in tickets]


def test_a_revoked_role_ends_with_the_push(desk: Desk) -> None:
    platform = desk.platform
    ok(desk.shard.update("add_comment", platform.comment(desk.ticket), caller=AGENT))
    change = {"organisation": desk.organisation, "person": desk.people["agent"], "roles": [], "teams": []}
    ok(platform.users.update("set_member", platform.token() | change, caller=ADMIN))
    for _ in range(4):
        platform.pic.tick()
    assert code(desk.shard.update("add_comment", platform.comment(desk.ticket), caller=AGENT)) == 300


def test_a_second_shard_takes_over_when_the_first_is_full(desk: Desk) -> None:
    platform = desk.platform
    for _ in range(7):
        desk.created(CUSTOMER)
    for _ in range(3):
        platform.pic.tick()
    platform.spawned()
    assert code(desk.shard.update("create_ticket", platform.new_ticket(desk.organisation), caller=CUSTOMER)) == 401
    placed = ok(platform.place(desk.organisation, CUSTOMER, full=(1,)))
    assert [place["shard"] for place in placed["shards"]] == [2]
    second = platform.shard(placed["shards"][0]["canister"])
    receipt = ok(second.update("create_ticket", platform.new_ticket(desk.organisation), caller=CUSTOMER))
    assert receipt["ticket"] == placed["shards"][0]["start"]
    found = ok(platform.index.query("get_ticket", receipt["ticket"], caller=CUSTOMER))
    assert found["summary"]["id"] == receipt["ticket"]


def test_a_certified_answer_carries_certificate_and_witness(desk: Desk) -> None:
    proof = ok(desk.shard.query("get_ticket", desk.ticket, caller=CUSTOMER))["proof"]
    assert proof is not None
    assert proof["certificate"][:3] == proof["witness"][:3] == b"\xd9\xd9\xf7"
    assert ok(desk.shard.update("get_ticket_replicated", desk.ticket, caller=CUSTOMER))["proof"] is None
