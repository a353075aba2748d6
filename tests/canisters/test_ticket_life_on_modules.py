"""A ticket's life on real modules: workflow and fields, a merge that outlives an index upgraded in the middle."""

from typing import Any

from pocket_ic import PocketIC

from local_replica.pytest_plugin import deployed_once
from support.desk import Desk
from support.life import POLICY, field, life, with_claims
from support.platform import AGENT, CUSTOMER, LEAD, code, ok
from support.pocket_platform import PocketPlatform


@deployed_once
def desk(pic: PocketIC) -> Desk:
    """A desk whose organisation has a workflow, fields and macros of its own."""
    return with_claims(Desk(PocketPlatform(pic)))


def changed(desk: Desk, ticket: int, caller: Any = AGENT, **change: Any) -> Any:
    request = desk.platform.change(ticket, life(desk, ticket, AGENT)["version"]) | change
    return desk.shard.update("update_ticket", request, caller=caller)


def test_a_claim_goes_its_way_with_fields_history_and_a_macro(desk: Desk) -> None:
    ticket = desk.created(CUSTOMER, kind="claim", fields=[POLICY])
    assert code(changed(desk, ticket, status="settled")) == 210
    assert code(changed(desk, ticket, CUSTOMER, status="checking")) == 101
    amount = field("amount", "Number", "12.5")
    ok(changed(desk, ticket, status="settled", assignee=desk.people["agent"], fields=[amount]))
    ok(desk.shard.update("add_comment", desk.platform.comment(ticket, "card 4111"), caller=CUSTOMER))
    edit = {**desk.platform.token(), "ticket": ticket, "comment": 1, "body": "my card 4111"}
    ok(desk.shard.update("edit_comment", edit, caller=CUSTOMER))
    redaction = {**desk.platform.token(), "ticket": ticket, "comment": 1, "passages": ["4111"]}
    assert code(desk.shard.update("redact_comment", redaction, caller=AGENT)) == 101
    ok(desk.shard.update("redact_comment", redaction, caller=LEAD))
    asked = {"ticket": ticket, "comment": 1, "cursor": None, "limit": None}
    assert ok(desk.shard.query("list_revisions", asked, caller=AGENT))["revisions"][0]["body"] == "card ****"
    macro = {**desk.platform.token(), "ticket": ticket, "version": 5, "macro": "suspect"}
    ok(desk.shard.update("apply_macro", macro, caller=AGENT))
    assert life(desk, ticket, AGENT)["fields"]["fraud"] == {"Checkbox": True}


def test_a_merge_outlives_an_index_that_is_stopped_and_upgraded_in_the_middle(desk: Desk) -> None:
    platform = desk.platform
    assert isinstance(platform, PocketPlatform)
    source = desk.created(CUSTOMER, kind="task")
    request = {**platform.token(), "change": "merge", "kind": "merged_into", "first": source, "second": desk.ticket}
    # The shard does not know LEAD yet and cannot ask.
    platform.stop(platform.users)
    assert ok(platform.index.update("relate_tickets", request, caller=LEAD))["step"] == "prepare_first"
    platform.stop(platform.index)
    platform.install(platform.index, "index", {"upgrade": None})
    platform.start(platform.index)
    platform.start(platform.users)
    for _ in range(4):
        platform.advance(6)
    shown = life(desk, source, AGENT)
    assert (shown["status"], shown["merged_into"]) == ("closed", desk.ticket)
    assert [relation["kind"] for relation in life(desk, desk.ticket, AGENT)["relations"]] == ["merged_from"]
