"""What somebody with bad intentions tries: other people's tokens, forged cursors, odd texts, ends of ranges."""

from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import candid
from canister_runtime.host.native import Rejected
from support.desk import Desk
from support.platform import (
    ADMIN,
    AGENT,
    CUSTOMER,
    LEAD,
    OPERATOR,
    OTHER_ADMIN,
    OTHER_CUSTOMER,
    RIVAL,
    STRANGER,
    code,
    listing,
    ok,
    person,
)
from vex_domain.cursors import encode_cursor

NAT32, NAT64 = 2**32 - 1, 2**64 - 1
ENDS = st.sampled_from([0, 1, 2, 32_767, 32_768, 32_769, 2**32, 2**47, 2**48 - 1, 2**48, 2**63, NAT64])
SMALL_ENDS = st.sampled_from([0, 1, 2, 65_535, 2**31, NAT32])


def comments_of(ticket: int, cursor: str | None = None) -> dict[str, Any]:
    return {"ticket": ticket, "cursor": cursor, "limit": None}


def test_every_facade_method_believes_only_the_index(shared_desk: Desk) -> None:
    platform, shard = shared_desk.platform, shared_desk.shard
    lists = listing(shared_desk.organisation)
    writes = {
        "facade_create_ticket": platform.new_ticket(shared_desk.organisation),
        "facade_add_comment": platform.comment(shared_desk.ticket),
        "facade_update_ticket": platform.change(shared_desk.ticket, 1, status="open"),
        "facade_get_ticket_replicated": shared_desk.ticket,
        "facade_list_tickets_replicated": lists,
        "facade_list_comments_replicated": comments_of(shared_desk.ticket),
    }
    reads = {
        "facade_get_ticket": shared_desk.ticket,
        "facade_list_tickets": lists,
        "facade_list_comments": comments_of(shared_desk.ticket),
    }
    before = shared_desk.state()
    for stranger in (CUSTOMER, ADMIN, OPERATOR, platform.users.id, shard.id):
        assert {code(shard.update(name, ADMIN, request, caller=stranger)) for name, request in writes.items()} == {101}
        assert {code(shard.query(name, ADMIN, request, caller=stranger)) for name, request in reads.items()} == {101}
    anonymous = candid.Principal.anonymous()
    answers = [shard.update(name, anonymous, request, caller=platform.index.id) for name, request in writes.items()]
    assert {code(answer) for answer in answers} == {100}
    assert shared_desk.state() == before


def test_the_same_bytes_of_another_caller_are_another_call(desk: Desk) -> None:
    request = desk.platform.comment(desk.ticket, "mine")
    ok(desk.shard.update("add_comment", request, caller=CUSTOMER))
    before = desk.state()
    for caller, expected in ((OTHER_CUSTOMER, 300), (RIVAL, 300), (STRANGER, 300)):
        assert code(desk.shard.update("add_comment", request, caller=caller)) == expected
    assert desk.state() == before


def test_a_token_replayed_for_another_organisation_is_reused_or_finds_nothing(desk: Desk) -> None:
    request = desk.platform.new_ticket(desk.organisation)
    ok(desk.shard.update("create_ticket", request, caller=CUSTOMER))
    elsewhere = request | {"organisation": desk.rival}
    before = desk.state()
    assert code(desk.shard.update("create_ticket", elsewhere, caller=CUSTOMER)) == 204
    assert code(desk.shard.update("create_ticket", elsewhere | {"client_token": "new"}, caller=CUSTOMER)) == 300
    assert desk.state() == before
    desk.platform.members(desk.rival, OTHER_ADMIN, customer=CUSTOMER)
    desk.platform.network.tick(3)
    before = desk.state()
    assert code(desk.shard.update("create_ticket", elsewhere, caller=CUSTOMER)) == 204
    assert desk.state() == before


def test_a_token_belongs_to_one_way_in(desk: Desk) -> None:
    request = desk.platform.new_ticket(desk.organisation)
    ok(desk.shard.update("create_ticket", request, caller=CUSTOMER))
    assert code(desk.platform.index.update("create_ticket", request, caller=CUSTOMER)) == 204
    assert ok(desk.shard.query("shard_status"))["tickets"] == 2


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(ticket=ENDS, version=SMALL_ENDS, assignee=st.none() | ENDS, who=st.sampled_from([AGENT, RIVAL]))
def test_the_ends_of_ranges_never_trap_a_change(
    shared_desk: Desk, ticket: int, version: int, assignee: int | None, who: candid.Principal
) -> None:
    platform = shared_desk.platform
    change = platform.change(ticket, version, assignee=assignee, team=version, priority="low")
    for answer in (
        shared_desk.shard.update("update_ticket", change, caller=who),
        shared_desk.shard.update("add_comment", platform.comment(ticket), caller=who),
        platform.index.update("add_comment", platform.comment(ticket), caller=who),
        shared_desk.shard.query("get_ticket", ticket, caller=who),
        shared_desk.shard.query("list_comments", comments_of(ticket), caller=who),
        platform.index.query("route", {"ticket": ticket, "epoch": version}),
    ):
        assert "Ok" in answer or code(answer) in {200, 300, 301, 400}


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(organisation=ENDS, number=ENDS, small=SMALL_ENDS)
def test_the_ends_of_ranges_never_trap_anything_else(
    shared_desk: Desk, organisation: int, number: int, small: int
) -> None:
    platform, shard = shared_desk.platform, shared_desk.shard
    of = {"organisation": organisation}
    before = shared_desk.state()
    for answer in (
        shard.update(
            "create_ticket", platform.new_ticket(organisation), caller=RIVAL if organisation == 1 else CUSTOMER
        ),
        shard.query("list_tickets", listing(organisation, assignee=number, team=small), caller=AGENT),
        shard.update("list_tickets_replicated", listing(organisation, requester=number), caller=AGENT),
        shard.query("list_events", of | {"ticket": number, "cursor": None, "limit": small}, caller=LEAD),
        shard.update("open_session", organisation, caller=STRANGER),
        platform.index.update("place", of | {"full": [small]}, caller=STRANGER),
        platform.index.query("shards_of", organisation, caller=STRANGER),
        platform.index.query("get_org", organisation, caller=STRANGER),
        platform.index.query("list_tickets", {"shard": small, "request": listing(organisation)}, caller=RIVAL),
        platform.users.update("create_team", platform.token() | of | {"name": "T"}, caller=STRANGER),
        platform.users.update(
            "set_member", platform.token() | of | {"person": number, "roles": [], "teams": [small]}, caller=ADMIN
        ),
        platform.users.query("list_members", of | {"cursor": None, "limit": small}, caller=STRANGER),
        platform.users.query("grants", ADMIN, organisation, caller=ADMIN),
        platform.index.update(
            "upgrade_shard", platform.token() | {"shard": small if small > 1 else 0}, caller=OPERATOR
        ),
    ):
        assert "Ok" in answer or code(answer) in {101, 103, 200, 300}
    assert shared_desk.state() == before


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(requester=ENDS, team=SMALL_ENDS, assignee=ENDS)
def test_a_ticket_names_only_people_and_teams_that_the_organisation_has(
    shared_desk: Desk, requester: int, team: int, assignee: int
) -> None:
    before = shared_desk.state()
    for wrong in ({"requester": requester}, {"team": team or 3}, {"assignee": assignee or 1}):
        if wrong not in ({"team": 1}, {"team": 2}):
            request = shared_desk.platform.new_ticket(shared_desk.organisation, **wrong)
            assert code(shared_desk.shard.update("create_ticket", request, caller=AGENT)) == 200
    assert shared_desk.state() == before


@pytest.mark.parametrize("who", ["customer", "rival", "other"])
def test_only_those_who_work_on_tickets_are_assigned(desk: Desk, who: str) -> None:
    request = desk.platform.new_ticket(desk.organisation, assignee=desk.people[who])
    assert code(desk.shard.update("create_ticket", request, caller=AGENT)) == 200
    ticket = desk.created(AGENT, assignee=desk.people["lead"], requester=desk.people["customer"], team=2)
    change = desk.platform.change(ticket, 1, assignee=desk.people[who])
    assert code(desk.shard.update("update_ticket", change, caller=AGENT)) == 200
    assert desk.shard.query("get_ticket", ticket, caller=AGENT)["Ok"]["summary"]["assignee"] == desk.people["lead"]


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(cursor=st.text(max_size=30) | st.from_regex(r"c[0-9a-f]{1,17}\.[0-9a-f]{8}", fullmatch=True))
def test_a_made_up_cursor_is_invalid_everywhere(shared_desk: Desk, cursor: str) -> None:
    shard, of = shared_desk.shard, {"organisation": shared_desk.organisation}
    before = shared_desk.state()
    for answer in (
        shard.query("list_tickets", listing(shared_desk.organisation, cursor=cursor), caller=AGENT),
        shard.query("list_comments", comments_of(shared_desk.ticket, cursor), caller=AGENT),
        shard.query("list_events", of | {"ticket": None, "cursor": cursor, "limit": None}, caller=LEAD),
        shared_desk.platform.users.query("list_members", of | {"cursor": cursor, "limit": None}, caller=ADMIN),
    ):
        assert code(answer) == 200
    assert shared_desk.state() == before


@pytest.mark.parametrize("position", [0, 1, 2, 7, 10_000, NAT64])
def test_a_cursor_forged_with_the_right_check_shows_nothing_of_others(desk: Desk, position: int) -> None:
    for number in range(3):
        ok(desk.shard.update("create_ticket", desk.platform.new_ticket(desk.rival), caller=RIVAL))
        ok(
            desk.shard.update(
                "add_comment", desk.platform.comment(desk.ticket, str(number), internal=True), caller=AGENT
            )
        )
    wanted = {"requester": desk.people["customer"]}
    cursor = encode_cursor(position, "tickets " + repr(sorted(wanted.items())))
    page = ok(desk.shard.query("list_tickets", listing(desk.organisation, cursor=cursor), caller=CUSTOMER))
    assert {ticket["id"] for ticket in page["tickets"]} <= {desk.ticket}
    forged = comments_of(desk.ticket, encode_cursor(position, f"comments {desk.ticket}"))
    assert ok(desk.shard.query("list_comments", forged, caller=CUSTOMER))["comments"] == []
    cursor = encode_cursor(position, f"events {desk.organisation} {desk.ticket}")
    events = {"organisation": desk.organisation, "ticket": desk.ticket, "cursor": cursor, "limit": None}
    for event in ok(desk.shard.query("list_events", events, caller=LEAD))["events"]:
        assert event["block"]["organisation"] == desk.organisation


BAD_TEXTS = {
    "a lone surrogate": b"\xed\xa0\x80",
    "a surrogate pair": b"\xed\xa0\xbd\xed\xb8\x80"[:3],
    "an overlong NUL": b"\xc0\x80a",
    "half a character": b"\xe2\x82a",
    "beyond Unicode": b"\xf4\x90\x80"[:3],
}


@pytest.mark.parametrize("name", BAD_TEXTS)
@pytest.mark.parametrize("field", ["subject", "body", "client_token"])
def test_text_that_is_no_utf8_is_rejected_and_changes_nothing(shared_desk: Desk, name: str, field: str) -> None:
    shard = shared_desk.shard
    request = shared_desk.platform.new_ticket(shared_desk.organisation, **{field: "@@@"})
    encoded = shard.encode_arguments("create_ticket", (request,))
    assert encoded.count(b"@@@") == 1
    before = shared_desk.state()
    with pytest.raises(Rejected):
        shard.update_raw("create_ticket", encoded.replace(b"@@@", BAD_TEXTS[name]), caller=CUSTOMER)
    assert shared_desk.state() == before


ODD = "\u202egnirts\u202c \u2066\u05d0\u2069 \U0001f469\u200d\U0001f4bb e\u0301 \ufeff\u2028 \U0010fffe"


def test_odd_but_legal_text_comes_back_as_it_went_in(shared_desk: Desk) -> None:
    ticket = shared_desk.created(CUSTOMER, subject=ODD, body=ODD, tags=[ODD])
    shown = ok(shared_desk.shard.query("get_ticket", ticket, caller=CUSTOMER))
    assert (shown["summary"]["subject"], shown["summary"]["tags"], shown["body"]) == (ODD, [ODD], ODD)


@pytest.mark.parametrize("control", ["\x00", "\x1b", "\x7f", "\x85", "\x9f"])
def test_control_characters_are_invalid_in_every_text(shared_desk: Desk, control: str) -> None:
    before = shared_desk.state()
    for field in ("subject", "body", "requester_reference", "channel", "language"):
        request = shared_desk.platform.new_ticket(shared_desk.organisation, **{field: f"a{control}b"})
        assert code(shared_desk.shard.update("create_ticket", request, caller=CUSTOMER)) == 200
    note = shared_desk.platform.comment(shared_desk.ticket, f"a{control}b")
    assert code(shared_desk.shard.update("add_comment", note, caller=CUSTOMER)) == 200
    assert shared_desk.state() == before


def test_a_shard_speaks_for_itself_only(desk: Desk) -> None:
    report = {"shard": 1, "tickets": NAT32, "state": None}
    for caller in (OPERATOR, ADMIN, desk.platform.users.id, STRANGER):
        assert code(desk.platform.index.update("report_fill", report, caller=caller)) == 101
    for number in (0, 2, NAT32):
        told = report | {"shard": number}
        assert code(desk.platform.index.update("report_fill", told, caller=desk.shard.id)) == 101
    ok(desk.platform.index.update("report_fill", report, caller=desk.shard.id))
    (info,) = desk.platform.shard_infos()[:1]
    assert info["tickets"] == info["capacity"]


def test_pushes_come_from_users_only_and_in_bounds(desk: Desk) -> None:
    change = {"organisation": desk.organisation, "subject": AGENT, "epoch": NAT64}
    before = desk.state()
    for caller in (desk.platform.index.id, desk.shard.id, ADMIN, OPERATOR):
        assert code(desk.shard.update("push_grants", [change], caller=caller)) == 101
    ok(desk.shard.update("add_comment", desk.platform.comment(desk.ticket), caller=AGENT))
    before = desk.state()
    assert code(desk.shard.update("push_grants", [change] * 1_001, caller=desk.platform.users.id)) == 200
    assert desk.state() == before


def test_strangers_cannot_make_a_shard_ask_about_organisations_that_it_has_not(desk: Desk) -> None:
    users = desk.platform.users
    asked: list[int] = []
    module = users.module("users_canister.users_calls")
    original = module.request_grants

    def request_grants(env: Any, caller: bytes, subject: bytes, organisation: int) -> Any:
        asked.append(organisation)
        return original(env, caller, subject, organisation)

    module.request_grants = request_grants
    for organisation in range(1_000, 1_010):
        assert code(desk.shard.update("list_tickets_replicated", listing(organisation), caller=STRANGER)) == 300
        assert code(desk.shard.query("list_tickets", listing(organisation), caller=STRANGER)) == 300
    assert asked == []


def test_users_remembers_no_askers_of_organisations_that_do_not_exist(desk: Desk) -> None:
    outbox = desk.platform.users.module("main").env.outbox
    known = set(outbox._asked)
    for organisation in range(1_000, 1_010):
        ok(desk.platform.users.update("request_grants", STRANGER, organisation, caller=desk.shard.id))
    assert set(outbox._asked) == known


def test_newcomers_leave_half_of_the_window_to_those_who_are_known(desk: Desk) -> None:
    platform = desk.platform
    tokens = platform.users.module("main").env.tokens
    tokens._capacity = tokens._next + 8
    newcomer = {"name": "N", "email": None, "language": None}
    answers = [
        platform.users.update("register", platform.token() | newcomer, caller=person(number))
        for number in range(200, 220)
    ]
    assert {code(answer) for answer in answers if "Err" in answer} == {205}
    team = platform.token() | {"organisation": desk.organisation, "name": "Night shift"}
    ok(platform.users.update("create_team", team, caller=ADMIN))


def test_a_module_set_in_the_middle_of_an_installation_does_not_strand_the_shard(desk: Desk) -> None:
    platform = desk.platform
    status = platform._watched("canister_status", platform._status)
    sha256, size = platform.module_hash()
    newer = {"version": "2", "sha256": bytes(32), "size": size, "chunks": [sha256]}

    def set_first(caller: bytes, argument: bytes, cycles: int) -> bytes:
        if ok(platform.index.query("get_settings", caller=OPERATOR))["module_version"] == "1":
            platform.index.module("main").env.change_settings(
                {"module_version": "2", "module_hash": newer["sha256"], "module_size": size, "module_chunks": 1}
            )
        return status(caller, argument, cycles)

    ok(platform.index.update("spawn_shard", platform.token(), caller=OPERATOR))
    platform.network.handle(candid.Principal(b""), "canister_status", set_first)
    platform.spawned()
    info = platform.shard_infos()[-1]
    assert (info["step"], info["module_version"]) == ("open", "2")


def test_of_two_upgrades_at_once_one_is_carried_out(desk: Desk) -> None:
    platform, index = desk.platform, desk.platform.index
    sha256, size = platform.module_hash()
    module = {"version": "2", "sha256": sha256, "size": size, "chunks": [sha256]}
    ok(index.update("set_module", module, caller=OPERATOR))
    platform.calls.clear()
    waiting = [
        platform.network.submit(
            index,
            "upgrade_shard",
            index.encode_arguments("upgrade_shard", (platform.token() | {"shard": 1},)),
            OPERATOR.bytes,
        )
        for _ in range(2)
    ]
    platform.network.run()
    answers = [index.decode_reply("upgrade_shard", one.answer.reply) for one in waiting]
    assert answers[0] == {"Ok": None}
    assert code(answers[1]) == 402
    assert platform.calls == ["install_chunked_code"]
    (info,) = platform.shard_infos()
    assert (info["module_version"], info["last_failure"]) == ("2", None)
    ok(desk.shard.update("add_comment", platform.comment(desk.ticket), caller=CUSTOMER))


def test_an_organisation_that_users_refuses_holds_up_no_other(desk: Desk) -> None:
    platform, users = desk.platform, desk.platform.users
    changes = users.module("users_canister.people_changes")
    taken, original = users.module("vex_domain.refusals").Taken, changes.register_organisation

    def refusing(env: Any, request: dict[str, Any]) -> None:
        if request["slug"] == "refused":
            raise taken
        original(env, request)

    changes.register_organisation = refusing
    request = platform.token() | {"name": "R", "slug": "refused", "admin": ADMIN}
    assert code(platform.index.update("create_org", request, caller=OPERATOR)) == 302
    users.stop()
    request = platform.token() | {"name": "L", "slug": "later", "admin": ADMIN}
    assert code(platform.index.update("create_org", request, caller=OPERATOR)) == 402
    users.start()
    platform.advance(10)
    ready = [ok(platform.index.query("get_org", number, caller=OPERATOR))["ready"] for number in (3, 4)]
    assert ready == [False, True]
