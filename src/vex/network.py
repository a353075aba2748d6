"""Talks to a replica over the IC HTTP API: signed requests out, certified replies in. The only file that opens sockets.

Requests are made and signed by `icp-py-core`, sent over one pool of connections, and their certificates checked by
`vex.certificates`. Source: interface specification, "HTTPS Interface".
"""

import asyncio
import base64
import json
import os
import time
from collections.abc import Sequence
from dataclasses import dataclass
from http import HTTPStatus
from types import TracebackType
from typing import Any, Self
from urllib.parse import urlsplit

import aiohttp
import cbor2
from icp_agent.agent import IC_ROOT_KEY, sign_request
from icp_identity.identity import Identity

from candid import Principal
from vex.answers import blob_of, certified_reply, read_map, rejected, text_of
from vex.certificates import MAX_CLOCK_SKEW_NS, RootedCertificate, check_fresh, verified_certificate
from vex.errors import Rejected, Unreachable, Untrusted
from vex.node_signatures import SUBNET_PATH, NodeKeys, UnknownNode, check_query_answer, node_keys

EXPIRY_NS = 180 * 10**9
"""How long a request may wait for its block; the specification allows 5 minutes."""
RESENDS = 4
TIMEOUT_SECONDS = 60
POLLS_PER_SECOND = 4
MAX_ANSWER_BYTES = 16 * 2**20
"""The longest body that is read; replies have at most 3 MiB, certificates of a whole subnet less than 1 MiB."""

_HEADERS = {"content-type": "application/cbor", "accept-encoding": "identity"}
"""Nothing is unpacked, so nothing that arrives can become more than it is."""


@dataclass(frozen=True, slots=True)
class SignedRequest:
    """A request as it goes over the wire; sending the same bytes again has no second effect."""

    request_id: bytes
    envelope: bytes
    canister_id: Principal
    expires_ns: int


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back over HTTP."""

    status: int
    body: bytes


class Network:
    """A replica at `url`; `root_key` (DER) is what its certificates are checked against.

    Without a root key, mainnet's is used, but for a replica on this machine, whose key `status` tells: a development
    replica makes a key of its own, and nobody stands between it and us.
    """

    def __init__(self, url: str, *, root_key: bytes | None = None, connections: int = 64) -> None:
        self.url = url.rstrip("/")
        self._root_key = root_key
        self._connections = connections
        self.nodes: dict[bytes, NodeKeys] = {}
        """Keys of the nodes that answer for a canister, by canister id; read when first needed."""
        self._http: aiohttp.ClientSession | None = None

    async def __aenter__(self) -> Self:
        connector = aiohttp.TCPConnector(limit=self._connections)
        timeout = aiohttp.ClientTimeout(TIMEOUT_SECONDS)
        self._http = aiohttp.ClientSession(connector=connector, timeout=timeout, auto_decompress=False)
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._http is not None:
            await self._http.close()

    async def root_key(self) -> bytes:
        """The key (DER) that certificates are checked against."""
        if self._root_key is None:
            local = urlsplit(self.url).hostname in {"127.0.0.1", "localhost", "::1"}
            self._root_key = blob_of(await self.status(), "root_key") if local else IC_ROOT_KEY
        return self._root_key

    async def status(self) -> dict[str, Any]:
        """What `/api/v2/status` tells: `root_key`, `replica_health_status`, `impl_version`."""
        return read_map((await self._asked("/api/v2/status")).body)

    async def topology(self) -> dict[str, Any]:
        """What a development network tells of its subnets (PocketIC's `/_/topology`)."""
        return await self._told("topology")

    async def instructions(self) -> dict[str, Any]:
        """What the local replica counted, by canister and method."""
        return await self._told("instructions")

    async def _told(self, what: str) -> dict[str, Any]:
        response = await self._send("GET", f"/_/{what}", None)
        if response.status != HTTPStatus.OK:
            raise Unreachable(f"{self.url} does not tell its {what}: it is no development network")
        try:
            told: dict[str, Any] = json.loads(response.body)
        except ValueError as error:
            raise Untrusted(f"{what}: not JSON: {error}") from error
        return told

    def caller(self, identity: Identity) -> "Caller":
        """Requests signed by `identity` (`Identity(anonymous=True)` for none)."""
        return Caller(self, identity)

    async def post(self, path: str, body: bytes) -> Answer:
        """POST CBOR; sent again when nothing answered, which requests of this API allow. Raises Unreachable."""
        return await self._resent("POST", path, body)

    async def _asked(self, path: str) -> Answer:
        answer = await self._resent("GET", path, None)
        if answer.status != HTTPStatus.OK:
            raise Unreachable(f"{self.url}{path}: HTTP {answer.status}")
        return answer

    async def _resent(self, verb: str, path: str, body: bytes | None) -> Answer:
        for attempt in range(RESENDS):
            if attempt:
                await asyncio.sleep(0.1 * 4 ** (attempt - 1))
            last = attempt == RESENDS - 1
            try:
                answer = await self._send(verb, path, body)
            except Unreachable:
                if last:
                    raise
            else:
                if answer.status < HTTPStatus.INTERNAL_SERVER_ERROR and answer.status != HTTPStatus.TOO_MANY_REQUESTS:
                    return answer
        raise Unreachable(f"{self.url}{path}: HTTP {answer.status} again and again")

    async def _send(self, verb: str, path: str, body: bytes | None) -> Answer:
        if self._http is None:
            raise RuntimeError("use `async with Network(...)`")
        sent = self._http.request(verb, self.url + path, data=body, headers=_HEADERS, allow_redirects=False)
        try:
            async with sent as response:
                if HTTPStatus.MULTIPLE_CHOICES <= response.status < HTTPStatus.BAD_REQUEST:
                    raise Unreachable(f"{self.url}{path}: HTTP {response.status}, a redirect, which is not followed")
                return Answer(response.status, await _bounded(response))
        except (aiohttp.ClientError, TimeoutError, OSError) as error:
            raise Unreachable(f"{self.url}{path}: {type(error).__name__} {error}") from error


class Caller:
    """One identity on one network. Raises Unreachable, Untrusted and Rejected."""

    def __init__(self, network: Network, identity: Identity) -> None:
        self.network = network
        self._identity = identity
        self.principal = Principal(bytes(identity.sender().bytes))

    async def query(self, canister_id: Principal, method: str, arg: bytes) -> bytes:
        """Ask one replica node; fast, and one node's word (whose signature is checked) unless the reply has a proof."""
        request = self._signed("query", canister_id, {"method_name": method, "arg": arg})
        answer = read_map((await self._accepted(f"/api/v2/canister/{canister_id}/query", request)).body)
        await self._check_signed(canister_id, request.request_id, answer)
        if answer.get("status") == "replied":
            reply = answer.get("reply")
            return blob_of(reply if isinstance(reply, dict) else {}, "arg")
        raise rejected(answer)

    async def update(
        self, canister_id: Principal, method: str, arg: bytes, *, effective: Principal | None = None
    ) -> bytes:
        """Call with effect; returns the certified reply. `effective` routes calls to the management canister."""
        target = effective or canister_id
        request = self._signed("call", canister_id, {"method_name": method, "arg": arg, "nonce": os.urandom(16)})
        response = await self._accepted(f"/api/v3/canister/{target}/call", request)
        answer = read_map(response.body) if response.body else {}
        if answer.get("status") == "non_replicated_rejection":
            raise rejected(answer)
        if answer.get("status") == "replied":
            certificate = await self._certificate(blob_of(answer, "certificate"), target)
        else:
            certificate = await self._polled(request, target)
        return certified_reply(certificate, request.request_id)

    async def read_state(self, canister_id: Principal, paths: Sequence[Sequence[bytes]]) -> RootedCertificate:
        """The certified values at `paths` (interface specification, "State tree")."""
        request = self._signed("read_state", canister_id, {"paths": [list(path) for path in paths]})
        response = await self._accepted(f"/api/v2/canister/{canister_id}/read_state", request)
        return await self._certificate(blob_of(read_map(response.body), "certificate"), canister_id)

    async def _check_signed(self, canister_id: Principal, request_id: bytes, answer: dict[str, Any]) -> None:
        """Check that a node of the canister's subnet gave this answer now; unknown nodes are asked for once."""
        known = self.network.nodes
        fresh = canister_id.bytes not in known
        if fresh:
            known[canister_id.bytes] = await self._nodes(canister_id)
        try:
            _check_answer(answer, request_id, known[canister_id.bytes])
        except UnknownNode:
            if fresh:
                raise
            known[canister_id.bytes] = await self._nodes(canister_id)
            _check_answer(answer, request_id, known[canister_id.bytes])

    async def _nodes(self, canister_id: Principal) -> NodeKeys:
        return node_keys(await self.read_state(canister_id, [SUBNET_PATH]), await self.network.root_key())

    def _signed(self, kind: str, canister_id: Principal, fields: dict[str, Any]) -> SignedRequest:
        expires = time.time_ns() + EXPIRY_NS
        content = {
            "request_type": kind,
            "sender": self.principal.bytes,
            "ingress_expiry": expires,
            **fields,
        }
        if kind != "read_state":
            content["canister_id"] = canister_id.bytes
        request_id, envelope = sign_request(content, self._identity)
        return SignedRequest(request_id, _without_absent(envelope), canister_id, expires)

    async def _accepted(self, path: str, request: SignedRequest) -> Answer:
        response = await self.network.post(path, request.envelope)
        if response.status >= 400:
            raise Rejected(1, f"HTTP {response.status}: {text_of(response.body[:500])}")
        return response

    async def _polled(self, request: SignedRequest, target: Principal) -> RootedCertificate:
        path = [b"request_status", request.request_id]
        while time.time_ns() < request.expires_ns:
            certificate = await self.read_state(target, [path])
            if text_of(certificate.lookup_request_status(request.request_id)) in {"replied", "rejected", "done"}:
                return certificate
            await asyncio.sleep(1 / POLLS_PER_SECOND)
        raise Unreachable(f"request {request.request_id.hex()} has no answer before its expiry")

    async def _certificate(self, encoded: bytes, canister_id: Principal) -> RootedCertificate:
        certificate = verified_certificate(encoded, await self.network.root_key(), canister_id.bytes)
        check_fresh(certificate)
        return certificate


async def default_subnet(network: Network) -> Principal:
    """A canister id of the subnet where a development network creates canisters."""
    topology = await network.topology()
    return Principal(base64.b64decode(topology["default_effective_canister_id"]["canister_id"]))


async def _bounded(response: aiohttp.ClientResponse) -> bytes:
    """The body, as long as it is no longer than an answer can be. Raises Untrusted."""
    body = bytearray()
    async for part in response.content.iter_chunked(2**16):
        body += part
        if len(body) > MAX_ANSWER_BYTES:
            raise Untrusted(f"an answer of more than {MAX_ANSWER_BYTES} bytes")
    return bytes(body)


def _check_answer(answer: dict[str, Any], request_id: bytes, nodes: NodeKeys) -> None:
    check_query_answer(answer, request_id, nodes, time.time_ns(), max_skew_ns=MAX_CLOCK_SKEW_NS)


def _without_absent(envelope: bytes) -> bytes:
    """An anonymous envelope has no key and no signature, where `icp-py-core` writes nulls."""
    fields = cbor2.loads(envelope)
    if fields["sender_pubkey"] is not None:
        return envelope
    return cbor2.dumps({"content": fields["content"]})
