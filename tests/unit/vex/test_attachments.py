"""The SDK sends files that arrive whole whatever is lost on the way, and checks what it fetches."""

import asyncio

import pytest

from support.desk import Desk
from support.files import CHUNK, png
from support.native_transport import LOST_REPLY, LOST_REQUEST, NativeNet
from support.platform import AGENT, CUSTOMER
from vex.attachments import Attachments, bytes_of
from vex.errors import Unreachable, Untrusted
from vex.helpdesk import Helpdesk, Write
from vex.patience import ATTEMPTS

CONTENT = png(CHUNK + 5_000)


def files(desk: Desk, net: NativeNet, principal: object = CUSTOMER) -> Attachments:
    return Attachments(Helpdesk(net.caller(principal), net.platform.index.id), desk.organisation)


def test_a_file_arrives_whole_whatever_is_lost(desk: Desk, net: NativeNet) -> None:
    for method in ("begin_upload", "put_chunk", "finish_upload"):
        net.next_fails(method, LOST_REPLY, LOST_REQUEST)
    receipt = asyncio.run(files(desk, net).upload(desk.ticket, "a.png", "image/png", bytes_of(CONTENT)))
    assert asyncio.run(files(desk, net, AGENT).download(desk.ticket, receipt.attachment)) == CONTENT
    listed = asyncio.run(files(desk, net, AGENT).listed(desk.ticket))
    assert [(file.name, file.size) for file in listed] == [("a.png", len(CONTENT))]


def test_an_interrupted_upload_goes_on_where_it_stopped(desk: Desk, net: NativeNet) -> None:
    begin, finish = Write(), Write()
    net.next_fails("finish_upload", *[LOST_REQUEST] * ATTEMPTS)
    client = files(desk, net)

    async def send() -> object:
        return await client.upload(desk.ticket, "a.png", "image/png", bytes_of(CONTENT), begin=begin, finish=finish)

    with pytest.raises(Unreachable):
        asyncio.run(send())
    sent = net.count("put_chunk")
    receipt = asyncio.run(send())
    assert net.count("put_chunk") == sent == 2
    assert asyncio.run(send()) == receipt


def test_content_without_its_hash_is_not_believed(desk: Desk, net: NativeNet) -> None:
    client = files(desk, net)
    receipt = asyncio.run(client.upload(desk.ticket, "a.png", "image/png", bytes_of(CONTENT)))
    store = desk.shard.module("shard_canister.shard_stores").shard_chunks
    key = 1 << 16
    store.insert(key, b"\x00" + store.get(key)[1:])
    with pytest.raises(Untrusted):
        asyncio.run(client.download(desk.ticket, receipt.attachment))
