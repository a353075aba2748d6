"""An upgrade keeps everything and rebuilds the same indexes; what is certified does not change."""

from typing import Any

import pytest

from support.desk import Desk
from support.platform import ADMIN, AGENT, AUDITOR, CUSTOMER, OPERATOR, OTHER_CUSTOMER, listing, ok


def seen(desk: Desk) -> Any:
    """Everything that the shard shows."""
    shard = desk.shard
    head = shard.query("audit_head")
    lists = [
        shard.query("list_tickets", listing(desk.organisation, **wanted), caller=AGENT)
        for wanted in (
            {},
            {"status": "open"},
            {"assignee": desk.people["agent"]},
            {"requester": desk.people["other"]},
            {"team": 1, "status": "new"},
        )
    ]
    tickets = [shard.query("get_ticket", desk.ticket + number, caller=AGENT) for number in range(4)]
    comments = shard.query("list_comments", {"ticket": desk.ticket, "cursor": None, "limit": None}, caller=AGENT)
    events = {"organisation": desk.organisation, "ticket": None, "cursor": None, "limit": None}
    certified = shard.system.certified_data
    return head, lists, tickets, comments, shard.query("list_events", events, caller=AUDITOR), certified


def test_a_shard_with_tickets_is_the_same_after_an_upgrade(desk: Desk) -> None:
    platform = desk.platform
    for number in range(3):
        desk.created(OTHER_CUSTOMER, body="long " * 600 * (number + 1))
    for internal in (False, True):
        ok(desk.shard.update("add_comment", platform.comment(desk.ticket, internal=internal), caller=AGENT))
    change = platform.change(desk.ticket, 3, status="open", assignee=desk.people["agent"], team=1, tags=["new"])
    ok(desk.shard.update("update_ticket", change, caller=AGENT))
    before = seen(desk)
    desk.shard.upgrade()  # opens the maps that nothing was written to yet
    memory = desk.shard.system.stable.content()
    desk.shard.upgrade()
    assert seen(desk) == before
    assert desk.shard.system.stable.content() == memory
    ok(desk.shard.update("update_ticket", platform.change(desk.ticket, 4, status="solved"), caller=AGENT))
    assert ok(desk.shard.query("list_tickets", listing(desk.organisation, status="open"), caller=AGENT)) == {
        "tickets": [],
        "next": None,
    }


def test_a_restarted_shard_draws_other_salts(desk: Desk) -> None:
    salts = set()
    for _ in range(3):
        desk.shard.upgrade()
        ticket = desk.created(CUSTOMER)
        salts.add(desk.shard.module("shard_canister.shard_stores").shard_tickets.get(ticket)["salt"])
    assert len(salts) == 3


@pytest.mark.parametrize("canister", ["users", "index"])
def test_users_and_index_are_the_same_after_an_upgrade(desk: Desk, canister: str) -> None:
    def known() -> Any:
        users, index = desk.platform.users, desk.platform.index
        return (
            users.query("get_settings", caller=OPERATOR),
            users.query("whoami", caller=CUSTOMER),
            users.query("list_roles", desk.organisation, caller=ADMIN),
            users.query(
                "list_members", {"organisation": desk.organisation, "cursor": None, "limit": None}, caller=ADMIN
            ),
            users.query("grants", AGENT, desk.organisation, caller=AGENT),
            index.query("get_settings", caller=OPERATOR),
            index.query("list_shards", caller=OPERATOR),
            index.query("routing_table"),
            index.query("shards_of", desk.organisation, caller=CUSTOMER),
            index.system.certified_data,
        )

    before = known()
    getattr(desk.platform, canister).upgrade()
    assert known() == before
