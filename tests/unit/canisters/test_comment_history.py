"""Comments keep what they said, parts can be overwritten for good, macros and bulk updates do what people do."""

from typing import Any

import pytest

from support.desk import Desk
from support.life import field, life, with_claims
from support.native_platform import NativePlatform
from support.platform import ADMIN, AGENT, AUDITOR, CUSTOMER, LEAD, OTHER_CUSTOMER, RIVAL, code, ok
from vex_domain.cursors import encode_cursor


@pytest.fixture(scope="module")
def claims() -> Desk:
    """A desk for all tests here; each makes tickets of its own."""
    return with_claims(Desk(NativePlatform(), capacity=512, lease_length=512))


def commented(desk: Desk, body: str, caller: Any = CUSTOMER, *, internal: bool = False) -> int:
    """A new ticket with one comment."""
    ticket = desk.created(CUSTOMER, kind="task")
    ok(desk.shard.update("add_comment", desk.platform.comment(ticket, body, internal=internal), caller=caller))
    return ticket


def edited(desk: Desk, ticket: int, body: str, caller: Any = CUSTOMER, comment: int = 1) -> Any:
    request = {**desk.platform.token(), "ticket": ticket, "comment": comment, "body": body}
    return desk.shard.update("edit_comment", request, caller=caller)


def redacted(desk: Desk, ticket: int, comment: int, *passages: str, caller: Any = LEAD) -> Any:
    request = {**desk.platform.token(), "ticket": ticket, "comment": comment, "passages": list(passages)}
    return desk.shard.update("redact_comment", request, caller=caller)


def comments(desk: Desk, ticket: int, caller: Any = AGENT) -> list[dict[str, Any]]:
    request = {"ticket": ticket, "cursor": None, "limit": None}
    found: list[dict[str, Any]] = ok(desk.shard.query("list_comments", request, caller=caller))["comments"]
    return found


def revisions(desk: Desk, ticket: int, caller: Any = AGENT, comment: int = 1) -> Any:
    request = {"ticket": ticket, "comment": comment, "cursor": None, "limit": None}
    return desk.shard.query("list_revisions", request, caller=caller)


def test_an_edited_comment_shows_its_text_and_keeps_the_earlier_ones(claims: Desk) -> None:
    ticket = commented(claims, "one")
    ok(edited(claims, ticket, "two " * 600))
    ok(edited(claims, ticket, "three", AGENT))
    (comment,) = comments(claims, ticket)
    assert (comment["body"], comment["revisions"], comment["author"]) == ("three", 2, claims.people["customer"])
    kept = ok(revisions(claims, ticket))["revisions"]
    assert [(revision["number"], revision["body"]) for revision in kept] == [(2, "two " * 600), (1, "one")]
    assert [revision["editor"] for revision in kept] == [claims.people["agent"], claims.people["customer"]]
    assert len(ok(revisions(claims, ticket, CUSTOMER))["revisions"]) == 2


def test_only_the_author_and_agents_edit_and_notes_stay_hidden(claims: Desk) -> None:
    ticket = commented(claims, "secret note", AGENT, internal=True)
    assert code(edited(claims, ticket, "x")) == 300
    assert code(revisions(claims, ticket, CUSTOMER)) == 300
    ok(claims.shard.update("add_comment", claims.platform.comment(ticket, "public"), caller=AGENT))
    assert code(edited(claims, ticket, "x", comment=2)) == 101
    assert code(revisions(claims, ticket, CUSTOMER, comment=2)) == 101
    assert code(edited(claims, ticket, "x", OTHER_CUSTOMER)) == 300


def test_a_forged_cursor_reads_no_other_tickets_history_and_no_note(claims: Desk) -> None:
    ticket = commented(claims, "my question")
    ok(claims.shard.update("add_comment", claims.platform.comment(ticket, "a note", internal=True), caller=AGENT))
    other = commented(claims, "one")
    ok(edited(claims, ticket, "my other question"))
    ok(edited(claims, other, "two"))
    request = {"ticket": ticket, "comment": 1, "limit": None}
    for position in ((ticket ^ other) << 16, 1 << 16, 1, (1 << 64) - 1):
        cursor = encode_cursor(position, f"revisions {ticket} 1")
        answer = claims.shard.query("list_revisions", request | {"cursor": cursor}, caller=CUSTOMER)
        assert code(answer) == 200


def stable(desk: Desk) -> bytes:
    content: Any = desk.shard.system.stable.content()
    return bytes(content) if isinstance(content, (bytes, bytearray)) else repr(content).encode()


def test_a_redacted_passage_is_gone_from_every_version_and_from_stable_memory() -> None:
    # A desk of its own: what earlier splits of a node gave up may hold copies (docs/reference/privacy.md, Limits).
    claims = with_claims(Desk(NativePlatform()))
    ticket = commented(claims, "my card is 4111-zebra-1111, thanks")
    ok(edited(claims, ticket, "card 4111-zebra-1111 again"))
    ok(redacted(claims, ticket, 1, "4111-zebra-1111"))
    (comment,) = comments(claims, ticket)
    assert (comment["body"], comment["redacted"]) == ("card *************** again", True)
    (revision,) = ok(revisions(claims, ticket))["revisions"]
    assert revision["body"] == "my card is ***************, thanks"
    pages = claims.shard.module("shard_canister.shard_stores").shard_pages
    assert not any(b"zebra" in pages.get(key) for key in list(pages.keys()) if key >> 16 == ticket)
    assert b"zebra" not in stable(claims)
    events = {"organisation": claims.organisation, "ticket": ticket, "cursor": None, "limit": None}
    listed = ok(claims.shard.query("list_events", events, caller=AUDITOR))["events"]
    assert listed[0]["block"]["kind"] == "vex.ticket.redacted"
    assert code(edited(claims, ticket, "new")) == 200


def test_a_body_is_redacted_and_still_proven(claims: Desk) -> None:
    ticket = claims.created(CUSTOMER, body="password: hunter2-\u00e9\u00e9 !")
    ok(redacted(claims, ticket, 0, "hunter2-\u00e9\u00e9"))
    shown = ok(claims.shard.query("get_ticket", ticket, caller=CUSTOMER))
    assert (shown["body"], shown["life"]["body_redacted"]) == ("password: ************ !", True)


def test_a_macro_does_what_its_preview_says(claims: Desk) -> None:
    ticket = claims.created(CUSTOMER, kind="task", language="de", tags=[])
    wanted = {"ticket": ticket, "macro": "ask"}
    shown = ok(claims.shard.query("preview_macro", wanted, caller=AGENT))
    changes = {change["field"]: (change["before"], change["after"]) for change in shown["changes"]}
    agent = claims.people["agent"]
    assert changes == {"status": ("new", "pending"), "assignee": ("", str(agent)), "tags": ("", "asked")}
    assert (shown["comment"], shown["internal"], shown["refusal"]) == (
        f"Zu {ticket}: bitte mehr.",
        False,
        None,
    )
    assert life(claims, ticket, AGENT)["version"] == shown["version"] == 1
    request = {**claims.platform.token(), **wanted, "version": 1}
    receipt = ok(claims.shard.update("apply_macro", request, caller=AGENT))
    assert (receipt["version"], receipt["comment"]) == (2, 1)
    assert life(claims, ticket, AGENT)["status"] == "pending"
    assert comments(claims, ticket)[0]["body"] == shown["comment"]
    assert ok(claims.shard.update("apply_macro", request, caller=AGENT)) == receipt


def test_a_preview_says_why_a_macro_would_be_refused(claims: Desk) -> None:
    ticket = claims.created(CUSTOMER, kind="claim", fields=[field("policy", "Text", "AB123456")])
    shown = ok(claims.shard.query("preview_macro", {"ticket": ticket, "macro": "ask"}, caller=AGENT))
    assert shown["refusal"]["code"] == 200
    assert code(claims.shard.query("preview_macro", {"ticket": ticket, "macro": "ask"}, caller=CUSTOMER)) == 101
    assert code(claims.shard.query("preview_macro", {"ticket": ticket, "macro": "gone"}, caller=AGENT)) == 300
    request = {**claims.platform.token(), "ticket": ticket, "macro": "suspect", "version": 1}
    ok(claims.shard.update("apply_macro", request, caller=AGENT))
    assert life(claims, ticket, AGENT)["fields"]["fraud"] == {"Checkbox": True}
    assert comments(claims, ticket)[0]["internal"]


def bulk(desk: Desk, targets: list[tuple[int, int | None]], **change: Any) -> dict[str, Any]:
    request: dict[str, Any] = dict.fromkeys(("status", "priority", "kind", "assignee", "team", "fields"))
    request |= {"add_tags": [], "remove_tags": [], "organisation": desk.organisation, **desk.platform.token()}
    request["targets"] = [{"ticket": ticket, "version": version} for ticket, version in targets]
    return request | change


def test_a_bulk_update_answers_for_each_ticket_and_happens_once(claims: Desk) -> None:
    first, second = (claims.created(CUSTOMER, kind="task", tags=["a"]) for _ in range(2))
    targets = [(first, None), (second, 7), (10**9, None), (claims.created(CUSTOMER, kind="task"), 1)]
    request = bulk(claims, targets, status="open", add_tags=["b"], remove_tags=["a"])
    results = ok(claims.shard.update("bulk_update", request, caller=AGENT))
    assert [result["version"] for result in results] == [2, None, None, 2]
    assert [result["refusal"] and result["refusal"]["code"] for result in results] == [None, 301, 300, None]
    assert ok(claims.shard.update("bulk_update", request, caller=AGENT)) == results
    shown = ok(claims.shard.query("get_ticket", first, caller=AGENT))["summary"]
    assert (shown["tags"], shown["version"]) == (["b"], 2)
    assert code(claims.shard.update("bulk_update", request, caller=RIVAL)) == 300
    refused = ok(claims.shard.update("bulk_update", bulk(claims, [(first, None)], status="pending"), caller=CUSTOMER))
    assert refused[0]["refusal"]["code"] == 101


def test_a_split_makes_a_ticket_of_comments_and_links_both(claims: Desk) -> None:
    ticket = commented(claims, "also my door is broken")
    ok(claims.shard.update("add_comment", claims.platform.comment(ticket, "a note", internal=True), caller=AGENT))
    request = {"ticket": ticket, "version": 3, "comments": [2, 1], "subject": "Door", "kind": None, "priority": "low"}
    receipt = ok(claims.shard.update("split_ticket", request | claims.platform.token(), caller=AGENT))
    new = receipt["ticket"]
    shown = ok(claims.shard.query("get_ticket", new, caller=CUSTOMER))
    assert (shown["body"], shown["summary"]["subject"], shown["summary"]["priority"]) == (
        "also my door is broken",
        "Door",
        "low",
    )
    (note,) = comments(claims, new)
    assert (note["body"], note["internal"], note["origin"]) == ("a note", True, {"ticket": ticket, "number": 2})
    assert [relation["other"] for relation in life(claims, new, AGENT)["relations"]] == [ticket]
    assert [relation["other"] for relation in life(claims, ticket, AGENT)["relations"]] == [new]
    assert len(comments(claims, ticket)) == 2


@pytest.mark.parametrize(
    ("method", "changed", "caller", "number"),
    [
        ("edit_comment", {"body": ""}, CUSTOMER, 200),
        ("edit_comment", {"body": "bell\x07"}, CUSTOMER, 200),
        ("edit_comment", {"body": "More smoke"}, CUSTOMER, 200),
        ("edit_comment", {"body": "b" * 65_537}, CUSTOMER, 201),
        ("edit_comment", {"comment": 0}, CUSTOMER, 300),
        ("edit_comment", {"comment": 9}, CUSTOMER, 300),
        ("edit_comment", {"ticket": 1}, CUSTOMER, 300),
        ("edit_comment", {}, RIVAL, 300),
        ("edit_comment", {}, AUDITOR, 101),
        ("edit_comment", {"client_token": ""}, CUSTOMER, 200),
        ("edit_comment", {"created_at": 0}, CUSTOMER, 202),
        ("redact_comment", {}, AGENT, 101),
        ("redact_comment", {}, CUSTOMER, 101),
        ("redact_comment", {}, RIVAL, 300),
        ("redact_comment", {"passages": []}, LEAD, 200),
        ("redact_comment", {"passages": [" "]}, LEAD, 200),
        ("redact_comment", {"passages": ["not there"]}, LEAD, 200),
        ("redact_comment", {"passages": ["x"] * 21}, LEAD, 201),
        ("redact_comment", {"passages": ["x" * 5_000]}, LEAD, 201),
        ("redact_comment", {"comment": 5}, LEAD, 300),
        ("redact_comment", {"ticket": 1}, LEAD, 300),
        ("redact_comment", {"created_at": 0}, LEAD, 202),
        ("apply_macro", {}, CUSTOMER, 101),
        ("apply_macro", {}, AUDITOR, 101),
        ("apply_macro", {}, RIVAL, 300),
        ("apply_macro", {"macro": "gone"}, AGENT, 300),
        ("apply_macro", {"macro": ""}, AGENT, 300),
        ("apply_macro", {"version": 1}, AGENT, 301),
        ("apply_macro", {"ticket": 1}, AGENT, 300),
        ("apply_macro", {"client_token": "t" * 65}, AGENT, 201),
        ("apply_macro", {"created_at": 0}, AGENT, 202),
        ("apply_macro", {"created_at": 2**63}, AGENT, 203),
        ("split_ticket", {}, CUSTOMER, 101),
        ("split_ticket", {}, RIVAL, 300),
        ("split_ticket", {"comments": []}, AGENT, 200),
        ("split_ticket", {"comments": [1, 1]}, AGENT, 200),
        ("split_ticket", {"comments": [7]}, AGENT, 300),
        ("split_ticket", {"comments": list(range(1, 60))}, AGENT, 201),
        ("split_ticket", {"subject": ""}, AGENT, 200),
        ("split_ticket", {"subject": "s" * 151}, AGENT, 201),
        ("split_ticket", {"kind": "rant"}, AGENT, 200),
        ("split_ticket", {"kind": "claim"}, AGENT, 210),
        ("split_ticket", {"priority": "!"}, AGENT, 200),
        ("split_ticket", {"version": 9}, AGENT, 301),
        ("bulk_update", {"targets": []}, AGENT, 200),
        ("bulk_update", {"targets": [{"ticket": 1, "version": None}] * 2}, AGENT, 200),
        ("bulk_update", {"targets": [{"ticket": n, "version": None} for n in range(101)]}, AGENT, 201),
        ("bulk_update", {"organisation": 99}, AGENT, 300),
        ("bulk_update", {"organisation": 0}, AGENT, 300),
        ("bulk_update", {}, RIVAL, 300),
        ("bulk_update", {"client_token": ""}, AGENT, 200),
        ("bulk_update", {"client_token": "t" * 65}, AGENT, 201),
        ("bulk_update", {"created_at": 0}, AGENT, 202),
        ("bulk_update", {"created_at": 2**63}, AGENT, 203),
    ],
)
def test_bad_input_gets_its_number_and_changes_nothing(
    claims: Desk, method: str, changed: dict[str, Any], caller: Any, number: int
) -> None:
    request: dict[str, Any] = {**claims.platform.token(), "ticket": claims.ticket, "version": 2, "comment": 1}
    request |= {"body": "Less smoke", "passages": ["smoke"], "macro": "ask", "comments": [1], "subject": "Smoke"}
    request |= {"kind": None, "priority": None}
    if method == "bulk_update":
        request = bulk(claims, [(claims.ticket, 1)])
    wanted = {name: request[name] for name in FIELDS_OF[method]}
    before = claims.state()
    assert code(claims.shard.update(method, wanted | changed, caller=caller)) == number
    assert claims.state() == before


TOKEN = ("client_token", "created_at", "ticket")
FIELDS_OF = {
    "edit_comment": (*TOKEN, "comment", "body"),
    "redact_comment": (*TOKEN, "comment", "passages"),
    "apply_macro": (*TOKEN, "version", "macro"),
    "split_ticket": (*TOKEN, "version", "comments", "subject", "kind", "priority"),
    "bulk_update": (
        *("client_token", "created_at", "organisation", "targets", "status", "priority", "kind", "assignee", "team"),
        *("add_tags", "remove_tags", "fields"),
    ),
}


@pytest.fixture(scope="module", autouse=True)
def smoke(claims: Desk) -> None:
    """The desk's ticket with a comment of its requester; and what opens the maps, as even a refused call would."""
    ok(claims.shard.update("add_comment", claims.platform.comment(claims.ticket), caller=CUSTOMER))
    ticket = commented(claims, "opens maps")
    ok(edited(claims, ticket, "opens the maps"))
    ok(redacted(claims, ticket, 1, "maps"))
    request = {"ticket": ticket, "version": 4, "comments": [1], "subject": "Maps", "kind": None, "priority": None}
    ok(claims.shard.update("split_ticket", request | claims.platform.token(), caller=AGENT))
    assert life(claims, claims.ticket, ADMIN)["version"] == 2
