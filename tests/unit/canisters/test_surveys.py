"""Satisfaction surveys: one for a solved ticket, by its requester, changed for a while, counted once."""

from typing import Any

import pytest

from support.desk import Desk
from support.native_platform import NativePlatform
from support.platform import AGENT, ANONYMOUS, AUDITOR, CUSTOMER, OTHER_CUSTOMER, RIVAL, STRANGER, code, ok

DAY = 86_400_000_000_000


@pytest.fixture(scope="module")
def desk() -> Desk:
    return Desk(NativePlatform(), capacity=512, lease_length=512)


def rating(desk: Desk, ticket: int, score: int = 4, comment: str | None = "Fast!", **changed: Any) -> dict[str, Any]:
    return {**desk.platform.token(), "ticket": ticket, "score": score, "comment": comment, **changed}


def solved(desk: Desk) -> int:
    ticket = desk.created(CUSTOMER)
    ok(desk.shard.update("update_ticket", desk.platform.change(ticket, 1, status="solved"), caller=AGENT))
    return ticket


def test_the_requester_rates_a_solved_ticket_and_changes_the_rating(desk: Desk) -> None:
    ticket = solved(desk)
    ok(desk.shard.update("answer_survey", rating(desk, ticket, 2, "Slow"), caller=CUSTOMER))
    ok(desk.platform.index.update("answer_survey", rating(desk, ticket, 5, "Now it works"), caller=CUSTOMER))
    shown = ok(desk.shard.query("get_survey", {"ticket": ticket}, caller=AGENT))
    assert (shown["score"], shown["comment"]) == (5, "Now it works")
    assert ok(desk.platform.index.update("get_survey_replicated", {"ticket": ticket}, caller=CUSTOMER)) == shown


def test_a_repeated_answer_is_one_answer(desk: Desk) -> None:
    ticket = solved(desk)
    request = rating(desk, ticket)
    first = ok(desk.shard.update("answer_survey", request, caller=CUSTOMER))
    assert ok(desk.shard.update("answer_survey", request, caller=CUSTOMER)) == first


def test_a_rating_is_final_after_its_window(desk: Desk) -> None:
    ticket = solved(desk)
    ok(desk.shard.update("answer_survey", rating(desk, ticket), caller=CUSTOMER))
    survey = desk.shard.module("shard_canister.shard_stores").shard_surveys
    survey.insert(ticket, {**survey.get(ticket), "answered_at": desk.platform.now() - 8 * DAY})
    assert code(desk.shard.update("answer_survey", rating(desk, ticket, 1), caller=CUSTOMER)) == 200


def test_bad_ratings_get_their_number_and_change_nothing(desk: Desk) -> None:
    ticket, open_ticket = solved(desk), desk.created(CUSTOMER)
    wrong: list[tuple[dict[str, Any], Any, int]] = [
        ({}, ANONYMOUS, 100),
        ({}, AGENT, 101),
        ({}, AUDITOR, 101),
        ({}, OTHER_CUSTOMER, 300),
        ({}, RIVAL, 300),
        ({}, STRANGER, 300),
        ({"ticket": 1}, CUSTOMER, 300),
        ({"ticket": open_ticket}, CUSTOMER, 200),
        ({"score": 0}, CUSTOMER, 200),
        ({"score": 6}, CUSTOMER, 200),
        ({"comment": ""}, CUSTOMER, 200),
        ({"comment": "a\x00b"}, CUSTOMER, 200),
        ({"comment": "c" * 2_001}, CUSTOMER, 201),
        ({"created_at": 0}, CUSTOMER, 202),
        ({"client_token": ""}, CUSTOMER, 200),
        ({"client_token": "t" * 65}, CUSTOMER, 201),
    ]
    before = desk.state()
    for changed, caller, number in wrong:
        for canister in (desk.shard, desk.platform.index):
            answer = canister.update("answer_survey", {**rating(desk, ticket), **changed}, caller=caller)
            assert code(answer) == number, (changed, answer)
    assert desk.state() == before
    assert code(desk.shard.query("get_survey", {"ticket": ticket}, caller=AGENT)) == 300
