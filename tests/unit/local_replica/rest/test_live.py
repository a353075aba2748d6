"""Outcalls of live instances: whatever a canister asks for is answered, and nobody but loopback is reached."""

import asyncio
from collections.abc import Callable
from typing import Any

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from local_replica.messages import Call, FromSystem
from local_replica.outcalls import Headers, HttpAnswer, HttpReject, HttpReply, Outcall
from local_replica.rest.live import fetch, is_loopback

ASKING = Call(FromSystem(), b"", b"", "http_request", b"")
HOSTS = ("localhost", "127.0.0.1", "[::1]", "example.test", "10.0.0.1")


def outcall(url: str, headers: Headers = (), body: bytes = b"") -> Outcall:
    return Outcall(0, url, "GET", headers, body, None, None, True, 0, ASKING)


def answer(url: str, headers: Headers = ()) -> HttpAnswer:
    return asyncio.run(fetch(outcall(url, headers)))


@pytest.mark.parametrize(
    "url",
    [
        "http://[bad",
        "http://[::1",
        "http://[v1.x]/",
        "http://[::1].example.test/",
        "http://127.0.0.1:99999/",
        "http://127.0.0.1:x/",
        "http://127.0.0.1\uff0f.example.test/",
        "http://local\nhost/",
        "http://127.0.0.1/\r\nHost: example.test",
        "http://127.0.0.1/\ud800",
    ],
)
def test_what_is_no_url_is_said_to_be_none(url: str) -> None:
    refused = answer(url)
    assert isinstance(refused, HttpReject)
    assert refused.message.startswith(("Failed to parse URL: ", "Connecting to %5Bbad failed"))


@pytest.mark.parametrize(
    "headers", [(("content-length", "5"),), (("a b", "c"),), (("a", "b\r\nc: d"),), (("a", "\u20ac"),)]
)
def test_headers_that_cannot_be_sent_are_an_answer_too(headers: Headers) -> None:
    async def scenario() -> HttpAnswer:
        server = await asyncio.start_server(lambda _reader, writer: writer.close(), "127.0.0.1", 0)
        port = server.sockets[0].getsockname()[1]
        async with server:
            return await fetch(outcall(f"http://127.0.0.1:{port}/", headers))

    refused = asyncio.run(scenario())
    assert isinstance(refused, HttpReject)
    assert refused.message.startswith("Failed to parse URL: ")


@given(
    st.lists(st.sampled_from([*HOSTS, "@", ":", "\\", "/", "?", "#", "%2e", "%00", "\t", ".", ":80", "a"]), max_size=8),
    st.sampled_from(["http://", "https://", "http:/", "//", "ftp://"]),
)
def test_only_loopback_is_connected_to_however_the_url_is_written(parts: list[str], scheme: str) -> None:
    reached: list[str] = []

    async def connect(_transport: object, request: httpx.Request) -> httpx.Response:
        reached.append(request.url.host)
        raise httpx.ConnectError("closed")

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(httpx.AsyncHTTPTransport, "handle_async_request", connect)
        assert isinstance(answer(scheme + "".join(parts)), HttpReject)
    assert all(is_loopback(host) for host in reached)


def test_a_redirect_is_an_answer_and_not_followed() -> None:
    async def redirect(_reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"HTTP/1.1 302 Found\r\nLocation: http://example.test/\r\nContent-Length: 0\r\n\r\n")
        await writer.drain()
        writer.close()

    assert served(redirect) == HttpReply(302, (("location", "http://example.test/"), ("content-length", "0")))


def test_a_body_without_end_is_left_at_the_limit() -> None:
    async def endless(_reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"HTTP/1.1 200 OK\r\n\r\n")
        while not writer.is_closing():
            writer.write(bytes(1 << 16))
            await writer.drain()

    assert served(endless) == HttpReject(1, "Http body exceeds size limit of 2000000 bytes.")


def served(behave: Callable[[asyncio.StreamReader, asyncio.StreamWriter], Any]) -> HttpAnswer:
    """What an outcall to a server that behaves so comes back with."""

    async def scenario() -> HttpAnswer:
        server = await asyncio.start_server(behave, "127.0.0.1", 0)
        async with server:
            return await fetch(outcall(f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/"))

    return asyncio.run(asyncio.wait_for(scenario(), 20))
