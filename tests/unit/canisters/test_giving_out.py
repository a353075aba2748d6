"""Tickets are given out: in turn or by load, to those who are there, and users' changes count at once."""

from collections import Counter
from typing import Any

from support.desk import Desk
from support.platform import ADMIN, AGENT, CUSTOMER, LEAD, code, ok
from support.service_desk import configure


def team(desk: Desk, method: str, **need: Any) -> None:
    """A team of an agent and a lead, whose tickets are given out by themselves."""
    users, platform = desk.platform.users, desk.platform
    of = {"organisation": desk.organisation}
    number = ok(users.update("create_team", {**platform.token(), **of, "name": "First line"}, caller=ADMIN))
    for role in ("agent", "lead"):
        member = {**platform.token(), **of, "person": desk.people[role], "roles": [role], "teams": [number]}
        ok(users.update("set_member", member, caller=ADMIN))
    configure(desk, assignment={"teams": [{"team": number, "method": method, **need}], "default_team": number})


def work(desk: Desk, role: str, capacity: int = 20, skills: tuple[str, ...] = ()) -> None:
    request = {**desk.platform.token(), "organisation": desk.organisation, "person": desk.people[role]}
    request.update({"skills": list(skills), "capacity": capacity, "calendar": None})
    ok(desk.platform.users.update("set_work", request, caller=ADMIN))
    desk.platform.advance(2)


def assignee(desk: Desk, ticket: int) -> int | None:
    found: int | None = ok(desk.shard.query("get_ticket", ticket, caller=AGENT))["summary"]["assignee"]
    return found


def given(desk: Desk, count: int) -> Counter[int | None]:
    return Counter(assignee(desk, desk.created(CUSTOMER)) for _ in range(count))


def test_new_tickets_go_out_in_turn(desk: Desk) -> None:
    team(desk, "round_robin")
    agent, lead = desk.people["agent"], desk.people["lead"]
    assert given(desk, 4) == {agent: 2, lead: 2}
    desk.shard.upgrade()
    assert given(desk, 2) == {agent: 1, lead: 1}


def test_load_is_balanced_by_capacity_and_solving_makes_room(desk: Desk) -> None:
    team(desk, "balanced")
    work(desk, "agent", capacity=1)
    work(desk, "lead", capacity=3)
    agent, lead = desk.people["agent"], desk.people["lead"]
    assert given(desk, 4) == {agent: 1, lead: 3}
    desk.shard.upgrade()
    last = desk.created(CUSTOMER)
    assert assignee(desk, last) is None
    mine = ok(desk.shard.query("list_tickets", listing(desk, agent), caller=AGENT))["tickets"][0]
    ok(desk.shard.update("update_ticket", solved(desk, mine), caller=AGENT))
    assert given(desk, 1) == {agent: 1}


def listing(desk: Desk, person: int) -> dict[str, Any]:
    fields = ("status", "requester", "team", "cursor", "limit")
    return {"organisation": desk.organisation, "assignee": person, **dict.fromkeys(fields)}


def solved(desk: Desk, summary: dict[str, Any]) -> dict[str, Any]:
    return desk.platform.change(summary["id"], summary["version"], status="solved")


def test_who_is_away_gets_none_from_the_moment_that_users_says_so(desk: Desk) -> None:
    team(desk, "round_robin")
    given(desk, 1)
    away = {**desk.platform.token(), "organisation": desk.organisation, "person": desk.people["agent"]}
    away["until"] = desk.platform.now() + 3_600 * 10**9
    ok(desk.platform.users.update("set_out_of_office", away, caller=ADMIN))
    desk.platform.advance(2)
    assert given(desk, 3) == {desk.people["lead"]: 3}
    desk.platform.advance(3_600)
    assert given(desk, 2) == {desk.people["agent"]: 1, desk.people["lead"]: 1}


def test_skills_decide_who_may_get_a_ticket(desk: Desk) -> None:
    need = {"conditions": {"all": [{"field": "priority", "is": "high"}]}, "skills": ["fire"]}
    team(desk, "balanced", needs=[need])
    work(desk, "lead", skills=("fire",))
    assert given(desk, 2) == {desk.people["lead"]: 2}


def test_tickets_that_a_bulk_update_brings_to_a_team_are_given_out(desk: Desk) -> None:
    ticket = desk.created(CUSTOMER)
    team(desk, "round_robin")
    request: dict[str, Any] = dict.fromkeys(("status", "priority", "kind", "assignee", "fields"))
    request |= {**desk.platform.token(), "organisation": desk.organisation}
    request |= {"team": 3, "add_tags": [], "remove_tags": []}
    request["targets"] = [{"ticket": ticket, "version": None}]
    assert [result["version"] for result in ok(desk.shard.update("bulk_update", request, caller=LEAD))] == [2]
    assert assignee(desk, ticket) in (desk.people["agent"], desk.people["lead"])


def test_only_users_pushes_rosters(shared_desk: Desk) -> None:
    member = {"person": 1, "teams": [], "skills": [], "capacity": 1, "out_until": 0, "calendar": None}
    change = {"organisation": shared_desk.organisation, "epoch": 9, "member": member, "gone": False}
    for caller in (ADMIN, LEAD, CUSTOMER):
        assert code(shared_desk.shard.update("push_roster", change, caller=caller)) == 101
