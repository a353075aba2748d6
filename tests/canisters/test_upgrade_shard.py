"""`upgrade_shard` on real modules: the index replaces the code; data, audit chain and tokens are still there."""

from gzip import decompress
from hashlib import sha256
from typing import Any

import pytest
from pocket_ic import PocketIC

from local_replica.pytest_plugin import deployed_once
from support.desk import Desk
from support.platform import AGENT, CUSTOMER, LEAD, OPERATOR, code, listing, ok
from support.pocket_platform import PocketPlatform

UNKNOWN_SECTION = b"\x00\x08\x07release"
"""A custom section: the same code under another hash, as a later release would have."""


@deployed_once
def desk(pic: PocketIC) -> Desk:
    """Two organisations with their people, one shard, one ticket."""
    return Desk(PocketPlatform(pic))


def hand_over(platform: PocketPlatform, module: bytes, version: str, digest: bytes | None = None) -> None:
    """Give the index another module for shards."""
    chunks = [module[start : start + 1_000_000] for start in range(0, len(module), 1_000_000)]
    hashes = [ok(platform.index.update("upload_chunk", {"chunk": chunk}, caller=OPERATOR)) for chunk in chunks]
    described = {"version": version, "sha256": digest or sha256(module).digest(), "size": len(module), "chunks": hashes}
    ok(platform.index.update("set_module", described, caller=OPERATOR))


def upgraded(platform: PocketPlatform) -> Any:
    return platform.index.update("upgrade_shard", platform.token() | {"shard": 1}, caller=OPERATOR)


def shown(desk: Desk, tickets: int) -> Any:
    """What the shard shows, without certificates, which name the time."""
    shard = desk.shard
    events = {"organisation": desk.organisation, "ticket": None, "cursor": None, "limit": None}
    comments = {"ticket": desk.ticket, "cursor": None, "limit": None}
    return (
        shard.query("audit_head") | {"certificate": None},
        ok(shard.query("list_events", events, caller=LEAD)),
        ok(shard.query("list_comments", comments, caller=AGENT)),
        ok(shard.query("list_tickets", listing(desk.organisation), caller=AGENT)),
        [ok(shard.query("get_ticket", desk.ticket + n, caller=AGENT)) | {"proof": None} for n in range(tickets)],
    )


@pytest.mark.slow
def test_data_audit_chain_and_tokens_survive_an_upgrade_by_the_index(desk: Desk) -> None:
    platform, shard = desk.platform, desk.shard
    assert isinstance(platform, PocketPlatform)
    creation = platform.new_ticket(desk.organisation, body="long " * 2_000)
    created = ok(shard.update("create_ticket", creation, caller=CUSTOMER))
    note = platform.comment(desk.ticket, internal=True)
    noted = ok(shard.update("add_comment", note, caller=AGENT))
    change = platform.change(desk.ticket, 2, status="open", assignee=desk.people["agent"])
    changed = ok(shard.update("update_ticket", change, caller=AGENT))
    before = shown(desk, 2)

    hand_over(platform, _next_release(platform), "2")
    assert upgraded(platform) == {"Ok": None}

    (info,) = platform.shard_infos()
    assert (info["module_version"], info["last_failure"], info["step"]) == ("2", None, "open")
    assert shown(desk, 2) == before
    assert ok(shard.update("create_ticket", creation, caller=CUSTOMER)) == created
    assert ok(shard.update("add_comment", note, caller=AGENT)) == noted
    assert ok(shard.update("update_ticket", change, caller=AGENT)) == changed
    assert code(shard.update("add_comment", note | {"body": "other"}, caller=AGENT)) == 204
    assert shown(desk, 2) == before
    assert desk.created(CUSTOMER) == created["ticket"] + 1


@pytest.mark.slow
def test_an_upgrade_to_what_is_no_module_leaves_the_shard_as_it_was(desk: Desk) -> None:
    platform = desk.platform
    assert isinstance(platform, PocketPlatform)
    before = shown(desk, 1)
    hand_over(platform, b"\x00asm no module", "broken")
    assert code(upgraded(platform)) == 402
    (info,) = platform.shard_infos()
    assert info["module_version"] == "1"
    assert info["last_failure"].startswith("upgrade: ")
    assert shown(desk, 1) == before
    desk.created(CUSTOMER)
    hand_over(platform, platform.modules["shard"], "1")
    assert upgraded(platform) == {"Ok": None}


def _next_release(platform: PocketPlatform) -> bytes:
    return decompress(platform.modules["shard"]) + UNKNOWN_SECTION
