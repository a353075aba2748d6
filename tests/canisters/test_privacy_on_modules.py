"""Attachments, surveys and erasure on real modules: lost replies, upgrades in the middle, a history that verifies."""

import time
from typing import Any

import ic
import pytest
from pocket_ic import PocketIC, SubnetConfig

from support.desk import Desk
from support.files import CHUNK, begun, finishing, png
from support.platform import ADMIN, AGENT, AUDITOR, CUSTOMER, OPERATOR, ok
from support.pocket_platform import PocketPlatform
from vex.verification import check_head
from vex_domain.audit_chain import first_break

CONTENT = png(CHUNK + 70_000)
CONFIDED = "My card is 4929-0001"


@pytest.fixture
def desk() -> Desk:
    """A desk on a network of the present whose root is an NNS, so that certificates are checked as on mainnet."""
    pic = PocketIC(SubnetConfig(nns=True, application=1))
    pic.set_time(time.time_ns())
    return Desk(PocketPlatform(pic))


def upgraded(desk: Desk, version: str) -> None:
    """The shard under the same module again, named as another version."""
    platform = desk.platform
    digests = [
        ok(platform.index.update("upload_chunk", {"chunk": chunk}, caller=OPERATOR)) for chunk in platform.module_chunks
    ]
    sha256, size = platform.module_hash()
    module = {"version": version, "sha256": sha256, "size": size, "chunks": digests}
    ok(platform.index.update("set_module", module, caller=OPERATOR))
    ok(platform.index.update("upgrade_shard", platform.token() | {"shard": 1}, caller=OPERATOR))


def whole_chain(desk: Desk) -> bool:
    """Whether every shown event follows from the one before."""
    wanted: dict[str, Any] = {"organisation": desk.organisation, "ticket": None, "cursor": None, "limit": None}
    events = ok(desk.shard.query("list_events", wanted, caller=AUDITOR))["events"]
    flat = [{**event, **event["block"], "hash": bytes(event["hash"])} for event in events]
    return first_break(flat, None) is None


@pytest.mark.slow
def test_a_file_survives_an_upgrade_and_an_erasure_leaves_a_certified_history(desk: Desk) -> None:
    platform = desk.platform
    assert isinstance(platform, PocketPlatform)
    ok(desk.shard.update("add_comment", platform.comment(desk.ticket, CONFIDED), caller=CUSTOMER))
    upload = begun(desk, CONTENT)
    parts = [{**upload, "number": number, "content": CONTENT[number * CHUNK :][:CHUNK]} for number in range(2)]
    ok(desk.shard.update("put_chunk", parts[1], caller=CUSTOMER))
    upgraded(desk, "2")
    assert ok(desk.shard.update("upload_status_replicated", upload, caller=CUSTOMER))["missing"] == [0]
    ok(desk.shard.update("put_chunk", parts[0], caller=CUSTOMER))
    request = finishing(desk, upload)
    receipt = ok(desk.shard.update("finish_upload", request, caller=CUSTOMER))
    assert ok(desk.shard.update("finish_upload", request, caller=CUSTOMER)) == receipt
    which = {"ticket": desk.ticket, "attachment": receipt["attachment"], "chunk": 1}
    assert ok(desk.shard.query("read_chunk", which, caller=AGENT)) == CONTENT[CHUNK:]
    order = {**platform.token(), "organisation": desk.organisation, "person": desk.people["customer"]}
    ok(platform.index.update("erase_person", order, caller=ADMIN))
    upgraded(desk, "3")
    platform.advance(30)
    platform.advance(30)
    shown = ok(desk.shard.query("get_ticket", desk.ticket, caller=AGENT))
    assert (shown["summary"]["subject"], shown["body"]) == ("[erased]", "")
    orders = ok(desk.shard.query("list_privacy_orders", {"organisation": desk.organisation}, caller=ADMIN))
    assert orders[-1]["done_at"] is not None
    memory = platform.pic.get_stable_memory(ic.Principal(desk.shard.id.bytes))
    assert CONFIDED.encode() not in bytes(memory)
    assert whole_chain(desk)
    root_key = platform.pic.get_root_key()
    assert root_key is not None
    check_head(desk.shard.query("audit_head"), desk.shard.id, bytes(root_key))
