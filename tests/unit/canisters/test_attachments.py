"""Attachments: chunks in any order and again, verified whole, seen by whom the ticket is seen, downloaded by token."""

from hashlib import sha256
from typing import Any

import cbor2
import pytest

from support.desk import Desk
from support.files import CHUNK, PNG, announced, attached, begun, filled, finishing, png, web
from support.native_platform import NativePlatform
from support.platform import (
    ADMIN,
    AGENT,
    ANONYMOUS,
    AUDITOR,
    CUSTOMER,
    OTHER_CUSTOMER,
    RIVAL,
    STRANGER,
    code,
    ok,
)
from vex_domain.attachments.attachment_proof import attachment_commitment
from vex_domain.hash_tree import tree_digest

LONG = png(2 * CHUNK + 100_000)


@pytest.fixture(scope="module")
def desk() -> Desk:
    """One desk for the tests of this file: each looks at uploads of its own."""
    return Desk(NativePlatform(), capacity=512, lease_length=512)


def chunk(upload: dict[str, Any], number: int, content: bytes = LONG) -> dict[str, Any]:
    return {**upload, "number": number, "content": content[number * CHUNK : (number + 1) * CHUNK]}


def ref(receipt: dict[str, Any]) -> dict[str, Any]:
    return {"ticket": receipt["ticket"], "attachment": receipt["attachment"]}


def test_a_file_comes_in_any_order_and_is_read_back(desk: Desk) -> None:
    upload = begun(desk, LONG)
    for number in (2, 0, 2, 1, 0):
        status = ok(desk.shard.update("put_chunk", chunk(upload, number), caller=CUSTOMER))
    assert status["missing"] == []
    receipt = ok(desk.shard.update("finish_upload", finishing(desk, upload), caller=CUSTOMER))
    shown = ok(desk.shard.query("get_attachment", ref(receipt), caller=AGENT))
    assert (shown["name"], shown["size"], shown["chunks"]) == ("screen.png", len(LONG), 3)
    parts = [ok(desk.shard.query("read_chunk", {**ref(receipt), "chunk": number}, caller=AGENT)) for number in range(3)]
    assert b"".join(parts) == LONG
    assert sha256(LONG).digest() == shown["sha256"]


def test_a_client_that_lost_its_place_asks_what_is_missing(desk: Desk) -> None:
    request = announced(desk, LONG)
    first = ok(desk.shard.update("begin_upload", request, caller=CUSTOMER))
    again = ok(desk.shard.update("begin_upload", request, caller=CUSTOMER))
    assert first == again
    upload = {"ticket": desk.ticket, "upload": first["upload"]}
    ok(desk.shard.update("put_chunk", chunk(upload, 1), caller=CUSTOMER))
    assert ok(desk.shard.query("upload_status", upload, caller=CUSTOMER))["missing"] == [0, 2]
    assert code(desk.shard.update("finish_upload", finishing(desk, upload), caller=CUSTOMER)) == 221
    ok(desk.shard.update("abandon_upload", upload, caller=CUSTOMER))


def test_a_repeated_finish_gets_the_first_receipt(desk: Desk) -> None:
    upload = filled(desk)
    request = finishing(desk, upload)
    first = ok(desk.shard.update("finish_upload", request, caller=CUSTOMER))
    assert ok(desk.shard.update("finish_upload", request, caller=CUSTOMER)) == first
    assert code(desk.shard.update("finish_upload", finishing(desk, upload), caller=CUSTOMER)) == 300


def test_an_upgrade_in_the_middle_of_an_upload_loses_nothing(desk: Desk) -> None:
    upload = begun(desk, LONG)
    ok(desk.shard.update("put_chunk", chunk(upload, 1), caller=CUSTOMER))
    desk.shard.upgrade()
    assert ok(desk.shard.update("upload_status_replicated", upload, caller=CUSTOMER))["missing"] == [0, 2]
    for number in (0, 2):
        ok(desk.shard.update("put_chunk", chunk(upload, number), caller=CUSTOMER))
    ok(desk.shard.update("finish_upload", finishing(desk, upload), caller=CUSTOMER))


def test_an_abandoned_upload_is_swept_away_and_gives_its_room_back(desk: Desk) -> None:
    stores = desk.shard.module("shard_canister.shard_stores")
    ticket = desk.created(CUSTOMER)
    upload = filled(desk, LONG, ticket=ticket)
    pieces = [upload["upload"] << 16 | piece for piece in range(-(-len(LONG) // 16_384))]
    assert all(stores.shard_chunks.contains_key(piece) for piece in pieces)
    desk.platform.advance(25 * 3_600)
    assert not any(stores.shard_chunks.contains_key(piece) for piece in pieces)
    assert stores.shard_attachments.get(ticket << 16)["Shelf"] == {"files": 0, "bytes": 0, "pending": 0}


def test_the_certified_leaf_commits_to_the_attachment(desk: Desk) -> None:
    ticket = desk.created(CUSTOMER)
    before = ok(desk.shard.query("get_ticket", ticket, caller=CUSTOMER))
    receipt = attached(desk, ticket=ticket)
    after = ok(desk.shard.query("get_ticket", ticket, caller=CUSTOMER))
    file = desk.shard.module("shard_canister.shard_stores").shard_attachments.get(ticket << 16 | 1)["File"]
    assert file["commitment"] == attachment_commitment(file["salt"], file, 1)
    assert after["comment_head"] == sha256(before["comment_head"] + file["commitment"]).digest()
    events = {"organisation": desk.organisation, "ticket": ticket, "cursor": None, "limit": None}
    newest = ok(desk.shard.query("list_events", events, caller=AUDITOR))["events"][0]
    assert (newest["block"]["kind"], newest["index"]) == ("vex.ticket.attached", receipt["event"])


def test_internal_files_exist_for_those_who_read_notes(desk: Desk) -> None:
    ticket = desk.created(CUSTOMER)
    note = {**desk.platform.comment(ticket, internal=True)}
    number = ok(desk.shard.update("add_comment", note, caller=AGENT))["comment"]
    receipt = attached(desk, caller=AGENT, ticket=ticket, comment=number)
    listing = {"ticket": ticket, "cursor": None, "limit": None}
    assert ok(desk.shard.query("list_attachments", listing, caller=AGENT))["attachments"][0]["internal"]
    assert ok(desk.shard.query("list_attachments", listing, caller=CUSTOMER))["attachments"] == []
    for method, more in (("get_attachment", {}), ("read_chunk", {"chunk": 0}), ("open_download", {})):
        assert code(desk.shard.query(method, {**ref(receipt), **more}, caller=CUSTOMER)) == 300
        ok(desk.shard.query(method, {**ref(receipt), **more}, caller=AUDITOR))


def test_nobody_else_sees_or_touches_an_upload(desk: Desk) -> None:
    upload = begun(desk)
    for caller in (AGENT, OTHER_CUSTOMER, RIVAL, STRANGER):
        assert code(desk.shard.update("put_chunk", {**upload, "number": 0, "content": PNG}, caller=caller)) == 300
        assert code(desk.shard.update("abandon_upload", upload, caller=caller)) == 300
    ok(desk.shard.update("abandon_upload", upload, caller=CUSTOMER))


def test_the_facade_takes_a_file_too(desk: Desk) -> None:
    index = desk.platform.index
    status = ok(index.update("begin_upload", announced(desk), caller=CUSTOMER))
    upload = {"ticket": desk.ticket, "upload": status["upload"]}
    ok(index.update("put_chunk", {**upload, "number": 0, "content": PNG}, caller=CUSTOMER))
    receipt = ok(index.update("finish_upload", finishing(desk, upload), caller=CUSTOMER))
    assert ok(index.query("read_chunk", {**ref(receipt), "chunk": 0}, caller=AGENT)) == PNG
    assert ok(index.update("get_attachment_replicated", ref(receipt), caller=AGENT))["size"] == len(PNG)


def test_whoever_sees_it_downloads_it_by_a_token_for_a_while(desk: Desk) -> None:
    receipt = attached(desk, LONG)
    path = ok(desk.shard.query("open_download", ref(receipt), caller=AGENT))["path"]
    reply = web(desk, path)
    body, token = reply["body"], reply["streaming_strategy"]["Callback"]["token"]
    while token is not None:
        part = desk.shard.query("http_request_streaming_callback", token)
        body, token = body + part["body"], part["token"]
    assert (reply["status_code"], body) == (200, LONG)
    middle = web(desk, path, range=f"bytes={CHUNK - 5}-{CHUNK + 4}")
    assert (middle["status_code"], middle["body"]) == (206, LONG[CHUNK - 5 : CHUNK + 5])
    assert web(desk, path, range=f"bytes={len(LONG)}-")["status_code"] == 416
    assert web(desk, path, if_none_match=f'"{sha256(LONG).hexdigest()}"')["status_code"] == 304
    assert web(desk, path, method="HEAD")["body"] == b""
    assert web(desk, path, method="POST")["status_code"] == 405
    desk.platform.advance(301)
    assert web(desk, path)["status_code"] == 404


def test_without_its_token_an_attachment_does_not_exist_on_the_web(desk: Desk) -> None:
    first, second = attached(desk), attached(desk)
    path = ok(desk.shard.query("open_download", ref(first), caller=AGENT))["path"]
    token = path.partition("token=")[2]
    other = f"/attachments/{desk.ticket}/{second['attachment']}?token={token}"
    distant = path.partition("token=")[0] + "token=" + "f" * 25 + "." + token.partition(".")[2][:19]
    for wrong in (other, path[:-1], path.partition("?")[0], "/", f"/attachments/1/1?token={token}", distant):
        assert web(desk, wrong)["status_code"] == 404


def test_a_response_carries_the_proof_that_it_is_not_certified(desk: Desk) -> None:
    receipt = attached(desk)
    path = ok(desk.shard.query("open_download", ref(receipt), caller=AGENT))["path"]
    headers = dict(web(desk, path)["headers"])
    assert headers["X-Content-Type-Options"] == "nosniff"
    env = desk.shard.module("main").env
    tree = cbor2.loads(b"\xd9\xd9\xf7" + env.audit.http_witness(env.tree.root))
    assert tree_digest(tree) == env.audit.certified_root(env.tree.root)
    whole = cbor2.loads(b"\xd9\xd9\xf7" + env.audit.head_witness(env.tree.root))
    assert tree_digest(whole) == env.audit.certified_root(env.tree.root)


WRONG_BEGIN: list[tuple[str, dict[str, Any], Any, int]] = [
    ("anonymous", {}, ANONYMOUS, 100),
    ("stranger", {}, STRANGER, 300),
    ("another tenant", {}, RIVAL, 300),
    ("another customer", {}, OTHER_CUSTOMER, 300),
    ("who may not comment", {}, AUDITOR, 101),
    ("internal without the permission", {"internal": True}, CUSTOMER, 101),
    ("unknown ticket", {"ticket": 1}, CUSTOMER, 300),
    ("unknown comment", {"comment": 99}, CUSTOMER, 300),
    ("too old", {"created_at": 0}, CUSTOMER, 202),
    ("no token", {"client_token": ""}, CUSTOMER, 200),
    ("empty name", {"name": ""}, CUSTOMER, 200),
    ("a path", {"name": "../../etc/passwd.png"}, CUSTOMER, 200),
    ("control character", {"name": "a\x00.png"}, CUSTOMER, 200),
    ("bidirectional override", {"name": "gnp\u202e.png"}, CUSTOMER, 200),
    ("confusable separator", {"name": "a\u2215b.png"}, CUSTOMER, 200),
    ("device name", {"name": "CON.png"}, CUSTOMER, 200),
    ("another type's extension", {"name": "screen.png.exe"}, CUSTOMER, 200),
    ("long name", {"name": "n" * 200 + ".png"}, CUSTOMER, 201),
    ("type outside the list", {"content_type": "text/html", "name": "a.html"}, CUSTOMER, 200),
    ("no bytes", {"size": 0}, CUSTOMER, 200),
    ("too many bytes", {"size": 1 << 40}, CUSTOMER, 201),
    ("a short hash", {"sha256": b"\x00" * 31}, CUSTOMER, 200),
]


@pytest.mark.parametrize(("name", "changed", "caller", "number"), WRONG_BEGIN, ids=[case[0] for case in WRONG_BEGIN])
def test_a_bad_announcement_gets_its_number_and_changes_nothing(
    desk: Desk, name: str, changed: dict[str, Any], caller: Any, number: int
) -> None:
    before = desk.state()
    for canister in (desk.shard, desk.platform.index):
        answer = canister.update("begin_upload", announced(desk, **changed), caller=caller)
        assert code(answer) == number, answer
    assert desk.state() == before


WRONG_CHUNKS: list[tuple[str, dict[str, Any], Any, int]] = [
    ("anonymous", {}, ANONYMOUS, 100),
    ("another person", {}, AGENT, 300),
    ("another tenant", {}, RIVAL, 300),
    ("unknown upload", {"upload": 9_999}, CUSTOMER, 300),
    ("no upload", {"upload": 0}, CUSTOMER, 300),
    ("a room's key", {"upload": (1 << 63) + 1}, CUSTOMER, 300),
    ("unknown ticket", {"ticket": 1}, CUSTOMER, 300),
    ("number behind the end", {"number": 3}, CUSTOMER, 200),
    ("huge number", {"number": (1 << 32) - 1}, CUSTOMER, 200),
    ("short", {"content": LONG[: CHUNK - 1]}, CUSTOMER, 200),
    ("long", {"content": LONG[: CHUNK + 1]}, CUSTOMER, 201),
    ("empty", {"content": b""}, CUSTOMER, 200),
    ("last chunk too long", {"number": 2, "content": LONG[:CHUNK]}, CUSTOMER, 201),
    ("content of another type", {"content": b"<html>" + LONG[6:CHUNK]}, CUSTOMER, 200),
    ("other content for a chunk that is there", {"number": 1, "content": bytes(CHUNK)}, CUSTOMER, 220),
]


def test_bad_chunks_get_their_number_and_change_nothing(desk: Desk) -> None:
    upload = begun(desk, LONG)
    ok(desk.shard.update("put_chunk", chunk(upload, 1), caller=CUSTOMER))
    before = desk.state()
    for name, changed, caller, number in WRONG_CHUNKS:
        request = {**chunk(upload, 0), **changed}
        assert code(desk.shard.update("put_chunk", request, caller=caller)) == number, name
    assert desk.state() == before
    ok(desk.shard.update("abandon_upload", upload, caller=CUSTOMER))


def test_bad_finishes_get_their_number_and_change_nothing(desk: Desk) -> None:
    lying = begun(desk, PNG, sha256=bytes(32))
    ok(desk.shard.update("put_chunk", {**lying, "number": 0, "content": PNG}, caller=CUSTOMER))
    wrong: list[tuple[dict[str, Any], Any, int]] = [
        ({}, CUSTOMER, 222),
        ({}, ANONYMOUS, 100),
        ({}, AGENT, 300),
        ({}, OTHER_CUSTOMER, 300),
        ({}, RIVAL, 300),
        ({}, STRANGER, 300),
        ({"upload": 0}, CUSTOMER, 300),
        ({"upload": 9_999}, CUSTOMER, 300),
        ({"ticket": 1}, CUSTOMER, 300),
        ({"created_at": 0}, CUSTOMER, 202),
        ({"client_token": ""}, CUSTOMER, 200),
        ({"client_token": "t" * 65}, CUSTOMER, 201),
    ]
    before = desk.state()
    for changed, caller, number in wrong:
        answer = desk.shard.update("finish_upload", {**finishing(desk, lying), **changed}, caller=caller)
        assert code(answer) == number, (changed, answer)
    assert desk.state() == before
    ok(desk.shard.update("abandon_upload", lying, caller=CUSTOMER))


def test_reads_of_what_is_not_there_get_their_number(desk: Desk) -> None:
    receipt = attached(desk)
    wrong: list[tuple[str, dict[str, Any], Any, int]] = [
        ("read_chunk", {"chunk": 1}, AGENT, 200),
        ("read_chunk", {"chunk": (1 << 32) - 1}, AGENT, 200),
        ("read_chunk", {"attachment": 0}, AGENT, 300),
        ("read_chunk", {"attachment": 999}, AGENT, 300),
        ("read_chunk", {"attachment": 1 << 20}, AGENT, 300),
        ("read_chunk", {"ticket": 1}, AGENT, 300),
        ("read_chunk", {}, RIVAL, 300),
        ("read_chunk", {}, OTHER_CUSTOMER, 300),
        ("read_chunk", {}, STRANGER, 300),
        ("read_chunk", {}, ANONYMOUS, 100),
        ("get_attachment", {"attachment": 999}, ADMIN, 300),
        ("get_attachment", {}, STRANGER, 300),
        ("open_download", {"attachment": 999}, ADMIN, 300),
        ("open_download", {}, OTHER_CUSTOMER, 300),
        ("list_attachments", {"cursor": "c1.00000000", "limit": None}, AGENT, 200),
        ("list_attachments", {"cursor": None, "limit": 0}, AGENT, 200),
        ("list_attachments", {"cursor": None, "limit": 101}, AGENT, 200),
    ]
    for method, changed, caller, number in wrong:
        fields = {"read_chunk": {"ticket", "attachment", "chunk"}, "list_attachments": {"ticket", "cursor", "limit"}}
        known = fields.get(method, {"ticket", "attachment"})
        request = {field: value for field, value in {**ref(receipt), "chunk": 0, **changed}.items() if field in known}
        assert code(desk.shard.query(method, request, caller=caller)) == number, (method, changed)
        assert code(desk.shard.update(f"{method}_replicated", request, caller=caller)) == number


def test_a_person_has_a_bounded_number_of_uploads_under_way(desk: Desk) -> None:
    uploads = [begun(desk, PNG, AGENT) for _ in range(10)]
    assert code(desk.shard.update("begin_upload", announced(desk), caller=AGENT)) == 201
    for upload in uploads:
        ok(desk.shard.update("abandon_upload", upload, caller=AGENT))
    begun(desk, PNG, AGENT)
