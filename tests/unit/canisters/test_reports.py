"""Reports: what is counted when something happens is what a scan of all tickets and events finds."""

from collections import Counter
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from support.desk import Desk
from support.native_platform import NativePlatform
from support.platform import ADMIN, AGENT, ANONYMOUS, AUDITOR, CUSTOMER, LEAD, OTHER_ADMIN, STRANGER, code, listing, ok

DAY = 86_400


def wanted(desk: Desk, **changed: Any) -> dict[str, Any]:
    """A request for everything of the organisation's last ten days, added up."""
    today = desk.platform.now() // (DAY * 10**9)
    request = {"organisation": desk.organisation, "scope": "organisation", "id": 0}
    return {**request, "first_day": today - 9, "last_day": today, "by_day": False, **changed}


def figures(desk: Desk, **changed: Any) -> dict[str, int]:
    """The sum of each metric in the report."""
    report = ok(desk.shard.query("report", wanted(desk, **changed), caller=LEAD))
    sums: Counter[str] = Counter()
    for day in report["days"]:
        for figure in day["figures"]:
            sums[figure["metric"]] += figure["count"]
    return dict(sums)


def test_a_ticket_counts_for_the_organisation_its_team_and_its_agent(desk: Desk) -> None:
    agent = desk.people["agent"]
    ticket = desk.created(AGENT, requester=desk.people["customer"], assignee=agent)
    desk.platform.advance(3_600)
    ok(desk.shard.update("add_comment", desk.platform.comment(ticket), caller=AGENT))
    desk.platform.advance(3_600)
    ok(desk.shard.update("update_ticket", desk.platform.change(ticket, 2, status="solved"), caller=AGENT))
    ok(desk.shard.update("update_ticket", desk.platform.change(ticket, 3, status="open"), caller=AGENT))
    of_agent = figures(desk, scope="agent", id=agent)
    assert of_agent == {
        "created": 1,
        "created_at_hour": 1,
        "first_reply": 1,
        "first_reply_business": 1,
        "solved": 1,
        "resolution": 1,
        "resolution_business": 1,
        "reopened": 1,
    }
    assert figures(desk)["created"] == 2
    assert figures(desk, scope="team", id=1) == {}


def test_notes_and_the_requesters_own_words_are_no_reply(desk: Desk) -> None:
    for caller, internal in ((CUSTOMER, False), (AGENT, True)):
        ok(desk.shard.update("add_comment", desk.platform.comment(desk.ticket, internal=internal), caller=caller))
    assert "first_reply" not in figures(desk)
    for _ in range(2):
        ok(desk.shard.update("add_comment", desk.platform.comment(desk.ticket), caller=AGENT))
    assert figures(desk)["first_reply"] == 1


def test_the_backlog_is_by_the_day_of_opening_and_survives_an_upgrade(desk: Desk) -> None:
    desk.platform.advance(2 * DAY)
    ticket = desk.created(CUSTOMER)
    ok(desk.shard.update("update_ticket", desk.platform.change(desk.ticket, 1, status="solved"), caller=AGENT))
    before = ok(desk.shard.query("report", wanted(desk), caller=LEAD))
    today = desk.platform.now() // (DAY * 10**9)
    assert before["backlog"] == [{"opened_on": today, "tickets": 1}]
    desk.shard.upgrade()
    assert ok(desk.shard.query("report", wanted(desk), caller=LEAD)) == before
    ok(desk.shard.update("update_ticket", desk.platform.change(ticket, 1, status="solved"), caller=AGENT))
    assert ok(desk.shard.query("report", wanted(desk), caller=LEAD))["backlog"] == []


def test_days_can_be_had_one_by_one(desk: Desk) -> None:
    first = desk.platform.now() // (DAY * 10**9)
    desk.platform.advance(DAY)
    desk.created(CUSTOMER)
    desk.created(CUSTOMER)
    request = wanted(desk, by_day=True, first_day=first, last_day=first + 1)
    days = ok(desk.shard.update("report_replicated", request, caller=AUDITOR))["days"]
    created = {
        day["day"]: figure["count"] for day in days for figure in day["figures"] if figure["metric"] == "created"
    }
    assert created == {first: 1, first + 1: 2}


@pytest.fixture(scope="module")
def roomy_desk() -> Desk:
    """A desk that many examples share."""
    return Desk(NativePlatform(), capacity=512, lease_length=512)


STEPS = st.lists(st.tuples(st.integers(0, 2), st.sampled_from(["reply", "solved", "open", "agent"])), max_size=12)


@settings(max_examples=8, deadline=None)
@given(STEPS)
def test_figures_are_those_of_a_scan(roomy_desk: Desk, steps: list[tuple[int, str]]) -> None:
    desk = roomy_desk
    before = Counter(figures(desk))
    tickets = [desk.created(CUSTOMER) for _ in range(3)]
    for number, step in steps:
        desk.platform.advance(977)
        ticket = tickets[number]
        version = ok(desk.shard.query("get_ticket", ticket, caller=AGENT))["summary"]["version"]
        if step == "reply":
            ok(desk.shard.update("add_comment", desk.platform.comment(ticket), caller=AGENT))
        else:
            changed = {"assignee": desk.people["agent"]} if step == "agent" else {"status": step}
            desk.shard.update("update_ticket", desk.platform.change(ticket, version, **changed), caller=AGENT)
    summaries = [ok(desk.shard.query("get_ticket", ticket, caller=AGENT))["summary"] for ticket in tickets]
    is_open = [summary for summary in summaries if summary["status"] != "solved"]
    sums = Counter(figures(desk))
    sums.subtract(before)
    assert sums["created"] == len(tickets)
    assert sums["solved"] - sums["reopened"] == len(tickets) - len(is_open)
    assert sums["first_reply"] == len({number for number, step in steps if step == "reply"})
    assert all(backlog(desk, summary) == scanned(desk, summary) for summary in summaries)


def backlog(desk: Desk, summary: dict[str, Any]) -> int:
    """Open tickets of this one's day and agent, by the report."""
    scope = {"scope": "agent", "id": summary["assignee"]} if summary["assignee"] else {}
    report = ok(desk.shard.query("report", wanted(desk, **scope), caller=LEAD))
    return sum(entry["tickets"] for entry in report["backlog"])


def scanned(desk: Desk, summary: dict[str, Any]) -> int:
    """The same by looking at every ticket."""
    found = 0
    cursor = None
    while True:
        page = listing(desk.organisation, assignee=summary["assignee"] or None, cursor=cursor)
        answer = ok(desk.shard.query("list_tickets", page, caller=AGENT))
        found += sum(ticket["status"] not in ("solved", "closed") for ticket in answer["tickets"])
        cursor = answer["next"]
        if cursor is None:
            return found


@pytest.mark.parametrize(
    ("changed", "caller", "number"),
    [
        ({}, AGENT, 101),
        ({}, CUSTOMER, 101),
        ({}, STRANGER, 300),
        ({}, OTHER_ADMIN, 300),
        ({}, ANONYMOUS, 100),
        ({"organisation": 99}, LEAD, 300),
        ({"scope": "shard"}, LEAD, 200),
        ({"id": 5}, LEAD, 200),
        ({"scope": "team"}, LEAD, 200),
        ({"first_day": 4, "last_day": 3}, LEAD, 200),
        ({"first_day": 0, "last_day": 400}, LEAD, 201),
        ({"first_day": 0, "last_day": 31, "by_day": True}, ADMIN, 201),
        ({"scope": "agent", "id": 1}, AGENT, 101),
    ],
)
def test_a_report_that_may_not_be_read_gets_its_number(
    shared_desk: Desk, changed: dict[str, Any], caller: Any, number: int
) -> None:
    assert code(shared_desk.shard.query("report", wanted(shared_desk, **changed), caller=caller)) == number
