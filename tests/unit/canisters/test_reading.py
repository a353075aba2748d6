"""Lists against a model, comments by who may see them, the audit chain, proofs."""

from hashlib import sha256
from typing import Any

import cbor2
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from support.desk import Desk
from support.platform import AGENT, AUDITOR, CUSTOMER, LEAD, OTHER_CUSTOMER, RIVAL, code, listing, ok
from vex_domain.audit_chain import block_hash
from vex_domain.hash_tree import tree_digest
from vex_domain.ticket_proof import leaf_content, ticket_label

STATUSES = ["new", "open", "pending", "solved"]
CHANGES = st.lists(
    st.tuples(st.sampled_from([CUSTOMER, OTHER_CUSTOMER]), st.sampled_from(STATUSES), st.booleans()),
    max_size=12,
)


def pages(desk: Desk, caller: Any, limit: int, **wanted: Any) -> list[int]:
    """All ids of a list, page by page."""
    ids: list[int] = []
    cursor = None
    while True:
        request = listing(desk.organisation, limit=limit, cursor=cursor, **wanted)
        page = ok(desk.shard.query("list_tickets", request, caller=caller))
        assert len(page["tickets"]) <= limit
        ids += [ticket["id"] for ticket in page["tickets"]]
        cursor = page["next"]
        if cursor is None:
            return ids


@settings(max_examples=8, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(changes=CHANGES, limit=st.integers(1, 5))
def test_lists_agree_with_a_scan(shared_desk: Desk, changes: list[Any], limit: int) -> None:
    desk = shared_desk
    for requester, status, assigned in changes:
        ticket = desk.created(requester)
        change = {"status": None if status == "new" else status, "assignee": desk.people["agent"] if assigned else None}
        if any(change.values()):
            ok(desk.shard.update("update_ticket", desk.platform.change(ticket, 1, **change), caller=AGENT))
    every = desk.shard.module("shard_canister.shard_stores").shard_tickets.items()
    mine = [(number, record) for number, record in reversed(every) if record["organisation"] == desk.organisation]
    for status in STATUSES:
        wanted = [number for number, record in mine if record["status"] == status]
        assert pages(desk, AGENT, limit, status=status) == wanted
    agent = desk.people["agent"]
    both = [number for number, record in mine if record["assignee"] == agent and record["status"] == "open"]
    assert pages(desk, LEAD, limit, assignee=agent, status="open") == both
    own = [number for number, record in mine if record["requester"] == desk.people["customer"]]
    assert pages(desk, CUSTOMER, limit) == own


def test_a_cursor_does_not_carry_over_to_another_question(shared_desk: Desk) -> None:
    for _ in range(2):
        shared_desk.created(CUSTOMER)
    page = ok(shared_desk.shard.query("list_tickets", listing(1, limit=1), caller=AGENT))
    stolen = listing(1, limit=1, status="new", cursor=page["next"])
    assert code(shared_desk.shard.query("list_tickets", stolen, caller=AGENT)) == 200
    for wrong in (listing(1, limit=0), listing(1, limit=51), listing(1, status="burning")):
        assert code(shared_desk.shard.query("list_tickets", wrong, caller=AGENT)) == 200


def test_tenants_and_customers_see_their_own_only(shared_desk: Desk) -> None:
    shard = shared_desk.shard
    assert code(shard.query("get_ticket", shared_desk.ticket, caller=RIVAL)) == 300
    assert code(shard.query("get_ticket", shared_desk.ticket, caller=OTHER_CUSTOMER)) == 300
    assert code(shard.query("list_tickets", listing(shared_desk.organisation), caller=RIVAL)) == 300
    assert ok(shard.query("list_tickets", listing(shared_desk.rival), caller=RIVAL))["tickets"] == []
    others = listing(shared_desk.organisation, requester=shared_desk.people["other"])
    assert code(shard.query("list_tickets", others, caller=CUSTOMER)) == 101


def test_a_note_is_for_those_who_may_read_notes(desk: Desk) -> None:
    platform, shard = desk.platform, desk.shard
    for number in range(4):
        ok(
            shard.update(
                "add_comment", platform.comment(desk.ticket, f"c{number}", internal=number % 2 == 1), caller=AGENT
            )
        )
    request = {"ticket": desk.ticket, "cursor": None, "limit": 2}
    seen: list[str] = []
    while True:
        page = ok(shard.query("list_comments", request, caller=CUSTOMER))
        seen += [comment["body"] for comment in page["comments"]]
        if page["next"] is None:
            break
        request["cursor"] = page["next"]
    assert seen == ["c0", "c2"]
    everything = {"ticket": desk.ticket, "cursor": None, "limit": None}
    assert len(ok(shard.update("list_comments_replicated", everything, caller=AUDITOR))["comments"]) == 4


def test_the_chain_verifies_and_hides_what_is_another_organisations(desk: Desk) -> None:
    platform, shard = desk.platform, desk.shard
    ok(shard.update("create_ticket", platform.new_ticket(desk.rival), caller=RIVAL))
    ok(shard.update("add_comment", platform.comment(desk.ticket), caller=CUSTOMER))
    request = {"organisation": desk.organisation, "ticket": None, "cursor": None, "limit": 2}
    events: list[dict[str, Any]] = []
    while True:
        page = ok(shard.query("list_events", request, caller=AUDITOR))
        events += page["events"]
        if page["next"] is None:
            break
        request["cursor"] = page["next"]
    parent = None
    for event in events:
        assert event["parent"] == parent
        if event["block"] is not None:
            assert block_hash(event["block"], parent) == event["hash"]
        parent = event["hash"]
    assert [event["block"] is None for event in events] == [False, True, False]
    assert shard.query("audit_head")["head"] == parent
    assert code(shard.query("list_events", request | {"cursor": None}, caller=AGENT)) == 101
    of_ticket = request | {"cursor": None, "ticket": desk.ticket}
    assert [event["index"] for event in ok(shard.query("list_events", of_ticket, caller=LEAD))["events"]] == [2, 0]


def test_a_proof_leads_from_the_answer_to_the_certified_data(desk: Desk) -> None:
    env = desk.shard.module("main").env
    reads = desk.shard.module("shard_canister.tickets.ticket_reads")
    stored = desk.shard.module("shard_canister.shard_stores").shard_tickets.get(desk.ticket)
    proof = reads._proof(env, desk.ticket, stored, b"certificate")
    tree = cbor2.loads(proof["witness"])
    assert tree_digest(tree) == desk.shard.system.certified_data
    shown = ok(desk.shard.query("get_ticket", desk.ticket, caller=CUSTOMER))
    body_hash = sha256(shown["body"].encode()).digest()
    leaf = leaf_content(shown["summary"], body_hash, shown["comment_head"], proof["salt"])
    assert [2, ticket_label(desk.ticket), [3, leaf]] in list(subtrees(tree))


def subtrees(tree: Any) -> Any:
    yield [list(part) if isinstance(part, (list, tuple)) else part for part in tree]
    if tree[0] == 1:
        yield from subtrees(tree[1])
        yield from subtrees(tree[2])
    elif tree[0] == 2:
        yield from subtrees(tree[2])
