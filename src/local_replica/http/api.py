"""The endpoints of the IC HTTP API (interface specification, "HTTPS interface"), over a node that the address names."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from functools import partial

from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from candid.principal import to_text
from local_replica.certification import DelegationFormat
from local_replica.http import answers
from local_replica.http.authentication import authenticate
from local_replica.http.bodies import read_body
from local_replica.http.cbor import write_cbor
from local_replica.http.envelope import Envelope, read_envelope
from local_replica.http.errors import HttpError, InvalidRequest, NoRouteToCanister, PayloadTooLarge
from local_replica.http.principals import MANAGEMENT, parse_principal
from local_replica.http.read_state import check_canister_paths, check_subnet_paths
from local_replica.ingress import BadIngress, Ingress, IngressStatus, Query, Refused
from local_replica.node import Chain, Node, NodeHalted

CBOR = "application/cbor"
MAX_CALL_BYTES = 2 * 1024 * 1024
MAX_BODY_BYTES = 4 * 1024 * 1024
SYNCHRONOUS_CALL_SECONDS = 10.0
"""How long a synchronous call waits for its certificate before it answers 202."""

_PLACED_ANYWHERE = "provisional_create_canister_with_cycles"
"""The one call that needs no canister to route it by."""

FindNode = Callable[[Request], Node]


@dataclass(frozen=True, slots=True)
class Api:
    """The endpoints of a replica. `find` says which node a request is for, raising HttpError when there is none."""

    find: FindNode

    def routes(self) -> list[Route]:
        """Return the endpoints beneath `/api`."""
        canister = "/canister/{ecid}"
        return [
            Route("/v2/status", _guarded(self.status), methods=["GET"]),
            Route(f"/v2{canister}/call", _guarded(self.call), methods=["POST"]),
            Route(
                f"/v3{canister}/call", _guarded(partial(self.call_and_wait, DelegationFormat.FLAT)), methods=["POST"]
            ),
            Route(
                f"/v4{canister}/call", _guarded(partial(self.call_and_wait, DelegationFormat.TREE)), methods=["POST"]
            ),
            *self._reading("/v2", DelegationFormat.FLAT),
            *self._reading("/v3", DelegationFormat.TREE),
        ]

    def _reading(self, version: str, form: DelegationFormat) -> list[Route]:
        canister, subnet = f"{version}/canister/{{ecid}}", f"{version}/subnet/{{subnet}}"
        return [
            Route(f"{canister}/query", _guarded(self.query), methods=["POST"]),
            Route(f"{canister}/read_state", _guarded(partial(self.read_state, form)), methods=["POST"]),
            Route(f"{subnet}/read_state", _guarded(partial(self.read_subnet_state, form)), methods=["POST"]),
        ]

    async def status(self, request: Request) -> Response:
        """Tell the root key and that the replica lives."""
        node = self.find(request)
        if node.halted is not None:
            raise node.halted
        certifier = node.chain.certifier
        return _cbor(write_cbor({"root_key": certifier.root_key, "replica_health_status": "healthy"}))

    async def query(self, request: Request) -> Response:
        """Run a query and sign its outcome by a node of the subnet."""
        effective, node = _effective_id(request), self.find(request)
        envelope = read_envelope(await read_body(request, MAX_BODY_BYTES), "query")
        return _cbor(await node.run(partial(_query, envelope, effective)))

    async def call(self, request: Request) -> Response:
        """Take an update call in; 202 says that it is, 200 carries a refusal."""
        node, effective, envelope = await self._called(request)
        try:
            await _submit(node, envelope, effective)
        except Refused as refused:
            return _cbor(answers.rejection(refused.reject))
        return Response(status_code=202)

    async def call_and_wait(self, form: DelegationFormat, request: Request) -> Response:
        """Take an update call in and answer with the certificate of its outcome, or 202 when that takes long."""
        node, effective, envelope = await self._called(request)
        answer = node.expect(envelope.request_id)
        try:
            await _submit(node, envelope, effective)
            status = await _answer(node, envelope.request_id, answer)
        except Refused as refused:
            return _cbor(answers.non_replicated_rejection(refused.reject))
        except TimeoutError:
            return Response(status_code=202)
        finally:
            answer.cancel()
        return _cbor(answers.certified(_proof(node, status, envelope.request_id, form)))

    async def _called(self, request: Request) -> tuple[Node, bytes, Envelope]:
        effective, node = _effective_id(request), self.find(request)
        envelope = read_envelope(await read_body(request, MAX_CALL_BYTES), "call")
        _check_called(node.chain, envelope, effective)
        authenticate(envelope, node.chain.replica.time_ns, node.chain.certifier.root_key)
        return node, effective, envelope

    async def read_state(self, form: DelegationFormat, request: Request) -> Response:
        """Answer with a certificate over paths of the state tree."""
        effective, node = _effective_id(request), self.find(request)
        envelope = read_envelope(await read_body(request, MAX_BODY_BYTES), "read_state")

        def certificate(chain: Chain) -> bytes:
            subnet_id = _route(chain, effective)
            check_canister_paths(chain, envelope, effective)
            return chain.certifier.certificate(subnet_id, envelope.paths, form)

        return _cbor(write_cbor({"certificate": await node.run(certificate)}))

    async def read_subnet_state(self, form: DelegationFormat, request: Request) -> Response:
        """Answer with a certificate over what the state tree tells of subnets."""
        subnet_id, node = _principal_of(request, "subnet"), self.find(request)
        envelope = read_envelope(await read_body(request, MAX_BODY_BYTES), "read_state")

        def certificate(chain: Chain) -> bytes:
            if subnet_id not in chain.keys:
                raise InvalidRequest("error: subnet_not_found\ndetails: The specified subnet cannot be found.")
            check_subnet_paths(chain, envelope, subnet_id)
            return chain.certifier.certificate(subnet_id, envelope.paths, form)

        return _cbor(write_cbor({"certificate": await node.run(certificate)}))


def _query(envelope: Envelope, effective: bytes, chain: Chain) -> bytes:
    subnet_id = _route(chain, effective)
    _check_effective(envelope, effective)
    authenticate(envelope, chain.replica.time_ns, chain.certifier.root_key)
    try:
        outcome = chain.replica.query(
            Query(envelope.sender, envelope.canister_id, envelope.method, envelope.arg, effective)
        )
    except Refused as refused:
        return _signed(chain, subnet_id, envelope, refused)
    return answers.query_answer(outcome, envelope.request_id, chain.keys[subnet_id].nodes[0], chain.replica.time_ns)


def _signed(chain: Chain, subnet_id: bytes, envelope: Envelope, refused: Refused) -> bytes:
    node = chain.keys[subnet_id].nodes[0]
    return answers.query_answer(refused.reject, envelope.request_id, node, chain.replica.time_ns)


async def _submit(node: Node, envelope: Envelope, effective: bytes) -> None:
    """Hand a call in; one that was handed in before is left at that. Raises Refused, InvalidRequest, NodeHalted."""
    ingress = Ingress(
        sender=envelope.sender,
        canister_id=envelope.canister_id,
        method=envelope.method,
        arg=envelope.arg,
        message_id=envelope.request_id,
        size_bytes=envelope.size,
        expiry_ns=envelope.ingress_expiry,
        effective_id=effective if effective != MANAGEMENT else None,
    )
    try:
        await node.submit(ingress)
    except BadIngress as error:
        raise InvalidRequest(str(error)) from error


async def _answer(node: Node, request_id: bytes, answer: "asyncio.Future[IngressStatus]") -> IngressStatus:
    """Wait for the answer, which may have been there before this request. Raises TimeoutError, NodeHalted."""
    if not answer.done():
        known = await node.run(lambda chain: chain.replica.ingress_status(request_id))
        if known is not None and known.is_final:
            return known
    async with asyncio.timeout(SYNCHRONOUS_CALL_SECONDS):
        return await answer


def _proof(node: Node, status: IngressStatus, request_id: bytes, form: DelegationFormat) -> bytes:
    return node.chain.certifier.certificate(status.subnet_id, ((b"request_status", request_id),), form)


def _check_called(chain: Chain, envelope: Envelope, effective: bytes) -> None:
    if envelope.canister_id != MANAGEMENT or envelope.method != _PLACED_ANYWHERE:
        _route(chain, effective)
    _check_effective(envelope, effective)


def _check_effective(envelope: Envelope, effective: bytes) -> None:
    if envelope.canister_id not in (MANAGEMENT, effective):
        raise InvalidRequest(
            f"Specified CanisterId {to_text(envelope.canister_id)} does not match "
            f"effective canister id in URL {to_text(effective)}"
        )


def _route(chain: Chain, effective: bytes) -> bytes:
    subnet_id = chain.replica.subnet_of(effective)
    if subnet_id is None:
        raise NoRouteToCanister
    return subnet_id


def _effective_id(request: Request) -> bytes:
    return _principal_of(request, "ecid")


def _principal_of(request: Request, name: str) -> bytes:
    text = request.path_params[name]
    try:
        return parse_principal(text)
    except ValueError as error:
        what = "ecid" if name == "ecid" else "subnet_id"
        raise InvalidRequest(f"Invalid URL: Cannot parse `{what}` with value `{text}`: {error}") from error


def _cbor(body: bytes) -> Response:
    return Response(body, media_type=CBOR)


def _guarded(endpoint: Callable[[Request], Awaitable[Response]]) -> Callable[[Request], Awaitable[Response]]:
    async def answer(request: Request) -> Response:
        try:
            return await endpoint(request)
        except HttpError as error:
            closing = {"connection": "close"} if isinstance(error, PayloadTooLarge) else None
            return PlainTextResponse(error.text, status_code=error.status, headers=closing)
        except NodeHalted as error:
            return PlainTextResponse(str(error), status_code=503)

    return answer
