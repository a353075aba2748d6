"""Tickets move as their organisation's workflow says, with its fields; lists follow states and categories."""

import json
from typing import Any

import pytest

from support.desk import Desk
from support.files import announced, filled, finishing
from support.life import FIELDS, POLICY, WORKFLOW, configure, field, life, with_claims
from support.native_platform import NativePlatform
from support.platform import ADMIN, AGENT, AUDITOR, CUSTOMER, OTHER_CUSTOMER, code, listing, ok

DAY = 86_400


@pytest.fixture(scope="module")
def claims() -> Desk:
    """A desk for all tests here; each makes tickets of its own."""
    return with_claims(Desk(NativePlatform(), capacity=512, lease_length=512))


def changed(desk: Desk, ticket: int, caller: Any = AGENT, **change: Any) -> Any:
    version = life(desk, ticket, ADMIN)["version"]
    return desk.shard.update("update_ticket", desk.platform.change(ticket, version) | change, caller=caller)


def claim(desk: Desk, **given: Any) -> int:
    return desk.created(CUSTOMER, **{"kind": "claim", "fields": [POLICY], **given})


def test_a_ticket_begins_in_the_state_of_its_kind_with_what_that_requires(claims: Desk) -> None:
    shown = life(claims, claim(claims), CUSTOMER)
    assert (shown["status"], shown["category"], shown["pauses_sla"]) == ("received", "new", False)
    assert shown["fields"] == {"policy": {"Text": "AB123456"}}
    assert shown["moves"] == []
    request = claims.platform.new_ticket(claims.organisation, kind="claim")
    assert code(claims.shard.update("create_ticket", request, caller=CUSTOMER)) == 210
    assert life(claims, claims.created(CUSTOMER, kind="task"), CUSTOMER)["status"] == "new"


def test_a_transition_asks_for_assignee_and_field(claims: Desk) -> None:
    ticket = claim(claims)
    assert life(claims, ticket, AGENT)["moves"] == ["checking", "settled"]
    assert code(changed(claims, ticket, status="settled")) == 210
    assert code(changed(claims, ticket, status="settled", assignee=claims.people["agent"])) == 210
    amount = [field("amount", "Number", "12.5")]
    ok(changed(claims, ticket, status="settled", assignee=claims.people["agent"], fields=amount))
    shown = life(claims, ticket, AGENT)
    assert (shown["category"], shown["fields"]["amount"]) == ("solved", {"Number": "12.50"})


def test_a_field_that_is_called_as_a_part_of_the_record_is_required_all_the_same() -> None:
    desk = Desk(NativePlatform())
    way = {"from": "new", "to": "solved", "required": ["version"]}
    states = [{"id": "new", "category": "new"}, {"id": "solved", "category": "solved"}]
    workflow = {"id": "mine", "initial": "new", "transitions": [way]}
    kinds = [{"id": word, "workflow": "mine"} for word in ("question", "incident", "problem", "task")]
    ok(configure(desk, "fields", {"fields": [{"id": "version", "type": "text"}]}, told=False))
    ok(configure(desk, "workflow", {"states": states, "workflows": [workflow], "kinds": kinds}))
    ticket = desk.created(CUSTOMER)
    assert code(changed(desk, ticket, status="solved")) == 210
    ok(changed(desk, ticket, status="solved", fields=[field("version", "Text", "1.4")]))


def test_a_state_requires_its_field_as_long_as_the_ticket_is_in_it(claims: Desk) -> None:
    ticket = claim(claims)
    ok(changed(claims, ticket, status="checking"))
    assert code(changed(claims, ticket, status="waiting")) == 210
    ok(changed(claims, ticket, status="waiting", fields=[field("seen", "Date", "2026-02-28")]))
    assert life(claims, ticket, AGENT)["pauses_sla"]
    assert code(changed(claims, ticket, fields=[field("seen", "Empty", None)])) == 210
    ok(changed(claims, ticket, status="checking", fields=[field("seen", "Empty", None)]))
    assert "seen" not in life(claims, ticket, AGENT)["fields"]


def test_a_requester_reopens_within_the_window_only(claims: Desk) -> None:
    ticket = claim(claims, fields=[POLICY, field("amount", "Number", "1")])
    ok(changed(claims, ticket, status="settled", assignee=claims.people["agent"]))
    assert life(claims, ticket, CUSTOMER)["moves"] == ["checking"]
    ok(changed(claims, ticket, CUSTOMER, status="checking"))
    ok(changed(claims, ticket, status="settled"))
    claims.platform.advance(2 * DAY + 1)
    assert life(claims, ticket, CUSTOMER)["moves"] == []
    assert code(changed(claims, ticket, CUSTOMER, status="checking")) == 211
    ok(changed(claims, ticket, status="filed"))
    assert code(changed(claims, ticket, priority="low")) == 200


def test_a_requester_sets_own_fields_and_never_sees_hidden_ones(claims: Desk) -> None:
    ticket = claims.created(CUSTOMER, kind="task", fields=[field("area", "Choice", "car")])
    ok(changed(claims, ticket, CUSTOMER, fields=[field("area", "Choice", "house")]))
    assert code(changed(claims, ticket, CUSTOMER, fields=[field("fraud", "Checkbox", True)])) == 200
    ok(changed(claims, ticket, fields=[field("fraud", "Checkbox", True)]))
    assert life(claims, ticket, CUSTOMER)["fields"] == {"area": {"Choice": "house"}}
    assert life(claims, ticket, AGENT)["fields"]["fraud"] == {"Checkbox": True}
    assert code(changed(claims, ticket, AUDITOR, fields=[field("fraud", "Checkbox", True)])) == 101


def test_a_kind_changes_only_where_the_state_fits(claims: Desk) -> None:
    ticket = claims.created(CUSTOMER)
    assert code(changed(claims, ticket, kind="claim")) == 200
    ok(changed(claims, ticket, kind="task"))
    assert ok(claims.shard.query("get_ticket", ticket, caller=AGENT))["summary"]["kind"] == "task"


def test_followers_join_and_leave(claims: Desk) -> None:
    agent, other = claims.people["agent"], claims.people["other"]
    ok(changed(claims, claims.ticket, follow=[agent, other]))
    assert life(claims, claims.ticket, AGENT)["followers"] == [agent, other]
    ok(changed(claims, claims.ticket, unfollow=[agent, 99]))
    assert life(claims, claims.ticket, AGENT)["followers"] == [other]
    assert life(claims, claims.ticket, CUSTOMER)["followers"] == []
    ok(changed(claims, claims.ticket, CUSTOMER, follow=[claims.people["customer"]]))
    assert code(changed(claims, claims.ticket, CUSTOMER, follow=[agent])) == 101
    assert code(changed(claims, claims.ticket, follow=list(range(1, 60)))) == 201
    assert code(changed(claims, claims.ticket, follow=[claims.people["rival"]])) == 200
    assert code(changed(claims, claims.ticket, follow=[(1 << 64) - 1])) == 200


def test_nothing_is_written_on_or_attached_to_or_split_from_a_closed_ticket(claims: Desk) -> None:
    ticket = claims.created(CUSTOMER, kind="task")
    ok(claims.shard.update("add_comment", claims.platform.comment(ticket), caller=CUSTOMER))
    upload = filled(claims, ticket=ticket)
    for status in ("solved", "closed"):
        ok(changed(claims, ticket, status=status))
    version = life(claims, ticket, AGENT)["version"]
    split = {**claims.platform.token(), "ticket": ticket, "version": version, "comments": [1], "subject": "New"}
    macro = {**claims.platform.token(), "ticket": ticket, "version": version, "macro": "suspect"}
    for method, request, caller in (
        ("add_comment", claims.platform.comment(ticket), CUSTOMER),
        ("add_comment", claims.platform.comment(ticket, internal=True), AGENT),
        ("begin_upload", announced(claims, ticket=ticket), CUSTOMER),
        ("finish_upload", finishing(claims, upload), CUSTOMER),
        ("split_ticket", split | {"kind": None, "priority": None}, AGENT),
        ("apply_macro", macro, AGENT),
    ):
        assert code(claims.shard.update(method, request, caller=caller)) == 200, method
    assert life(claims, ticket, AGENT)["version"] == version


def ids(desk: Desk, since: int, **wanted: Any) -> list[int]:
    request = listing(desk.organisation) | wanted
    found = [ticket["id"] for ticket in ok(desk.shard.query("list_tickets", request, caller=AGENT))["tickets"]]
    return [ticket for ticket in found if ticket >= since]


def test_lists_go_by_state_category_and_kind(claims: Desk) -> None:
    first, second = claim(claims), claims.created(OTHER_CUSTOMER, kind="task")
    ok(changed(claims, second, status="open"))
    ok(changed(claims, first, status="checking"))
    third = claim(claims)
    for _ in range(2):
        assert ids(claims, first, category="open") == [second, first]
        assert ids(claims, first, category="new") == [third]
        assert ids(claims, first, status="checking") == [first]
        assert ids(claims, first, kind="claim") == [third, first]
        assert ids(claims, first, kind="claim", category="open", requester=claims.people["customer"]) == [first]
        claims.shard.upgrade()
    for wanted in ({"status": "lost"}, {"category": "lost"}, {"kind": "lost"}):
        request = listing(claims.organisation) | wanted
        assert code(claims.shard.query("list_tickets", request, caller=AGENT)) == 200


def test_fields_of_many_pages_come_back_and_shrink(claims: Desk) -> None:
    def pages() -> int:
        return int(claims.shard.module("shard_canister.shard_stores").shard_fields.len())

    ticket = claims.created(CUSTOMER, kind="task")
    before = pages()
    ok(changed(claims, ticket, fields=[field("parts", "Choices", ["door", "roof"])]))
    claims.shard.upgrade()
    assert life(claims, ticket, AGENT)["fields"] == {"parts": {"Choices": ["roof", "door"]}}
    ok(changed(claims, ticket, fields=[field("parts", "Empty", None)]))
    assert pages() == before


def test_a_workflow_that_would_strand_a_ticket_is_refused_and_says_where(claims: Desk) -> None:
    ticket = claim(claims)
    ok(changed(claims, ticket, status="checking"))
    ok(changed(claims, ticket, status="waiting", fields=[field("seen", "Date", "2026-01-01")]))
    without = json.loads(json.dumps(WORKFLOW))
    ways = without["workflows"][0]["transitions"]
    ways[0]["from"].remove("waiting")
    del ways[1]
    documents = {"fields": [entry for entry in FIELDS["fields"] if entry["id"] != "seen"]}
    ok(configure(claims, "fields", documents))
    refused = configure(claims, "workflow", without)
    assert code(refused) == 303
    assert "1 tickets of kind claim are in the state waiting" in refused["Err"]["message"]
    other = claim(claims)
    ok(changed(claims, other, status="checking"))
    ok(changed(claims, other, status="waiting"))
    for back in (ticket, other):
        ok(changed(claims, back, status="checking"))
    ok(configure(claims, "workflow", without, told=False))
    assert code(changed(claims, other, status="waiting")) == 402
    claims.shard.upgrade()
    assert code(changed(claims, other, status="waiting")) == 402
    claims.platform.advance(6)
    assert code(changed(claims, other, status="waiting")) == 200
    ok(configure(claims, "workflow", WORKFLOW))
    ok(changed(claims, other, status="waiting"))
