"""Whoever holds the network's root key can check what a shard shows, over HTTP, and finds whatever was changed."""

import asyncio
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from icp_identity.identity import Identity
from pocket_ic import PocketIC
from typer.testing import CliRunner

from candid import Principal
from local_replica.pytest_plugin import deployed_once
from support.desk import Desk
from support.platform import ADMIN, AGENT, CUSTOMER, ok
from support.pocket_platform import PocketPlatform
from vex.cli import app
from vex.errors import Untrusted
from vex.helpdesk import Helpdesk
from vex.network import Network
from vex.verification import check_head, check_ticket, verified_ticket, verify_organisation

CHECKER = Identity("5d" * 32)


@deployed_once
def desk(pic: PocketIC) -> Desk:
    """A ticket with a comment and a change, and somebody with a key who may read the history."""
    pic.set_time(time.time_ns())
    desk = Desk(PocketPlatform(pic))
    ok(desk.shard.update("add_comment", desk.platform.comment(desk.ticket), caller=CUSTOMER))
    ok(desk.shard.update("update_ticket", desk.platform.change(desk.ticket, 2, tags=["a", "b"]), caller=AGENT))
    desk.platform.members(desk.organisation, ADMIN, auditor=Principal(CHECKER.sender().bytes))
    return desk


@pytest.fixture
def url(desk: Desk) -> Iterator[str]:
    """The network's address, while its blocks are made by themselves."""
    pic = desk.platform.pic
    instance, gateways = f"{pic.server.url}/instances/{pic.instance_id}", f"{pic.server.url}/http_gateway"
    httpx.post(f"{instance}/auto_progress", json={"artificial_delay_ms": None})
    opened = httpx.post(gateways, json={"forward_to": {"PocketIcInstance": pic.instance_id}}).json()["Created"]
    yield f"http://127.0.0.1:{opened['port']}"
    httpx.post(f"{gateways}/{opened['instance_id']}/stop")
    httpx.post(f"{instance}/stop_progress")


def shown(url: str, desk: Desk) -> tuple[dict[str, Any], dict[str, Any], bytes]:
    """The record `Ticket`, the record `AuditHead` and the root key, as the network gives them."""

    async def ask() -> tuple[Any, Any, bytes]:
        async with Network(url) as network:
            helpdesk = Helpdesk(network.caller(CHECKER), desk.platform.index.id)
            ticket = await helpdesk.at_ticket(desk.organisation, desk.ticket, "get_ticket", desk.ticket)
            return ticket, await helpdesk.shard(desk.shard.id).call("audit_head"), await network.root_key()

    return asyncio.run(ask())


def test_the_command_checks_history_and_ticket(url: str, desk: Desk, tmp_path: Path) -> None:
    key = tmp_path / "key.pem"
    key.write_bytes(CHECKER.to_pem())
    given = {"--url": url, "--index": desk.platform.index.id, "--organisation": desk.organisation, "--key": key}
    words = [str(part) for pair in (given | {"--ticket": desk.ticket}).items() for part in pair]
    result = CliRunner().invoke(app, ["verify", *words])
    assert result.exit_code == 0, result.output
    assert f"{desk.shard.id}: 3 events (3 of this organisation)" in result.output
    assert f"ticket {desk.ticket}: version 3 is certified, 3 events" in result.output
    assert "Verified: " in result.stderr


def test_a_ticket_comes_with_what_the_subnet_certifies_of_it(url: str, desk: Desk) -> None:
    async def ask() -> tuple[Any, Any]:
        async with Network(url) as network:
            helpdesk = Helpdesk(network.caller(CHECKER), desk.platform.index.id)
            root_key = await network.root_key()
            (history,) = await verify_organisation(helpdesk, desk.organisation, root_key)
            return history, await verified_ticket(helpdesk, desk.organisation, desk.ticket, root_key)

    history, ticket = asyncio.run(ask())
    assert (history.events, history.shown) == (3, 3)
    assert (ticket.summary.version, ticket.summary.tags, ticket.summary.comments) == (3, ["a", "b"], 1)


def changed_field(name: str, value: Any) -> Callable[[dict[str, Any]], None]:
    def change(ticket: dict[str, Any]) -> None:
        ticket["summary"][name] = value

    return change


def swapped(name: str, value: Any) -> Callable[[dict[str, Any]], None]:
    def change(ticket: dict[str, Any]) -> None:
        ticket[name] = value

    return change


def flipped(name: str, position: int) -> Callable[[dict[str, Any]], None]:
    def change(ticket: dict[str, Any]) -> None:
        content = bytearray(ticket["proof"][name])
        content[position] ^= 1
        ticket["proof"][name] = bytes(content)

    return change


LIES: dict[str, Callable[[dict[str, Any]], None]] = {
    "subject": changed_field("subject", "Something else"),
    "status": changed_field("status", "solved"),
    "a tag less": changed_field("tags", ["a"]),
    "tags in another order": changed_field("tags", ["b", "a"]),
    "requester": changed_field("requester", 99),
    "assignee": changed_field("assignee", 1),
    "version": changed_field("version", 2),
    "time": changed_field("changed_at", 1),
    "another ticket": changed_field("id", 1),
    "body": swapped("body", "Never written"),
    "comments": swapped("comment_head", bytes(32)),
    "no proof": swapped("proof", None),
    "salt": flipped("salt", 0),
    "witness": flipped("witness", -1),
    "certificate": flipped("certificate", -1),
}


@pytest.mark.parametrize("change", LIES.values(), ids=LIES)
def test_whatever_is_changed_in_a_ticket_is_found(
    url: str, desk: Desk, change: Callable[[dict[str, Any]], None]
) -> None:
    ticket, _, root_key = shown(url, desk)
    check_ticket(ticket, desk.ticket, desk.shard.id, root_key)
    change(ticket)
    with pytest.raises(Untrusted):
        check_ticket(ticket, desk.ticket, desk.shard.id, root_key)


def test_another_canister_s_or_network_s_certificate_proves_nothing(url: str, desk: Desk) -> None:
    ticket, head, root_key = shown(url, desk)
    other_key = root_key[:-1] + bytes((root_key[-1] ^ 1,))
    for shard, key in ((desk.platform.index.id, root_key), (desk.shard.id, other_key)):
        with pytest.raises(Untrusted):
            check_ticket(ticket, desk.ticket, shard, key)
        with pytest.raises(Untrusted):
            check_head(head, shard, key)


def test_what_was_certified_long_ago_is_not_believed(url: str, desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    ticket, head, root_key = shown(url, desk)
    later = 300 * 10**9 + max(time.time_ns(), desk.platform.now()) + 10**9
    monkeypatch.setattr(time, "time_ns", lambda: later)
    with pytest.raises(Untrusted, match="Outdated"):
        check_ticket(ticket, desk.ticket, desk.shard.id, root_key)
    with pytest.raises(Untrusted, match="Outdated"):
        check_head(head, desk.shard.id, root_key)
