"""Who gets a ticket: those who are there, in turn or by load, evenly."""

from collections import Counter
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from support.service_documents import facts_of, header, rules_with
from vex_domain.assignment.assignment_rules import BALANCED, ROUND_ROBIN, Member, may_take, next_assignee
from vex_domain.refusals import Refusal


def members(*capacities: int) -> list[Member]:
    return [Member(number + 1, frozenset({1}), frozenset(), most) for number, most in enumerate(capacities)]


def give(people: list[Member], method: str, count: int) -> Counter[int]:
    loads: Counter[int] = Counter()
    last = 0
    for _ in range(count):
        person = next_assignee(people, method, loads.__getitem__, last)
        if person is None:
            break
        loads[person] += 1
        last = person
    return loads


@given(st.lists(st.integers(0, 9), min_size=1, max_size=6), st.integers(0, 60))
def test_nobody_gets_more_than_their_capacity_and_none_is_wasted(capacities: list[int], count: int) -> None:
    for method in (ROUND_ROBIN, BALANCED):
        loads = give(members(*capacities), method, count)
        assert loads.total() == min(count, sum(capacities))
        assert all(loads[person] <= capacities[person - 1] for person in loads)


@given(st.integers(1, 6), st.integers(0, 40), st.sampled_from((ROUND_ROBIN, BALANCED)))
def test_equals_get_equally_many(people: int, count: int, method: str) -> None:
    loads = give(members(*[50] * people), method, count)
    shares = [loads[person + 1] for person in range(people)]
    assert max(shares) - min(shares) <= 1


def test_by_load_means_by_share_of_capacity() -> None:
    assert give(members(10, 20, 0), BALANCED, 15) == {1: 5, 2: 10}


def test_in_turn_goes_on_after_the_last_one() -> None:
    people = members(9, 9, 9)
    assert [next_assignee(people, ROUND_ROBIN, lambda _: 0, last) for last in (0, 1, 2, 3, 7)] == [1, 2, 3, 1, 1]


def test_who_is_out_of_office_off_duty_or_unskilled_gets_none() -> None:
    member = Member(1, frozenset({1}), frozenset({"german"}), 5)
    assert may_take(member, frozenset({"german"}), 100, None)
    assert not may_take(member, frozenset({"german", "vpn"}), 100, None)
    member.out_until = 101
    assert not may_take(member, frozenset(), 100, None)
    assert may_take(member, frozenset(), 101, None)
    member.calendar = "office"
    assert not may_take(member, frozenset(), 200, lambda _: False)
    assert may_take(member, frozenset(), 200, lambda calendar: calendar == "office")


def test_skills_come_from_conditions_on_the_ticket() -> None:
    need = {"conditions": {"all": [{"field": "language", "is": "de"}]}, "skills": ["german"]}
    rules = rules_with(assignment={"teams": [{"team": 1, "method": "balanced", "needs": [need]}]})
    rule = rules.assignment.teams[1]
    assert rule.skills_for(facts_of(rules, header(language="de"))) == {"german"}
    assert rule.skills_for(facts_of(rules, header())) == frozenset()
    assert rules.assignment.automatic


@pytest.mark.parametrize(
    "document",
    [
        {"teams": [{"team": 0}]},
        {"teams": [{"team": "sales"}]},
        {"teams": [{}]},
        {"teams": [{"team": 1}, {"team": 1}]},
        {"teams": [{"team": 1, "method": "lottery"}]},
        {"teams": [{"team": 1, "outside_hours": "never"}]},
        {"teams": [{"team": 1, "needs": [{"conditions": {}, "skills": []}]}]},
        {"teams": [{"team": 1, "needs": [{"skills": ["x"]}]}]},
        {"teams": [{"team": 1, "needs": [{"conditions": {}, "skills": [""]}]}]},
        {"teams": [{"team": 1, "size": 5}]},
        {"teams": {"1": {}}},
        {"default_team": 1},
        {"teams": [{"team": 1}], "default_team": 2},
        {"people": []},
    ],
)
def test_an_assignment_that_cannot_work_is_refused(document: dict[str, Any]) -> None:
    with pytest.raises(Refusal) as refused:
        rules_with(assignment=document)
    assert str(refused.value).startswith("assignment")
