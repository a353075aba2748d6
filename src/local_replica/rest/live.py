"""Live mode: HTTPS outcalls are made for real while an instance makes blocks by itself, to servers on loopback alone.

Limits and wording follow the replica's outcall adapter (`rs/https_outcalls/adapter`). Any other host is refused before
its name is looked up: a test that forgot its mock must not reach the world.
"""

import asyncio
import contextlib
import ipaddress
import ssl
from collections.abc import Coroutine
from functools import partial
from typing import TypeAlias

import httpx

from local_replica.http.listening import is_localhost
from local_replica.node import Chain, Node
from local_replica.outcalls import MAX_RESPONSE_BYTES, HttpAnswer, HttpReject, HttpReply, Outcall
from local_replica.rejections import SYS_FATAL, SYS_TRANSIENT

TIMEOUT_SECONDS = 30.0
USER_AGENT = "ic/1.0"
_SHOWN_HOST = 50
_MAX_PORT = 65_535

Key: TypeAlias = tuple[bytes, int]
"""Subnet and request id of an outcall."""


class LiveOutcalls:
    """Makes the outcalls of one node until it is stopped. All methods belong to the node's event loop."""

    def __init__(self, node: Node) -> None:
        self._node = node
        self._watching: asyncio.Task[None] | None = None
        self._fetching: set[asyncio.Task[None]] = set()

    def start(self) -> None:
        """Make outcalls from now on, those that wait already included."""
        if self._watching is None:
            self._node.outcalls_waiting.set()
            self._watching = asyncio.get_running_loop().create_task(self._watch())

    async def stop(self) -> None:
        """Make no more; those under way are given up and may be mocked again."""
        watching, self._watching = self._watching, None
        if watching is None:
            return
        tasks = {watching, *self._fetching}
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        self._node.chain.outcalls_taken.clear()

    async def _watch(self) -> None:
        while True:
            await self._node.outcalls_waiting.wait()
            self._node.outcalls_waiting.clear()
            for key, outcall in await self._node.run(_take):
                self._begin(self._answer(key, outcall))

    def _begin(self, work: Coroutine[object, object, None]) -> None:
        task = asyncio.get_running_loop().create_task(work)
        self._fetching.add(task)
        task.add_done_callback(self._fetching.discard)

    async def _answer(self, key: Key, outcall: Outcall) -> None:
        answer = await fetch(outcall)
        await self._node.run(partial(_settle, key, answer))


def _take(chain: Chain) -> list[tuple[Key, Outcall]]:
    """Outcalls that nobody fetches yet."""
    waiting = [((subnet_id, outcall.request_id), outcall) for subnet_id, outcall in chain.replica.outcalls()]
    fresh = [(key, outcall) for key, outcall in waiting if key not in chain.outcalls_taken]
    chain.outcalls_taken |= {key for key, _ in fresh}
    return fresh


def _settle(key: Key, answer: HttpAnswer, chain: Chain) -> None:
    chain.outcalls_taken.discard(key)
    with contextlib.suppress(KeyError):  # it was given up meanwhile
        chain.replica.answer_outcall(*key, answer)


async def fetch(outcall: Outcall) -> HttpAnswer:
    """Make an outcall; its answer or why there is none."""
    try:
        url = _parsed(outcall.url)
    except (httpx.InvalidURL, UnicodeError) as error:
        return HttpReject(SYS_FATAL, f"Failed to parse URL: {error}")
    host = url.raw_host.decode("ascii")
    if not is_loopback(host):
        return _unreachable(host, "a local replica connects to loopback only")
    return await _attempted(outcall, url)


async def _attempted(outcall: Outcall, url: httpx.URL) -> HttpAnswer:
    try:
        async with asyncio.timeout(TIMEOUT_SECONDS):
            return await _fetched(outcall, url)
    except TimeoutError:
        return HttpReject(SYS_TRANSIENT, "Timeout expired")
    except httpx.UnsupportedProtocol:
        return HttpReject(SYS_FATAL, "Url need to specify https scheme")
    except (httpx.LocalProtocolError, UnicodeEncodeError) as error:
        return HttpReject(SYS_FATAL, f"Failed to parse URL: {error}")
    except httpx.HTTPError as error:
        return _unreachable(url.host, f"direct connect {error}")


def _parsed(url: str) -> httpx.URL:
    """The URL as it is connected to: what is checked must not be read by another parser. Raises httpx.InvalidURL."""
    parsed = httpx.URL(url)
    if (parsed.port or 0) > _MAX_PORT:
        raise httpx.InvalidURL("invalid port number")
    return parsed


def _unreachable(host: str, why: str) -> HttpReject:
    return HttpReject(SYS_TRANSIENT, f"Connecting to {host[:_SHOWN_HOST]} failed: {why}")


def is_loopback(host: str) -> bool:
    """Whether a host is this machine by its very name."""
    if is_localhost(host):
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


async def _fetched(outcall: Outcall, url: httpx.URL) -> HttpAnswer:
    limit = MAX_RESPONSE_BYTES if outcall.max_response_bytes is None else outcall.max_response_bytes
    headers = list(outcall.headers)
    if not any(name.lower() == "user-agent" for name, _ in headers):
        headers.append(("user-agent", USER_AGENT))
    if any(name.lower() == "content-length" and value != str(len(outcall.body)) for name, value in headers):
        raise httpx.LocalProtocolError("Content-Length is not the length of the body")
    request = httpx.Request(outcall.method, _by_address(url), headers=headers, content=outcall.body)
    async with httpx.AsyncHTTPTransport(verify=ssl.create_default_context()) as transport:
        response = await transport.handle_async_request(request)
        try:
            return await _read(response, limit)
        finally:
            await response.aclose()


def _by_address(url: httpx.URL) -> httpx.URL:
    """A name beneath `localhost` as `localhost` itself, which needs no name server."""
    return url.copy_with(host="localhost") if is_localhost(url.raw_host.decode("ascii")) else url


async def _read(response: httpx.Response, limit: int) -> HttpAnswer:
    """The response within the limit, which counts headers, too."""
    left = limit - sum(len(name) + len(value) for name, value in response.headers.raw)
    if left < 0:
        return HttpReject(SYS_FATAL, f"Header size exceeds specified response size limit {limit}")
    body = bytearray()
    async for piece in response.aiter_raw():
        body += piece
        if len(body) > left:
            return HttpReject(SYS_FATAL, f"Http body exceeds size limit of {limit} bytes.")
    headers = tuple((name.decode("latin-1").lower(), value.decode("latin-1")) for name, value in response.headers.raw)
    return HttpReply(response.status_code, headers, bytes(body))
