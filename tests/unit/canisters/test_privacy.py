"""Privacy: what concerns a person is exported and erased everywhere, unless it is held; chains stay whole."""

import json
from typing import Any

import pytest

from support.desk import Desk
from support.files import PNG, attached, filled, web
from support.people import NEWCOMER, OTHER_KEY, ROBOT, THIRD_KEY, UNLINK_CODE, People
from support.platform import (
    ADMIN,
    AGENT,
    ANONYMOUS,
    AUDITOR,
    CUSTOMER,
    LEAD,
    OTHER_ADMIN,
    OTHER_CUSTOMER,
    RIVAL,
    STRANGER,
    code,
    ok,
)
from support.service_desk import configure
from vex_domain.audit_chain import block_hash

CONFIDED = "My card is 4929-0001 and I live in Elm Street"


def erasing(desk: Desk, person: int, **changed: Any) -> dict[str, Any]:
    return {**desk.platform.token(), "organisation": desk.organisation, "person": person, **changed}


def holding(desk: Desk, kind: str, subject: int, *, held: bool = True, **changed: Any) -> dict[str, Any]:
    named = {"organisation": desk.organisation, "subject_kind": kind, "subject": subject, "held": held}
    return {**desk.platform.token(), **named, **changed}


def orders(desk: Desk) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = ok(
        desk.shard.query("list_privacy_orders", {"organisation": desk.organisation}, caller=ADMIN)
    )
    return found


def written(desk: Desk) -> tuple[int, int]:
    """A ticket of the customer's with texts, a file and a rating, and another person's with their comment on it."""
    own = desk.created(CUSTOMER, subject=CONFIDED, body=CONFIDED, requester_reference="4929-0001")
    other = desk.created(AGENT, subject="Theirs", body="Theirs")
    ok(desk.shard.update("add_comment", desk.platform.comment(own, CONFIDED), caller=CUSTOMER))
    answer = desk.platform.comment(own, f"You said: {CONFIDED}", internal=True)
    ok(desk.shard.update("add_comment", answer, caller=AGENT))
    attached(desk, ticket=own, name="elm-street-4929-0001.png")
    version = ok(desk.shard.query("get_ticket", own, caller=AGENT))["summary"]["version"]
    ok(desk.shard.update("update_ticket", desk.platform.change(own, version, status="solved"), caller=AGENT))
    survey = {**desk.platform.token(), "ticket": own, "score": 1, "comment": CONFIDED}
    ok(desk.shard.update("answer_survey", survey, caller=CUSTOMER))
    return own, other


def erased(desk: Desk) -> None:
    ok(desk.platform.index.update("erase_person", erasing(desk, desk.people["customer"]), caller=ADMIN))
    desk.platform.advance(30)


def chain_is_whole(desk: Desk) -> bool:
    events = desk.shard.module("shard_canister.shard_stores").shard_events
    parent = None
    for index in range(events.len()):
        event = events.get(index)
        if event["hash"] != block_hash(event, parent):
            return False
        parent = event["hash"]
    return True


def test_an_erased_person_leaves_no_text_in_stable_memory_and_a_whole_chain(desk: Desk) -> None:
    own, other = written(desk)
    erased(desk)
    memory = desk.shard.system.stable.content()
    for trace in (b"4929-0001", b"Elm Street", b"elm-street"):
        assert trace not in memory
    shown = ok(desk.shard.query("get_ticket", own, caller=AGENT))
    assert (shown["summary"]["subject"], shown["body"], shown["summary"]["status"]) == ("[erased]", "", "solved")
    assert ok(desk.shard.query("get_ticket", other, caller=AGENT))["body"] == "Theirs"
    assert chain_is_whole(desk)
    order = orders(desk)[-1]
    assert order["done_at"] is not None
    assert (order["tickets"], order["comments"], order["attachments"], order["surveys"]) == (2, 2, 1, 1)
    assert ok(desk.shard.query("get_survey", {"ticket": own}, caller=AGENT))["score"] == 1


def test_an_erased_person_is_no_member_and_has_no_name(desk: Desk) -> None:
    erased(desk)
    person = desk.platform.users.module("users_canister.users_stores").users_people.get(desk.people["customer"])
    assert (person["name"], person["identity"]) == ("[erased]", b"")
    assert code(desk.shard.update("create_ticket", desk.platform.new_ticket(desk.organisation), caller=CUSTOMER)) == 300


def test_what_a_person_wrote_on_others_tickets_is_erased_there(desk: Desk) -> None:
    ok(desk.shard.update("add_comment", desk.platform.comment(desk.ticket, CONFIDED), caller=AGENT))
    attached(desk, caller=AGENT, name="4929-0001.png")
    ok(desk.platform.index.update("erase_person", erasing(desk, desk.people["agent"]), caller=ADMIN))
    desk.platform.advance(30)
    assert b"4929-0001" not in desk.shard.system.stable.content()
    listing = {"ticket": desk.ticket, "cursor": None, "limit": None}
    assert [each["body"] for each in ok(desk.shard.query("list_comments", listing, caller=LEAD))["comments"]] == [""]
    assert ok(desk.shard.query("list_attachments", listing, caller=LEAD))["attachments"][0]["erased"]
    assert ok(desk.shard.query("get_ticket", desk.ticket, caller=CUSTOMER))["body"] != ""
    assert chain_is_whole(desk)


def test_a_download_ends_with_the_erasure(desk: Desk) -> None:
    receipt = attached(desk)
    which = {"ticket": receipt["ticket"], "attachment": receipt["attachment"]}
    path = ok(desk.shard.query("open_download", which, caller=AGENT))["path"]
    assert web(desk, path)["status_code"] == 200
    erased(desk)
    assert web(desk, path)["status_code"] == 404
    assert code(desk.shard.query("read_chunk", {**which, "chunk": 0}, caller=AGENT)) == 300


def test_an_upgrade_in_the_middle_of_an_erasure_loses_nothing(desk: Desk) -> None:
    written(desk)
    ok(desk.platform.index.update("erase_person", erasing(desk, desk.people["customer"]), caller=ADMIN))
    desk.platform.index.upgrade()
    desk.platform.advance(6)
    desk.shard.upgrade()
    desk.platform.advance(30)
    assert b"4929-0001" not in desk.shard.system.stable.content()
    assert orders(desk)[-1]["done_at"] is not None
    assert chain_is_whole(desk)


def test_an_upload_under_way_goes_with_its_person(desk: Desk) -> None:
    content = PNG + CONFIDED.encode()
    filled(desk, content, name="elm-street-4929-0001.png")
    erased(desk)
    memory = desk.shard.system.stable.content()
    assert b"4929-0001" not in memory
    assert b"elm-street" not in memory


def test_a_hold_on_a_ticket_keeps_it_until_its_release(desk: Desk) -> None:
    own, _ = written(desk)
    ok(desk.platform.index.update("set_hold", holding(desk, "ticket", own), caller=ADMIN))
    erased(desk)
    assert ok(desk.shard.query("get_ticket", own, caller=AGENT))["body"] == CONFIDED
    assert (orders(desk)[-1]["done_at"], orders(desk)[-1]["held"]) == (None, 1)
    desk.shard.upgrade()
    desk.platform.advance(30)
    assert ok(desk.shard.query("get_ticket", own, caller=AGENT))["body"] == CONFIDED
    ok(desk.platform.index.update("set_hold", holding(desk, "ticket", own, held=False), caller=ADMIN))
    desk.platform.advance(30)
    assert ok(desk.shard.query("get_ticket", own, caller=AGENT))["body"] == ""


def test_a_held_persons_words_on_anothers_ticket_keep_that_ticket(desk: Desk) -> None:
    own, _ = written(desk)
    ok(desk.platform.index.update("set_hold", holding(desk, "person", desk.people["agent"]), caller=ADMIN))
    erased(desk)
    assert ok(desk.shard.query("get_ticket", own, caller=LEAD))["body"] == CONFIDED
    hold = holding(desk, "person", desk.people["agent"], held=False)
    ok(desk.platform.index.update("set_hold", hold, caller=ADMIN))
    desk.platform.advance(30)
    assert ok(desk.shard.query("get_ticket", own, caller=LEAD))["body"] == ""


def test_what_is_written_on_an_erased_ticket_is_erased_by_the_next_order(desk: Desk) -> None:
    own, _ = written(desk)
    erased(desk)
    ok(desk.shard.update("add_comment", desk.platform.comment(own, f"They had said: {CONFIDED}"), caller=AGENT))
    desk.platform.advance(1)
    erased(desk)
    assert b"4929-0001" not in desk.shard.system.stable.content()


def test_answers_that_came_with_a_merge_of_a_persons_ticket_are_erased_with_them(desk: Desk) -> None:
    own, other = written(desk)
    relation = {"change": "merge", "kind": "merged_into", "first": own, "second": other}
    ok(desk.platform.index.update("relate_tickets", {**desk.platform.token(), **relation}, caller=AGENT))
    desk.platform.advance(1)
    erased(desk)
    assert b"4929-0001" not in desk.shard.system.stable.content()
    assert ok(desk.shard.query("get_ticket", other, caller=AGENT))["body"] == "Theirs"
    assert chain_is_whole(desk)


def test_what_is_held_is_neither_redacted_nor_rated_anew(desk: Desk) -> None:
    own, _ = written(desk)
    ok(desk.shard.update("add_comment", desk.platform.comment(desk.ticket, CONFIDED), caller=AGENT))
    for kind, subject in (("ticket", own), ("person", desk.people["agent"])):
        ok(desk.platform.index.update("set_hold", holding(desk, kind, subject), caller=ADMIN))
    desk.platform.advance(1)
    before = desk.shard.system.stable.content()
    for ticket, comment in ((own, 0), (own, 1), (desk.ticket, 1)):
        request = {**desk.platform.token(), "ticket": ticket, "comment": comment, "passages": ["card"]}
        assert code(desk.shard.update("redact_comment", request, caller=LEAD)) == 223
    rating = {**desk.platform.token(), "ticket": own, "score": 5, "comment": "All is well"}
    assert code(desk.shard.update("answer_survey", rating, caller=CUSTOMER)) == 223
    assert desk.shard.system.stable.content() == before


@pytest.mark.parametrize("kind", ["person", "organisation"])
def test_a_hold_refuses_the_order_to_erase(desk: Desk, kind: str) -> None:
    subject = desk.people["customer"] if kind == "person" else 0
    ok(desk.platform.index.update("set_hold", holding(desk, kind, subject), caller=ADMIN))
    assert code(desk.platform.index.update("erase_person", erasing(desk, desk.people["customer"]), caller=ADMIN)) == 223
    ok(desk.platform.index.update("set_hold", holding(desk, kind, subject, held=False), caller=ADMIN))
    erased(desk)


def test_closed_tickets_are_erased_when_their_time_is_over_unless_held(desk: Desk) -> None:
    kept = desk.created(CUSTOMER)
    for ticket in (desk.ticket, kept):
        ok(desk.shard.update("update_ticket", desk.platform.change(ticket, 1, status="solved"), caller=AGENT))
        ok(desk.shard.update("update_ticket", desk.platform.change(ticket, 2, status="closed"), caller=AGENT))
    document = json.dumps({"keep_closed_days": 1})
    section = {"section": "privacy", "document": document, "version": 0, "organisation": desk.organisation}
    ok(desk.platform.index.update("set_configuration", {**desk.platform.token(), **section}, caller=ADMIN))
    ok(desk.platform.index.update("set_hold", holding(desk, "ticket", kept), caller=ADMIN))
    open_ticket = desk.created(CUSTOMER)
    desk.platform.advance(5)
    desk.platform.advance(26 * 3_600)
    assert ok(desk.shard.query("get_ticket", desk.ticket, caller=AGENT))["body"] == ""
    assert ok(desk.shard.query("get_ticket", kept, caller=AGENT))["body"] != ""
    assert ok(desk.shard.query("get_ticket", open_ticket, caller=AGENT))["body"] != ""


def exported(desk: Desk, person: int, caller: Any, limit: int | None = None) -> list[dict[str, Any]]:
    cursor, items = None, []
    while True:
        request = {"organisation": desk.organisation, "person": person, "cursor": cursor, "limit": limit}
        page = ok(desk.shard.query("export_person", request, caller=caller))
        items += page["items"]
        cursor = page["next"]
        if cursor is None:
            return items


def test_an_export_has_the_own_fields_and_hidden_ones_only_for_who_exports_others(desk: Desk) -> None:
    fields = [{"id": "plate", "type": "text"}, {"id": "fraud", "type": "checkbox", "requester": "hidden"}]
    configure(desk, fields={"fields": fields})
    ticket = desk.created(CUSTOMER, fields=[{"field": "plate", "value": {"Text": "B-XY 12"}}])
    request = desk.platform.change(ticket, 1)
    request["fields"] = [{"field": "fraud", "value": {"Checkbox": True}}]
    ok(desk.shard.update("update_ticket", request, caller=AGENT))

    def shown(caller: Any) -> dict[str, str]:
        items = exported(desk, desk.people["customer"], caller)
        (found,) = [item for item in items if (item["kind"], item["ticket"]) == ("ticket", ticket)]
        return {name: value for name, value in found["fields"] if name.startswith("field.")}

    assert shown(CUSTOMER) == {"field.plate": "B-XY 12"}
    assert shown(ADMIN) == {"field.plate": "B-XY 12", "field.fraud": "yes"}


def test_an_export_has_everything_of_a_person_and_nothing_of_another(desk: Desk) -> None:
    own, _ = written(desk)
    items = exported(desk, desk.people["customer"], ADMIN, limit=2)
    kinds = [item["kind"] for item in items]
    assert {kind: kinds.count(kind) for kind in ("ticket", "comment", "attachment", "survey")} == {
        "ticket": 2,
        "comment": 1,
        "attachment": 1,
        "survey": 1,
    }
    assert [item["body"] for item in items if item["ticket"] == own and item["kind"] == "ticket"] == [CONFIDED]
    assert len([kind for kind in kinds if kind == "event"]) == 5
    assert exported(desk, desk.people["customer"], CUSTOMER) == items
    record = {"organisation": desk.organisation, "person": desk.people["customer"]}
    assert ok(desk.platform.users.query("export_person", record, caller=CUSTOMER))["name"] == "customer"


def test_bad_orders_get_their_number_and_change_nothing(shared_desk: Desk) -> None:
    desk, person = shared_desk, shared_desk.people["customer"]
    wrong: list[tuple[str, dict[str, Any], Any, int]] = [
        ("erase_person", erasing(desk, person), ANONYMOUS, 100),
        ("erase_person", erasing(desk, person), LEAD, 101),
        ("erase_person", erasing(desk, person), AUDITOR, 101),
        ("erase_person", erasing(desk, person), CUSTOMER, 101),
        ("erase_person", erasing(desk, person), OTHER_ADMIN, 300),
        ("erase_person", erasing(desk, person), STRANGER, 300),
        ("erase_person", erasing(desk, person, organisation=99), ADMIN, 300),
        ("erase_person", erasing(desk, 0), ADMIN, 200),
        ("erase_person", erasing(desk, person, created_at=0), ADMIN, 202),
        ("erase_person", erasing(desk, person, client_token=""), ADMIN, 200),
        ("erase_person", erasing(desk, person, client_token="t" * 65), ADMIN, 201),
        ("set_hold", holding(desk, "person", person), ANONYMOUS, 100),
        ("set_hold", holding(desk, "person", person), LEAD, 101),
        ("set_hold", holding(desk, "person", person), AGENT, 101),
        ("set_hold", holding(desk, "person", person), OTHER_ADMIN, 300),
        ("set_hold", holding(desk, "person", person), STRANGER, 300),
        ("set_hold", holding(desk, "planet", person), ADMIN, 200),
        ("set_hold", holding(desk, "person", 0), ADMIN, 200),
        ("set_hold", holding(desk, "organisation", 7), ADMIN, 200),
        ("set_hold", holding(desk, "person", person, organisation=99), ADMIN, 300),
        ("set_hold", holding(desk, "person", person, created_at=0), ADMIN, 202),
        ("set_hold", holding(desk, "person", person, client_token=""), ADMIN, 200),
    ]
    before = desk.state()
    for method, request, caller, number in wrong:
        assert code(desk.platform.index.update(method, request, caller=caller)) == number, (method, request)
    order = {"organisation": desk.organisation, "number": 1, "kind": "erase", "subject_kind": "person"}
    pushed = {**order, "subject": person, "ordered_at": desk.platform.now()}
    for canister in (desk.shard, desk.platform.users):
        assert code(canister.update("push_privacy", pushed, caller=ADMIN)) == 101
    assert desk.state() == before


def test_bad_exports_get_their_number(shared_desk: Desk) -> None:
    desk = shared_desk
    good = {"organisation": desk.organisation, "person": desk.people["customer"], "cursor": None, "limit": None}
    wrong: list[tuple[dict[str, Any], Any, int]] = [
        ({}, ANONYMOUS, 100),
        ({}, AGENT, 101),
        ({}, LEAD, 101),
        ({}, AUDITOR, 101),
        ({}, OTHER_CUSTOMER, 101),
        ({}, RIVAL, 300),
        ({}, STRANGER, 300),
        ({"organisation": 99}, ADMIN, 300),
        ({"limit": 0}, ADMIN, 200),
        ({"limit": 101}, ADMIN, 200),
        ({"cursor": "c0.00000000"}, ADMIN, 200),
        ({"cursor": "\x00"}, ADMIN, 200),
    ]
    for changed, caller, number in wrong:
        assert code(desk.shard.query("export_person", {**good, **changed}, caller=caller)) == number, changed
        assert code(desk.shard.update("export_person_replicated", {**good, **changed}, caller=caller)) == number
    for caller, number in ((AGENT, 101), (STRANGER, 300), (OTHER_ADMIN, 300)):
        request = {"organisation": desk.organisation, "person": desk.people["customer"]}
        assert code(desk.platform.users.query("export_person", request, caller=caller)) == number
    orders_of = {"organisation": desk.organisation}
    assert code(desk.shard.query("list_privacy_orders", orders_of, caller=LEAD)) == 101


def test_an_erased_person_leaves_no_address_in_invitations_and_among_those_who_ask(desk: Desk) -> None:
    people = People(desk)
    ok(people.invite(email="kim@elm-street.example"))
    who = ok(people.accept(NEWCOMER))["person"]
    ok(people.policy("domain", domains=["oak-alley.example"]))
    asking = people.register(OTHER_KEY, "sam@oak-alley.example")
    ok(people.of("join", OTHER_KEY))
    ok(people.begin_link(NEWCOMER, UNLINK_CODE))
    for person in (who, asking):
        ok(desk.platform.index.update("erase_person", erasing(desk, person), caller=ADMIN))
    desk.platform.advance(30)
    memory = desk.platform.users.system.stable.content()
    assert b"kim@elm-street" not in memory
    assert ok(people.users.query("list_asking", desk.organisation, caller=ADMIN))["people"] == []
    assert code(people.confirm(THIRD_KEY, who, UNLINK_CODE)) == 104


def test_an_api_key_exports_its_persons_texts_only_with_the_scope_for_it(desk: Desk) -> None:
    people = People(desk)
    agent = desk.people["agent"]
    ok(people.api_key(agent, AGENT, scopes=["ticket.create"]))
    ok(people.confirm(ROBOT, agent))
    request = {"organisation": desk.organisation, "person": agent}
    page = request | {"cursor": None, "limit": None}
    assert code(desk.shard.query("export_person", page, caller=ROBOT)) == 101
    assert code(people.users.query("export_person", request, caller=ROBOT)) == 101
    ok(desk.shard.query("export_person", page, caller=AGENT))
    ok(people.users.query("export_person", request, caller=AGENT))
