"""Grants at a shard: cached, pushed, aged, joined; refusals too."""

from typing import Any

import pytest

from canister_runtime.host.native import Rejected
from support.desk import Desk
from support.platform import ADMIN, AGENT, CUSTOMER, OPERATOR, STRANGER, code, listing, ok, person
from vex_canister.grant_cache import EVERYONE


def asked(desk: Desk) -> list[tuple[bytes, int]]:
    """Note from now on what the shard asks `users`."""
    calls: list[tuple[bytes, int]] = []
    module = desk.platform.users.module("users_canister.users_calls")
    original = module.request_grants

    def request_grants(env: Any, caller: bytes, subject: bytes, organisation: int) -> Any:
        calls.append((subject, organisation))
        return original(env, caller, subject, organisation)

    module.request_grants = request_grants
    return calls


def demote(desk: Desk, role: str, *roles: str) -> None:
    request = desk.platform.token() | {
        "organisation": desk.organisation,
        "person": desk.people[role],
        "roles": list(roles),
        "teams": [],
    }
    ok(desk.platform.users.update("set_member", request, caller=ADMIN))


def note(desk: Desk) -> dict[str, Any]:
    answer: dict[str, Any] = desk.shard.update("add_comment", desk.platform.comment(desk.ticket), caller=AGENT)
    return answer


def test_the_next_call_after_a_push_fails(desk: Desk) -> None:
    ok(note(desk))
    demote(desk, "agent")
    desk.platform.network.tick(3)
    assert code(note(desk)) == 300
    assert ok(desk.platform.users.query("push_backlog", caller=OPERATOR)) == {"waiting": 0, "failures": []}


def test_with_every_push_lost_calls_fail_once_the_lifetime_is_over(desk: Desk) -> None:
    ok(note(desk))
    desk.platform.network.handle(desk.shard.id, "push_grants", reject)
    demote(desk, "agent")
    desk.platform.network.tick(3)
    ok(note(desk))
    desk.platform.advance(61)
    assert code(note(desk)) == 300


def test_a_push_that_a_shard_missed_is_sent_again(desk: Desk) -> None:
    ok(note(desk))
    desk.shard.stop()
    demote(desk, "agent")
    desk.platform.network.tick(3)
    assert ok(desk.platform.users.query("push_backlog", caller=OPERATOR))["waiting"] > 0
    desk.shard.start()
    desk.platform.advance(6)
    assert code(note(desk)) == 300


def test_after_an_upgrade_of_users_every_shard_is_told(desk: Desk) -> None:
    ok(note(desk))
    desk.platform.users.upgrade()
    demote(desk, "agent")
    desk.platform.network.tick(3)
    assert code(note(desk)) == 300


def reject(_caller: bytes, _argument: bytes, _cycles: int) -> bytes:
    raise Rejected(2, "lost")


def test_cached_grants_need_no_call(desk: Desk) -> None:
    ok(note(desk))
    calls = asked(desk)
    ok(note(desk))
    assert calls == []
    desk.platform.advance(61)
    ok(note(desk))
    assert len(calls) == 1


def test_a_stranger_is_remembered_as_one(desk: Desk) -> None:
    calls = asked(desk)
    for _ in range(3):
        assert code(desk.shard.update("open_session", desk.organisation, caller=STRANGER)) == 300
    assert len(calls) == 1


def test_strangers_do_not_push_members_out(desk: Desk) -> None:
    cache = desk.shard.module("main").env.grants
    ok(note(desk))
    desk.shard.module("vex_canister.grant_cache").STRANGERS_KEPT = 4
    for number in range(100, 110):
        code(desk.shard.update("open_session", desk.organisation, caller=person(number)))
    assert len(cache._strangers) == 4
    calls = asked(desk)
    ok(note(desk))
    assert calls == []


def test_concurrent_misses_become_one_call(desk: Desk) -> None:
    desk.platform.advance(61)
    shard, network = desk.shard, desk.platform.network
    calls = asked(desk)
    pending = [
        network.submit(
            shard,
            "add_comment",
            shard.encode_arguments("add_comment", (desk.platform.comment(desk.ticket),)),
            AGENT.bytes,
        )
        for _ in range(3)
    ]
    network.run()
    assert all("Ok" in shard.decode_reply("add_comment", one.answer.reply) for one in pending)
    assert len(calls) == 1


def test_an_answer_older_than_the_floor_does_not_count(desk: Desk) -> None:
    env = desk.shard.module("main").env
    now = desk.platform.now()
    key = env.grants.key(AGENT.bytes, desk.organisation)
    env.grants.raise_floor(AGENT.bytes, desk.organisation, 50, now)
    grants = {"person": 1, "roles": [], "teams": [], "permissions": ["ticket.read"], "epoch": 49, "lifetime": 10**9}
    grants |= {"known_teams": None, "updates_per_minute": None}
    assert env.grants.keep(key, AGENT.bytes, desk.organisation, grants, now) is None
    assert env.grants.keep(key, AGENT.bytes, desk.organisation, grants | {"epoch": 50}, now) is not None


@pytest.mark.parametrize("subject", [AGENT.bytes, EVERYONE])
def test_a_query_that_users_answers_from_before_a_push_needs_a_session(desk: Desk, subject: bytes) -> None:
    """As after `users` was set back to a snapshot: what it says then is older than what the shard was told."""
    grants = desk.shard.module("main").env.grants
    grants.raise_floor(subject, desk.organisation, 1 << 60, desk.platform.now())
    assert code(desk.shard.query("get_ticket", desk.ticket, caller=AGENT)) == 102
    assert code(desk.shard.update("open_session", desk.organisation, caller=AGENT)) == 402


def test_a_query_asks_for_itself_and_keeps_nothing(desk: Desk) -> None:
    desk.platform.advance(61)
    page = ok(desk.shard.query("list_tickets", listing(desk.organisation), caller=AGENT))
    assert [ticket["id"] for ticket in page["tickets"]] == [desk.ticket]
    assert code(desk.shard.query("get_ticket", desk.ticket, caller=STRANGER)) == 300


def test_a_query_needs_a_session_when_users_is_out_of_reach(desk: Desk) -> None:
    desk.platform.advance(61)
    ok(desk.shard.update("open_session", desk.organisation, caller=AGENT))
    desk.platform.users.stop()
    assert code(desk.shard.query("get_ticket", desk.ticket, caller=CUSTOMER)) == 102
    ok(desk.shard.query("get_ticket", desk.ticket, caller=AGENT))


def test_without_users_a_miss_is_unavailable_and_changes_nothing(desk: Desk) -> None:
    desk.platform.advance(61)
    desk.platform.users.stop()
    state = desk.state()
    assert code(note(desk)) == 402
    assert desk.state() == state


def test_grants_are_told_to_the_fleet_and_to_oneself_only(desk: Desk) -> None:
    users = desk.platform.users
    assert ok(users.query("grants", CUSTOMER, desk.organisation, caller=CUSTOMER))["roles"] == ["customer"]
    assert code(users.query("grants", CUSTOMER, desk.organisation, caller=AGENT)) == 101
    assert code(users.update("request_grants", CUSTOMER, desk.organisation, caller=STRANGER)) == 101


@pytest.mark.parametrize("permission", ["ticket.read", "audit.read"])
def test_a_role_of_its_own_grants_what_the_organisation_says(desk: Desk, permission: str) -> None:
    role = desk.platform.token() | {"organisation": desk.organisation, "name": "watcher", "permissions": [permission]}
    ok(desk.platform.users.update("define_role", role, caller=ADMIN))
    demote(desk, "agent", "watcher")
    desk.platform.network.tick(3)
    session = ok(desk.shard.update("open_session", desk.organisation, caller=AGENT))
    assert session["permissions"] == [permission]
