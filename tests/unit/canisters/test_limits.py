"""Rates and quotas at a shard: refused before any work, told how long to wait, a repeat answered all the same."""

import json
from typing import Any

import pytest

import candid
from support.desk import Desk
from support.people import ROBOT, People
from support.platform import ADMIN, AGENT, CUSTOMER, LEAD, OTHER_CUSTOMER, RIVAL, code, ok, person


def limit(desk: Desk, **limits: Any) -> None:
    request = {**desk.platform.token(), "organisation": desk.organisation, "version": 0}
    request |= {"section": "limits", "document": json.dumps(limits)}
    ok(desk.platform.index.update("set_configuration", request, caller=ADMIN))
    desk.platform.advance(1)


def comment(desk: Desk, caller: candid.Principal, body: str = "More", ticket: int | None = None) -> Any:
    return desk.shard.update("add_comment", desk.platform.comment(ticket or desk.ticket, body), caller=caller)


def test_a_person_gets_their_updates_a_minute_and_hears_how_long_to_wait(desk: Desk) -> None:
    limit(desk, person={"updates_per_minute": 3})
    for _ in range(3):
        ok(comment(desk, AGENT))
    refused = comment(desk, AGENT)
    assert code(refused) == 205
    wait = refused["Err"]["detail"]["RateLimited"]["retry_after"]
    assert 0 < wait <= 20 * 10**9
    ok(comment(desk, LEAD))
    desk.platform.advance(wait / 10**9 + 1)
    ok(comment(desk, AGENT))
    assert code(comment(desk, AGENT)) == 205


def test_what_is_refused_changes_nothing_and_a_repeat_is_answered(desk: Desk) -> None:
    limit(desk, person={"updates_per_minute": 1})
    request = desk.platform.comment(desk.ticket)
    receipt = ok(desk.shard.update("add_comment", request, caller=AGENT))
    before = desk.state()
    assert code(comment(desk, AGENT)) == 205
    assert desk.state() == before
    assert ok(desk.shard.update("add_comment", request, caller=AGENT)) == receipt


def test_all_principals_of_a_person_share_what_is_theirs(desk: Desk) -> None:
    people = People(desk)
    limit(desk, person={"updates_per_minute": 2})
    people.link(CUSTOMER, ROBOT)
    people.told()
    ok(comment(desk, CUSTOMER))
    ok(comment(desk, ROBOT))
    assert code(comment(desk, ROBOT)) == code(comment(desk, CUSTOMER)) == 205


def test_an_organisation_and_a_ticket_have_rates_of_their_own(desk: Desk) -> None:
    limit(desk, organisation={"updates_per_minute": 5}, ticket={"updates_per_minute": 2})
    other = desk.created(OTHER_CUSTOMER)
    ok(comment(desk, AGENT))
    ok(comment(desk, CUSTOMER))
    assert code(comment(desk, LEAD)) == 205
    ok(comment(desk, LEAD, ticket=other))
    ok(comment(desk, LEAD, ticket=other))
    assert code(desk.shard.update("create_ticket", desk.platform.new_ticket(desk.organisation), caller=LEAD)) == 205
    ok(desk.shard.update("create_ticket", desk.platform.new_ticket(desk.rival), caller=RIVAL))


def test_bytes_count_too(desk: Desk) -> None:
    limit(desk, person={"bytes_per_minute": 2_097_152})
    answers = [comment(desk, AGENT, "\U0001f525" * 65_000) for _ in range(10)]
    assert [code(answer) for answer in answers if "Err" in answer] == [205, 205]


def test_the_same_holds_through_the_facade(desk: Desk) -> None:
    limit(desk, person={"updates_per_minute": 1})
    index = desk.platform.index
    ok(index.update("create_ticket", desk.platform.new_ticket(desk.organisation), caller=CUSTOMER))
    assert code(index.update("create_ticket", desk.platform.new_ticket(desk.organisation), caller=CUSTOMER)) == 205


def test_quotas_of_tickets_and_texts_hold(desk: Desk) -> None:
    limit(desk, quotas={"tickets": 2, "storage_bytes": 10_000})
    desk.created(CUSTOMER)
    refused = desk.shard.update("create_ticket", desk.platform.new_ticket(desk.organisation), caller=CUSTOMER)
    assert code(refused) == 206
    assert refused["Err"]["detail"] == {"TooLarge": {"field": "tickets", "limit": 2, "actual": 3}}
    ok(comment(desk, AGENT))
    split = {**desk.platform.token(), "ticket": desk.ticket, "version": 2, "comments": [1], "subject": "Another"}
    request = split | {"kind": None, "priority": None}
    assert code(desk.shard.update("split_ticket", request, caller=AGENT)) == 206
    ok(comment(desk, AGENT, "c" * 6_000))
    assert code(comment(desk, AGENT, "c" * 6_000)) == 206
    ok(comment(desk, AGENT))
    desk.shard.upgrade()
    assert code(comment(desk, AGENT, "c" * 6_000)) == 206


def test_the_quota_of_people_reaches_users(desk: Desk) -> None:
    limit(desk, quotas={"people": 6})
    new = {"identity": person(740), "name": "N", "email": None, "language": None, "roles": ["agent"], "teams": []}
    assert code(People(desk).of("add_people", ADMIN, people=[new])) == 206


def test_an_api_keys_own_limit_counts(desk: Desk) -> None:
    people = People(desk)
    who = people.account("agent")
    ok(people.api_key(who, scopes=["ticket.read", "ticket.comment"], updates_per_minute=1))
    ok(people.confirm(ROBOT, who))
    ok(comment(desk, ROBOT))
    assert code(comment(desk, ROBOT)) == 205
    ok(comment(desk, AGENT))


@pytest.mark.parametrize("document", ['{"person": 5}', '{"quotas": {"people": 0}}', '{"typo": {}}'])
def test_a_wrong_section_is_refused(shared_desk: Desk, document: str) -> None:
    request = {**shared_desk.platform.token(), "organisation": shared_desk.organisation, "version": 0}
    request |= {"section": "limits", "document": document}
    assert code(shared_desk.platform.index.update("set_configuration", request, caller=ADMIN)) == 200
