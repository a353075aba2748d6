"""Nothing is done twice: a repeated token, another request under it, the window's end, an upgrade in between."""

from hashlib import sha256
from typing import Any

import pytest

from support.desk import Desk
from support.native_platform import NativePlatform
from support.platform import ADMIN, AGENT, CUSTOMER, OPERATOR, code, listing, ok
from vex_canister.token_memory import TokenMemory

DAY = 24 * 3600


def count(desk: Desk) -> int:
    return int(ok(desk.shard.query("shard_status"))["tickets"])


def test_a_repeated_call_gets_the_first_result(desk: Desk) -> None:
    request = desk.platform.new_ticket(desk.organisation)
    first = desk.shard.update("create_ticket", request, caller=CUSTOMER)
    state = desk.state()
    assert desk.shard.update("create_ticket", request, caller=CUSTOMER) == first
    assert desk.state() == state


def test_a_repeated_call_gets_the_first_result_after_an_upgrade(desk: Desk) -> None:
    request = desk.platform.comment(desk.ticket)
    first = desk.shard.update("add_comment", request, caller=CUSTOMER)
    desk.shard.upgrade()
    assert desk.shard.update("add_comment", request, caller=CUSTOMER) == first


def test_another_request_under_the_same_token_is_refused(desk: Desk) -> None:
    request = desk.platform.new_ticket(desk.organisation)
    ok(desk.shard.update("create_ticket", request, caller=CUSTOMER))
    state = desk.state()
    assert code(desk.shard.update("create_ticket", request | {"subject": "Other"}, caller=CUSTOMER)) == 204
    comment = desk.platform.comment(desk.ticket) | {"client_token": request["client_token"]}
    assert code(desk.shard.update("add_comment", comment, caller=CUSTOMER)) == 204
    assert desk.state() == state


def remembered_as_before(desk: Desk, method: str, request: dict[str, Any]) -> None:
    """Give the newest remembered call the digest that it had before digests were fingerprints."""
    tokens = desk.shard.module("shard_canister.shard_stores").shard_tokens
    slot = tokens.len() - 1
    said = method.encode() + b"\x00" + desk.shard.encode_arguments(method, (request,))
    tokens.insert(slot, tokens.get(slot) | {"request": sha256(said).digest()})


def test_a_call_that_an_earlier_build_remembered_is_answered_from_that(desk: Desk) -> None:
    request = desk.platform.comment(desk.ticket)
    first = desk.shard.update("add_comment", request, caller=CUSTOMER)
    remembered_as_before(desk, "add_comment", request)
    assert desk.shard.update("add_comment", request, caller=CUSTOMER) == first
    assert code(desk.shard.update("add_comment", request | {"body": "Other"}, caller=CUSTOMER)) == 204


def test_a_remembered_caller_is_counted_as_an_earlier_build_did(desk: Desk) -> None:
    desk.created(CUSTOMER)
    env = desk.shard.module("main").env
    caller = CUSTOMER.bytes
    expected = sha256(env.settings["secret"] + len(caller).to_bytes(2, "big") + caller).digest()[:8]
    tokens = desk.shard.module("shard_canister.shard_stores").shard_tokens
    assert tokens.get(tokens.len() - 1)["caller"] == int.from_bytes(expected, "big")


def test_the_same_token_of_another_caller_is_another_token(desk: Desk) -> None:
    request = desk.platform.new_ticket(desk.organisation)
    first = ok(desk.shard.update("create_ticket", request, caller=CUSTOMER))
    assert ok(desk.shard.update("create_ticket", request, caller=AGENT))["ticket"] == first["ticket"] + 1


def test_a_refused_request_may_be_put_right_under_its_token(desk: Desk) -> None:
    request = desk.platform.new_ticket(desk.organisation, subject="")
    assert code(desk.shard.update("create_ticket", request, caller=CUSTOMER)) == 200
    ok(desk.shard.update("create_ticket", request | {"subject": "Now it has one"}, caller=CUSTOMER))


def test_full_is_remembered() -> None:
    desk = Desk(NativePlatform(), capacity=1)
    request = desk.platform.new_ticket(desk.organisation)
    assert code(desk.shard.update("create_ticket", request, caller=CUSTOMER)) == 401
    state = desk.state()
    assert code(desk.shard.update("create_ticket", request, caller=CUSTOMER)) == 401
    assert desk.state() == state


def test_a_full_window_refuses_new_work_until_the_oldest_is_too_old(desk: Desk) -> None:
    desk.shard.module("main").env.tokens._capacity = 3
    for _ in range(2):
        desk.created(CUSTOMER)
    refused = desk.shard.update("create_ticket", desk.platform.new_ticket(desk.organisation), caller=CUSTOMER)
    assert code(refused) == 205
    assert 0 < refused["Err"]["detail"]["RateLimited"]["retry_after"] <= (DAY + 120) * 10**9
    assert count(desk) == 3
    desk.platform.advance(DAY + 121)
    for _ in range(3):
        desk.created(CUSTOMER)
    assert count(desk) == 6
    assert desk.shard.module("shard_canister.shard_stores").shard_tokens.len() >= 3


def test_one_caller_does_not_take_the_whole_window(desk: Desk) -> None:
    desk.shard.module("main").env.tokens._quota = 2
    desk.created(CUSTOMER)
    assert code(desk.shard.update("create_ticket", desk.platform.new_ticket(desk.organisation), caller=CUSTOMER)) == 205
    desk.created(AGENT)


def test_users_and_index_answer_repeated_tokens_too(desk: Desk) -> None:
    platform = desk.platform
    team = platform.token() | {"organisation": desk.organisation, "name": "Second level"}
    assert platform.users.update("create_team", team, caller=ADMIN) == {"Ok": 3}
    assert platform.users.update("create_team", team, caller=ADMIN) == {"Ok": 3}
    assert code(platform.users.update("create_team", team | {"name": "Third"}, caller=ADMIN)) == 204
    org = platform.token() | {"name": "Third", "slug": "third", "admin": ADMIN}
    assert platform.index.update("create_org", org, caller=OPERATOR) == {"Ok": 3}
    assert platform.index.update("create_org", org, caller=OPERATOR) == {"Ok": 3}
    assert code(platform.index.update("create_org", org | {"slug": "fourth"}, caller=OPERATOR)) == 204


def test_the_facade_keeps_to_the_shard_that_it_chose(desk: Desk) -> None:
    request = desk.platform.new_ticket(desk.organisation)
    first = ok(desk.platform.index.update("create_ticket", request, caller=CUSTOMER))
    desk.platform.index.upgrade()
    assert ok(desk.platform.index.update("create_ticket", request, caller=CUSTOMER)) == first
    assert code(desk.platform.index.update("create_ticket", request | {"body": "x"}, caller=CUSTOMER)) == 204
    page = ok(desk.shard.query("list_tickets", listing(desk.organisation), caller=CUSTOMER))
    assert [ticket["id"] for ticket in page["tickets"]] == [first["ticket"], desk.ticket]


class Slots(dict[int, Any]):
    """A ring's stable map, on the heap."""

    len = dict.__len__

    def insert(self, slot: int, record: dict[str, Any]) -> None:
        self[slot] = dict(record)


@pytest.mark.parametrize("tokens", ["Tabcdef", "abTcTdef", "abcTdefT", "abcdTefgTh", "abcTTdef"])
def test_of_a_token_that_came_back_after_its_time_the_last_call_counts_after_an_upgrade(tokens: str) -> None:
    """Wherever the ring of four begins anew in between."""
    slots = Slots()
    memory = TokenMemory(slots, 4, 4)
    memory.open(b"secret")
    for number, token in enumerate(tokens):
        now = (number + 1) * 2 * DAY * 10**9
        memory.reserve(1, now)
        memory.remember(1, {"token": token.encode(), "at": now, "numbers": [number]})
        after = TokenMemory(slots, 4, 4)
        after.open(b"secret")
        for known in set(tokens[max(0, number - 3) : number + 1]):
            assert after.find(known.encode())["numbers"] == [tokens.rindex(known, 0, number + 1)]
