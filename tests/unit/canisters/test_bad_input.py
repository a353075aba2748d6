"""Bad input to every endpoint that changes something: its numbered error, and nothing changed."""

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from support.bad_input import CASES, Case, canister
from support.desk import Desk
from support.platform import AGENT, CUSTOMER, code


@pytest.mark.parametrize("case", CASES, ids=lambda case: "-".join(case[:3]).replace(" ", "_"))
def test_bad_input_gets_its_number_and_changes_nothing(shared_desk: Desk, case: Case) -> None:
    place, method, _, request, caller, expected = case
    argument = request(shared_desk)
    before = shared_desk.state()
    assert code(canister(shared_desk, place).update(method, argument, caller=caller)) == expected
    assert shared_desk.state() == before


def test_a_facade_method_believes_only_the_index(shared_desk: Desk) -> None:
    request = shared_desk.platform.new_ticket(shared_desk.organisation)
    before = shared_desk.state()
    answer = shared_desk.shard.update("facade_create_ticket", CUSTOMER, request, caller=AGENT)
    assert code(answer) == 101
    assert code(shared_desk.shard.query("facade_get_ticket", CUSTOMER, shared_desk.ticket, caller=AGENT)) == 101
    assert shared_desk.state() == before


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    subject=st.text(max_size=200),
    priority=st.sampled_from(["low", "urgent"]) | st.text(max_size=8),
    tags=st.lists(st.text(max_size=40), max_size=12),
    body=st.text(max_size=60),
)
def test_any_ticket_is_either_created_or_changes_nothing(
    shared_desk: Desk, subject: str, priority: str, tags: list[str], body: str
) -> None:
    request = shared_desk.platform.new_ticket(
        shared_desk.organisation, subject=subject, priority=priority, tags=tags, body=body
    )
    before = shared_desk.state()
    answer = shared_desk.shard.update("create_ticket", request, caller=CUSTOMER)
    if "Err" in answer:
        assert answer["Err"]["code"] in (200, 201)
        assert shared_desk.state() == before
    else:
        shown = shared_desk.shard.query("get_ticket", answer["Ok"]["ticket"], caller=CUSTOMER)["Ok"]
        assert (shown["summary"]["subject"], shown["summary"]["tags"], shown["body"]) == (subject, tags, body)
