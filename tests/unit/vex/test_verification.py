"""The SDK checks a shard's whole history, and says where one that was tampered with breaks."""

import asyncio
from typing import Any

import pytest

from support.desk import Desk
from support.native_transport import NativeNet
from support.platform import AGENT, AUDITOR, CUSTOMER, RIVAL, ok
from vex.errors import Untrusted
from vex.helpdesk import Helpdesk
from vex.verification import verify_organisation, verify_ticket


def history(desk: Desk) -> None:
    """Some events, one of them another tenant's."""
    ok(desk.shard.update("add_comment", desk.platform.comment(desk.ticket), caller=CUSTOMER))
    ok(desk.shard.update("create_ticket", desk.platform.new_ticket(desk.rival), caller=RIVAL))
    ok(desk.shard.update("update_ticket", desk.platform.change(desk.ticket, 2, status="open"), caller=AGENT))


def auditor(net: NativeNet) -> Helpdesk:
    return Helpdesk(net.caller(AUDITOR), net.platform.index.id)


def test_a_history_is_whole_from_the_first_event_to_the_head(desk: Desk, net: NativeNet) -> None:
    history(desk)
    (verified,) = asyncio.run(verify_organisation(auditor(net), desk.organisation, None))
    assert (verified.events, verified.shown) == (4, 3)
    events = asyncio.run(verify_ticket(auditor(net), desk.organisation, desk.ticket))
    assert [event["block"]["kind"] for event in events][-1] == "vex.ticket.created"
    assert len(events) == 3


@pytest.mark.parametrize("changed", [{"actor": 7}, {"version": 9}, {"commitment": bytes(32)}, {"hash": bytes(32)}])
def test_a_changed_event_is_found(desk: Desk, net: NativeNet, changed: dict[str, Any]) -> None:
    history(desk)
    events = desk.shard.module("shard_canister.shard_stores").shard_events
    events.insert(1, {**events.get(1), **changed})
    with pytest.raises(Untrusted):
        asyncio.run(verify_organisation(auditor(net), desk.organisation, None))


def test_a_history_that_does_not_lead_to_the_head_is_found(desk: Desk, net: NativeNet) -> None:
    history(desk)
    env = desk.shard.module("main").env
    env.audit.head = bytes(32)
    with pytest.raises(Untrusted, match="head"):
        asyncio.run(verify_organisation(auditor(net), desk.organisation, None))
