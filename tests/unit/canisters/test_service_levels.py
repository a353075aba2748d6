"""Service levels at a shard: promises are kept track of, what is due fires once and at its time, all is told."""

import json
from typing import Any

import pytest

from support.desk import Desk
from support.platform import (
    ADMIN,
    AGENT,
    ANONYMOUS,
    AUDITOR,
    CUSTOMER,
    OPERATOR,
    OTHER_ADMIN,
    RIVAL,
    STRANGER,
    code,
    ok,
)
from support.service_desk import clocks, configure, fired, outbox
from support.service_models import BERLIN
from vex.zones import put_request

HOUR = 3_600
NS = 1_000_000_000
REPLY_SOON: dict[str, Any] = {
    "policies": [
        {
            "id": "all",
            "targets": {
                "first_reply": {
                    "minutes": {"high": 60, "urgent": 15},
                    "escalations": [{"before_minutes": 20, "actions": [{"add_tags": ["hurry"]}]}],
                    "on_breach": [{"set": "priority", "to": "urgent"}, {"notify": "late", "to": ["requester"]}],
                },
                "next_reply": {"minutes": 30},
                "requester_wait": {"minutes": 600},
            },
        }
    ]
}
TOLD: dict[str, Any] = {"triggers": [], "outbox": ["created", "sla_breached", "sla_escalated", "solved"]}


def summary(desk: Desk, ticket: int) -> dict[str, Any]:
    found: dict[str, Any] = ok(desk.shard.query("get_ticket", ticket, caller=AGENT))["summary"]
    return found


def changed(desk: Desk, ticket: int, caller: Any = AGENT, **fields: Any) -> None:
    request = desk.platform.change(ticket, summary(desk, ticket)["version"], **fields)
    ok(desk.shard.update("update_ticket", request, caller=caller))


def commented(desk: Desk, ticket: int, caller: Any) -> None:
    ok(desk.shard.update("add_comment", desk.platform.comment(ticket), caller=caller))


def test_an_escalation_and_a_breach_fire_at_their_times_and_act(desk: Desk) -> None:
    configure(desk, service_levels=REPLY_SOON, triggers=TOLD)
    ticket = desk.created(CUSTOMER)
    desk.platform.advance(39 * 60)
    assert fired(desk, ticket) == 0
    desk.platform.advance(61)
    assert summary(desk, ticket)["tags"] == ["printer", "fire", "hurry"]
    assert fired(desk, ticket) == 1
    desk.platform.advance(20 * 60)
    assert summary(desk, ticket)["priority"] == "urgent"
    desk.platform.advance(2 * 24 * HOUR)
    assert fired(desk, ticket) == 3
    told = outbox(desk, ticket)
    assert [kind for kind, _ in told] == ["created", "sla_escalated", "sla_breached", "notify", "sla_breached"]
    assert told[2][1]["metric"] == "first_reply"
    assert told[3][1] == {"name": "late", "to": ["requester"], "requester": desk.people["customer"]}
    assert told[4][1]["metric"] == "requester_wait"


def test_a_reply_in_time_ends_the_clock(desk: Desk) -> None:
    configure(desk, service_levels=REPLY_SOON)
    ticket = desk.created(CUSTOMER)
    desk.platform.advance(600)
    assert clocks(desk, ticket)["first_reply"]["state"] == "running"
    commented(desk, ticket, AGENT)
    first = clocks(desk, ticket)["first_reply"]
    assert (first["state"], first["breached"], first["spent"] // 60) == ("ended", False, 10)
    desk.platform.advance(HOUR)
    commented(desk, ticket, CUSTOMER)
    desk.platform.advance(600)
    commented(desk, ticket, CUSTOMER)
    later = clocks(desk, ticket)["next_reply"]
    assert (later["state"], later["spent"] // 60) == ("running", 10)
    desk.platform.advance(21 * 60)
    assert clocks(desk, ticket)["next_reply"]["breached"]


def test_a_pausing_state_stops_the_clock_and_another_priority_moves_its_end(desk: Desk) -> None:
    configure(desk, service_levels=REPLY_SOON)
    ticket = desk.created(CUSTOMER)
    desk.platform.advance(600)
    changed(desk, ticket, status="pending")
    desk.platform.advance(5 * HOUR)
    paused = clocks(desk, ticket)
    assert (paused["first_reply"]["state"], paused["first_reply"]["spent"] // 60) == ("paused", 10)
    assert paused["first_reply"]["due"] is None
    changed(desk, ticket, status="open", priority="urgent")
    running = clocks(desk, ticket)["first_reply"]
    assert running["target"] == 900
    assert (running["due"] - desk.platform.now()) // NS // 60 in (4, 5)


def test_solving_ends_and_reopening_goes_on(desk: Desk) -> None:
    configure(desk, service_levels=REPLY_SOON)
    ticket = desk.created(CUSTOMER)
    desk.platform.advance(600)
    changed(desk, ticket, status="solved")
    desk.platform.advance(50 * HOUR)
    assert {clock["state"] for clock in clocks(desk, ticket).values()} == {"ended"}
    assert fired(desk, ticket) == 0
    changed(desk, ticket, status="open")
    wait = clocks(desk, ticket)["requester_wait"]
    assert (wait["state"], wait["spent"] // 60) == ("running", 10)


def test_what_is_due_fires_once_after_an_upgrade_and_after_a_long_stop(desk: Desk) -> None:
    configure(desk, service_levels=REPLY_SOON, triggers=TOLD)
    ticket = desk.created(CUSTOMER)
    desk.shard.upgrade()
    desk.platform.advance(41 * 60)
    assert fired(desk, ticket) == 1
    desk.shard.stop()
    desk.platform.advance(3 * 24 * HOUR)
    desk.shard.start()
    desk.shard.upgrade()
    desk.platform.advance(5)
    desk.platform.advance(HOUR)
    breaches = [detail for kind, detail in outbox(desk, ticket) if kind == "sla_breached"]
    opened = summary(desk, ticket)["opened_at"] // NS
    assert [(each["metric"], each["due"] - opened) for each in breaches] == [
        ("first_reply", 3_600),
        ("requester_wait", 36_000),
    ]


def test_a_change_that_comes_before_a_late_timer_finds_the_breach_told(desk: Desk) -> None:
    configure(desk, service_levels=REPLY_SOON, triggers=TOLD)
    ticket = desk.created(CUSTOMER)
    desk.shard.stop()
    desk.platform.advance(2 * HOUR)
    desk.shard.start()
    commented(desk, ticket, AGENT)
    assert clocks(desk, ticket)["first_reply"]["breached"]
    assert [kind for kind, _ in outbox(desk, ticket)].count("sla_breached") == 1


def test_tickets_from_before_the_promise_are_measured_from_it_on(desk: Desk) -> None:
    commented(desk, desk.ticket, AGENT)
    commented(desk, desk.ticket, CUSTOMER)
    desk.platform.advance(HOUR)
    configure(desk, service_levels=REPLY_SOON)
    desk.platform.advance(5)
    found = clocks(desk, desk.ticket)
    assert found["first_reply"]["state"] == "ended"
    assert found["next_reply"]["state"] == "running"
    assert found["next_reply"]["spent"] < 60
    desk.platform.advance(31 * 60)
    assert clocks(desk, desk.ticket)["next_reply"]["breached"]


def test_another_calendar_goes_on_from_where_the_old_one_stood(desk: Desk) -> None:
    policy = {"id": "all", "calendar": "desk", "targets": {"first_reply": {"minutes": 120}}}
    calendar: dict[str, Any] = {"id": "desk", "hours": "always"}
    configure(desk, calendars={"calendars": [calendar]}, service_levels={"policies": [policy]})
    ticket = desk.created(CUSTOMER)
    desk.platform.advance(HOUR)
    configure(desk, calendars={"calendars": [dict(calendar, hours="never")]})
    desk.platform.advance(50 * HOUR)
    assert clocks(desk, ticket)["first_reply"]["spent"] // 60 == 60
    assert clocks(desk, ticket)["first_reply"]["due"] is None
    desk.shard.upgrade()
    configure(desk, calendars={"calendars": [calendar]})
    desk.platform.advance(50 * 60)
    assert clocks(desk, ticket)["first_reply"]["spent"] // 60 == 110
    desk.platform.advance(11 * 60)
    assert clocks(desk, ticket)["first_reply"]["breached"]


def test_promises_that_are_taken_back_leave_nothing(desk: Desk) -> None:
    configure(desk, service_levels=REPLY_SOON)
    ticket = desk.created(CUSTOMER)
    configure(desk, service_levels={"policies": []})
    desk.platform.advance(50 * HOUR)
    assert fired(desk, ticket) == 0
    assert desk.shard.module("shard_canister.shard_stores").shard_clocks.len() == 0


def test_triggers_change_a_ticket_in_the_same_version(desk: Desk) -> None:
    route = {
        "id": "route",
        "on": ["created"],
        "conditions": {"all": [{"field": "tags", "includes": "fire"}]},
        "actions": [{"set": "priority", "to": "urgent"}, {"set": "status", "to": "open"}, {"notify": "fire"}],
    }
    configure(desk, triggers={"triggers": [route]})
    ticket = desk.created(CUSTOMER)
    found = summary(desk, ticket)
    assert (found["priority"], found["status"], found["version"]) == ("urgent", "open", 1)
    assert [kind for kind, _ in outbox(desk)] == ["notify"]


def test_an_automation_runs_once_for_each_entry(desk: Desk) -> None:
    remind = {
        "id": "remind",
        "since": "status",
        "after_minutes": 60,
        "conditions": {"all": [{"field": "status", "is": "pending"}]},
        "actions": [{"notify": "reminder", "to": ["requester"]}],
    }
    configure(desk, automations={"automations": [remind]})
    changed(desk, desk.ticket, status="pending")
    desk.platform.advance(59 * 60)
    assert outbox(desk) == []
    desk.platform.advance(24 * HOUR)
    assert len(outbox(desk)) == 1
    changed(desk, desk.ticket, status="open")
    changed(desk, desk.ticket, status="pending")
    desk.shard.upgrade()
    desk.platform.advance(2 * HOUR)
    assert len(outbox(desk)) == 2


def test_a_split_question_waits_on_in_the_new_ticket_and_no_longer_in_the_old(desk: Desk) -> None:
    configure(desk, service_levels=REPLY_SOON)
    ticket = desk.created(CUSTOMER)
    commented(desk, ticket, AGENT)
    commented(desk, ticket, CUSTOMER)
    desk.platform.advance(600)
    commented(desk, ticket, CUSTOMER)
    desk.platform.advance(300)
    request = {**desk.platform.token(), "ticket": ticket, "version": summary(desk, ticket)["version"]}
    request.update({"comments": [2], "subject": "Another matter", "kind": None, "priority": None})
    other = ok(desk.shard.update("split_ticket", request, caller=AGENT))["ticket"]
    assert clocks(desk, other)["first_reply"]["spent"] // 60 == 15
    assert clocks(desk, ticket)["next_reply"]["spent"] // 60 == 5


def test_a_question_that_comes_with_a_merge_waits_on(desk: Desk) -> None:
    configure(desk, service_levels=REPLY_SOON)
    target, source = desk.created(CUSTOMER), desk.created(CUSTOMER)
    commented(desk, target, AGENT)
    desk.platform.advance(600)
    assert "next_reply" not in clocks(desk, target)
    request = {**desk.platform.token(), "change": "merge", "kind": "merged_into", "first": source, "second": target}
    ok(desk.platform.index.update("relate_tickets", request, caller=AGENT))
    desk.platform.advance(5)
    waiting = clocks(desk, target)["next_reply"]
    assert (waiting["state"], waiting["spent"] // 60) == ("running", 10)
    assert {clock["state"] for clock in clocks(desk, source).values()} == {"ended"}
    desk.platform.advance(21 * 60)
    assert clocks(desk, target)["next_reply"]["breached"]


def test_a_trigger_sets_fields_and_solves_where_the_workflow_lets_it(desk: Desk) -> None:
    fields = {"fields": [{"id": "cause", "type": "text", "required_in": ["solved"]}]}
    solve = {
        "id": "solve",
        "on": ["requester_commented"],
        "actions": [{"set": "status", "to": "solved"}],
    }
    fill = {
        "id": "fill",
        "on": ["updated"],
        "conditions": {"all": [{"field": "field.cause", "changed": False}]},
        "actions": [{"set": "field.cause", "to": "no fire"}],
    }
    configure(desk, fields=fields, triggers={"triggers": [solve, fill]})
    commented(desk, desk.ticket, CUSTOMER)
    assert summary(desk, desk.ticket)["status"] == "new"
    changed(desk, desk.ticket, priority="low")
    commented(desk, desk.ticket, CUSTOMER)
    found = summary(desk, desk.ticket)
    assert (found["status"], found["solved_at"] is None) == ("solved", False)


def test_a_value_of_a_field_that_was_of_another_type_before_is_none_to_triggers(desk: Desk) -> None:
    configure(desk, fields={"fields": [{"id": "size", "type": "text"}]})
    ticket = desk.created(CUSTOMER, fields=[{"field": "size", "value": {"Text": "rather big"}}])
    configure(desk, fields={"fields": []})
    big = {"id": "big", "on": ["updated"], "conditions": {"all": [{"field": "field.size", "more_than": "5"}]}}
    big["actions"] = [{"set": "priority", "to": "urgent"}]
    configure(desk, fields={"fields": [{"id": "size", "type": "number"}]}, triggers={"triggers": [big]})
    changed(desk, ticket, subject="Another one")
    assert summary(desk, ticket)["priority"] != "urgent"
    request = desk.platform.change(ticket, summary(desk, ticket)["version"])
    request["fields"] = [{"field": "size", "value": {"Number": "6"}}]
    ok(desk.shard.update("update_ticket", request, caller=AGENT))
    assert summary(desk, ticket)["priority"] == "urgent"


def test_the_outbox_is_read_in_order_acknowledged_and_survives_an_upgrade(desk: Desk) -> None:
    configure(desk, triggers=TOLD)
    tickets = [desk.created(CUSTOMER) for _ in range(3)]
    asked = {"organisation": desk.organisation, "after": 1, "limit": 1}
    page = ok(desk.shard.update("list_outbox_replicated", asked, caller=ADMIN))
    assert [(event["sequence"], event["ticket"]) for event in page["events"]] == [(2, tickets[1])]
    request = {**desk.platform.token(), "organisation": desk.organisation, "up_to": 2}
    assert ok(desk.shard.update("acknowledge_outbox", request, caller=ADMIN)) == 3
    assert ok(desk.shard.update("acknowledge_outbox", request, caller=ADMIN)) == 3
    desk.shard.upgrade()
    page = ok(desk.shard.query("list_outbox", dict(asked, after=0, limit=None), caller=ADMIN))
    assert (page["first"], page["end"], len(page["events"])) == (3, 4, 1)


@pytest.mark.parametrize(
    ("method", "argument", "caller", "number"),
    [
        ("get_clocks", 0, AGENT, 300),
        ("get_clocks", 2**64 - 1, AGENT, 300),
        ("get_clocks", None, RIVAL, 300),
        ("get_clocks", None, STRANGER, 300),
        ("get_clocks", None, ANONYMOUS, 100),
        ("get_clocks", None, CUSTOMER, 101),
        ("list_outbox", {}, AGENT, 101),
        ("list_outbox", {}, CUSTOMER, 101),
        ("list_outbox", {}, AUDITOR, 101),
        ("list_outbox", {}, OTHER_ADMIN, 300),
        ("list_outbox", {}, STRANGER, 300),
        ("list_outbox", {}, ANONYMOUS, 100),
        ("list_outbox", {"organisation": 99}, ADMIN, 300),
        ("list_outbox", {"organisation": 0}, ADMIN, 300),
        ("list_outbox", {"limit": 0}, ADMIN, 200),
        ("list_outbox", {"limit": 101}, ADMIN, 200),
        ("acknowledge_outbox", {}, AGENT, 101),
        ("acknowledge_outbox", {}, AUDITOR, 101),
        ("acknowledge_outbox", {}, OTHER_ADMIN, 300),
        ("acknowledge_outbox", {}, ANONYMOUS, 100),
        ("acknowledge_outbox", {"organisation": 99}, ADMIN, 300),
        ("acknowledge_outbox", {"up_to": 1}, ADMIN, 200),
        ("acknowledge_outbox", {"up_to": 2**64 - 1}, ADMIN, 200),
        ("acknowledge_outbox", {"client_token": ""}, ADMIN, 200),
        ("acknowledge_outbox", {"client_token": "t" * 65}, ADMIN, 201),
        ("acknowledge_outbox", {"created_at": 0}, ADMIN, 202),
        ("acknowledge_outbox", {"created_at": 2**63}, ADMIN, 203),
    ],
)
def test_bad_input_gets_its_number_and_changes_nothing(
    shared_desk: Desk, method: str, argument: Any, caller: Any, number: int
) -> None:
    if caller == ADMIN:
        # A map that is looked at for the first time gets its place in stable memory.
        nothing = {**shared_desk.platform.token(), "organisation": shared_desk.organisation, "up_to": 0}
        ok(shared_desk.shard.update("acknowledge_outbox", nothing, caller=ADMIN))
    before = shared_desk.state()
    if method == "get_clocks":
        answer = shared_desk.shard.query(method, shared_desk.ticket if argument is None else argument, caller=caller)
    elif method == "list_outbox":
        wanted = {"organisation": shared_desk.organisation, "after": 0, "limit": None, **argument}
        answer = shared_desk.shard.query(method, wanted, caller=caller)
    else:
        token = shared_desk.platform.token()
        request = {**token, "organisation": shared_desk.organisation, "up_to": 0, **argument}
        answer = shared_desk.shard.update(method, request, caller=caller)
    assert code(answer) == number
    assert shared_desk.state() == before


ON_BREACH = [{"set": "status", "to": "asleep"}]
GOOD_TRIGGER: dict[str, Any] = {"id": "t", "on": ["created"], "actions": [{"notify": "x"}]}


@pytest.mark.parametrize(
    ("section", "document", "number"),
    [
        ("zones", {}, 300),
        ("calendars", {"calendars": [{"id": "a", "zone": "Mars/Olympus", "hours": "always"}]}, 200),
        ("calendars", {"calendars": [{"id": "a", "hours": {"monday": [["10:00", "09:00"]]}}]}, 200),
        ("calendars", {"calendars": [{"id": "a", "hours": "never"}] * 2}, 200),
        ("calendars", {"calendars": [{"id": f"c{number}", "hours": "never"} for number in range(17)]}, 201),
        ("assignment", {"teams": [{"team": 0}]}, 200),
        ("assignment", {"default_team": 5}, 200),
        ("assignment", {"teams": [{"team": 1, "method": "lottery"}]}, 200),
        ("service_levels", {"policies": [{"id": "a", "calendar": "moon", "targets": {}}]}, 200),
        ("service_levels", {"policies": [{"id": "a", "targets": {"first_reply": {"minutes": 0}}}]}, 200),
        (
            "service_levels",
            {"policies": [{"id": "a", "targets": {"first_reply": {"minutes": 5, "on_breach": ON_BREACH}}}]},
            200,
        ),
        ("service_levels", {"policies": {}}, 200),
        ("triggers", {"triggers": [dict(GOOD_TRIGGER, on=["exploded"])]}, 200),
        ("triggers", {"triggers": [dict(GOOD_TRIGGER, actions=[])]}, 200),
        ("triggers", {"triggers": [dict(GOOD_TRIGGER, conditions={"all": [{"field": "field.x", "is": "y"}]})]}, 200),
        ("triggers", {"triggers": [dict(GOOD_TRIGGER, id=f"t{number}") for number in range(65)]}, 201),
        ("triggers", {"triggers": [dict(GOOD_TRIGGER, actions=[{"set": "language", "to": "x" * 17}])]}, 201),
        ("triggers", {"triggers": [dict(GOOD_TRIGGER, actions=[{"set": "language", "to": "\U0001f600" * 5}])]}, 201),
        ("triggers", {"outbox": ["everything"]}, 200),
        ("automations", {"automations": [{"id": "a"}]}, 200),
        ("automations", {"automations": [{"id": "\u0430dmin"}]}, 200),
        ("automations", {"automation": []}, 200),
    ],
)
def test_a_bad_document_gets_its_number_and_changes_nothing(
    shared_desk: Desk, section: str, document: dict[str, Any], number: int
) -> None:
    index = shared_desk.platform.index
    ok(index.update("get_configuration_replicated", shared_desk.organisation, caller=ADMIN))
    # The map of zones gets its place in stable memory before the state is looked at.
    ok(index.update("put_time_zones", put_request([BERLIN]), caller=OPERATOR))
    request = {**shared_desk.platform.token(), "organisation": shared_desk.organisation, "version": 0}
    request.update({"section": section, "document": json.dumps(document)})
    before = shared_desk.state()
    assert code(index.update("set_configuration", request, caller=ADMIN)) == number
    assert shared_desk.state() == before
