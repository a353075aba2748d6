"""Web requests to canisters: asked by query, upgraded to an update when the canister wants that, checked, streamed."""

import asyncio
import re
from collections.abc import AsyncIterator
from dataclasses import dataclass, replace
from functools import partial

from starlette.requests import Request
from starlette.responses import Response, StreamingResponse

from local_replica.http.bodies import read_body
from local_replica.http.errors import PayloadTooLarge
from local_replica.http.gateway.messages import (
    Callback,
    Unreadable,
    WebRequest,
    WebResponse,
    read_piece,
    read_response,
)
from local_replica.http.gateway.pages import (
    GatewayError,
    asks_for_range,
    headers_of_whole,
    page_of,
    passed_on,
    rejected,
)
from local_replica.http.gateway.resolving import DOMAIN, Destination, destination, is_name, is_served
from local_replica.http.gateway.sharing import shared
from local_replica.http.gateway.verification import NotVerified, Trust, verified
from local_replica.http.principals import ANONYMOUS
from local_replica.ingress import BadIngress, Ingress, IngressStatus, Query, Refused
from local_replica.node import Chain, Node, NodeHalted

MAX_BODY_BYTES = 10 * 1024 * 1024
MAX_VERIFIED_PIECES = 4
MAX_PIECES = 1000
UPDATE_SECONDS = 60.0

_UNSPEAKABLE, _LINE_END = re.compile(r"[^!#$%&'*+\-.^_`|~0-9A-Za-z]|^$"), re.compile(r"[\r\n\0]")
_RANGE = re.compile(r"bytes\s+(\d+)-(\d+)/(\d+)")
_PARTIAL_CONTENT = 206


@dataclass(frozen=True, slots=True)
class Gateway:
    """The gateway in front of one node. Canisters are asked anonymously."""

    node: Node
    domains: tuple[str, ...] = (DOMAIN,)

    async def serve(self, request: Request) -> Response:
        """Answer a web request, whichever canister it is for."""
        return shared(request.method, await self._served(request))

    async def _served(self, request: Request) -> Response:
        host = request.headers.get("host", "")
        url = request.scope["raw_path"].decode("latin-1")
        if request.scope["query_string"]:
            url += "?" + request.scope["query_string"].decode("latin-1")
        found = destination(host, url, request.headers.get("referer"), self.domains)
        try:
            _check_host(host, self.domains)
            if found is None:
                return _nowhere(request.scope["path"])
            body = await read_body(request, MAX_BODY_BYTES)
            return await self._answer(found, WebRequest(request.method, url, passed_on(request), body))
        except GatewayError as error:
            return error.response()
        except PayloadTooLarge:
            return GatewayError(413, "payload_too_large", "The payload is too large.").response()
        except NodeHalted as error:
            return GatewayError(503, "upstream_error", str(error)).response()

    async def _answer(self, found: Destination, request: WebRequest) -> Response:
        answer = _read(await self._query(found.canister_id, "http_request", request.for_query()))
        if answer.upgrade:
            return page_of(await self._update(found.canister_id, request))
        body, rest = await self._collected(answer)
        page = replace(answer, body=body, next=None)
        if rest is not None:
            return StreamingResponse(self._streamed(body, rest), page.status, headers_of_whole(page))
        page = self._checked(found, request, page)
        if page.status == _PARTIAL_CONTENT and not asks_for_range(request):
            return self._whole(found, request, page, _range(answer))
        return page_of(page)

    async def _query(self, canister_id: bytes, method: str, arg: bytes) -> bytes:
        try:
            return await self.node.run(partial(_ask, Query(ANONYMOUS, canister_id, method, arg)))
        except Refused as refused:
            raise rejected(refused.reject) from refused

    async def _update(self, canister_id: bytes, request: WebRequest) -> WebResponse:
        """What `http_request_update` answers, which needs no verification: the subnet ran it."""
        ingress = Ingress(ANONYMOUS, canister_id, "http_request_update", request.for_update(), effective_id=canister_id)
        try:
            status = await self._executed(ingress)
        except Refused as refused:
            raise rejected(refused.reject) from refused
        except (BadIngress, TimeoutError) as error:
            raise GatewayError(503, "upstream_error", f"The update was not carried out: {error}") from error
        if status.reject is not None:
            raise rejected(status.reject)
        return _read(status.reply or b"")

    async def _executed(self, ingress: Ingress) -> IngressStatus:
        message_id = await self.node.submit(ingress)
        answer = self.node.expect(message_id)
        try:
            known = await self.node.run(lambda chain: chain.replica.ingress_status(message_id))
            if known is not None and known.is_final:
                return known
            async with asyncio.timeout(UPDATE_SECONDS):
                return await answer
        finally:
            answer.cancel()

    def _checked(self, found: Destination, request: WebRequest, page: WebResponse) -> WebResponse:
        if not found.verify:
            return page
        chain = self.node.chain
        try:
            return verified(request, page, Trust(chain.certifier.root_key, found.canister_id, chain.replica.time_ns))
        except NotVerified as error:
            raise GatewayError(503, "response_verification_error", f"{_UNTRUSTED} {error}") from error

    # bodies in pieces

    async def _collected(self, answer: WebResponse) -> tuple[bytes, Callback | None]:
        """The body with its first pieces, and where more comes from when these are not all."""
        body, rest = [answer.body], answer.next
        for _ in range(MAX_VERIFIED_PIECES):
            if rest is None:
                break
            piece, rest = await self._piece(rest)
            body.append(piece)
        return b"".join(body), rest

    async def _piece(self, callback: Callback) -> tuple[bytes, Callback | None]:
        encoded = await self._query(callback.canister_id, callback.method, callback.token)
        try:
            return read_piece(encoded, callback)
        except Unreadable as error:
            raise GatewayError(503, "upstream_error", str(error)) from error

    async def _streamed(self, body: bytes, rest: Callback | None) -> AsyncIterator[bytes]:
        """A body too long to be collected goes out as it comes, and unverified, as genuine gateways do."""
        yield body
        for _ in range(MAX_PIECES):
            if rest is None:
                return
            piece, rest = await self._piece(rest)
            yield piece

    def _whole(self, found: Destination, request: WebRequest, page: WebResponse, told: "ByteRange") -> Response:
        """Somebody who asked for all gets all, though the canister gives it in ranges; each is verified."""
        headers = {**headers_of_whole(page), "content-length": str(told.total)}
        return StreamingResponse(self._ranges(found, request, page.body, told), 200, headers)

    async def _ranges(
        self, found: Destination, request: WebRequest, body: bytes, told: "ByteRange"
    ) -> AsyncIterator[bytes]:
        yield body
        for _ in range(MAX_PIECES):
            if told.end + 1 >= told.total:
                return
            asked = replace(request, headers=(*request.headers, ("Range", f"bytes={told.end + 1}-")))
            answer = _read(await self._query(found.canister_id, "http_request", asked.for_query()))
            told = _range(answer)
            yield self._checked(found, asked, answer).body


@dataclass(frozen=True, slots=True)
class ByteRange:
    """Bytes `start` to `end`, both included, of `total`."""

    start: int
    end: int
    total: int


_UNTRUSTED = (
    "The response from the canister failed verification and cannot be trusted. If you understand the risks, you can "
    "retry using the raw domain to bypass certification."
)


def _check_host(host: str, domains: tuple[str, ...]) -> None:
    """Whether a request is for this gateway. Raises GatewayError."""
    if not is_name(host):
        text = "The request is missing the required authority information (e.g., Host header)."
        raise GatewayError(400, "no_authority", text)
    if not is_served(host, domains):
        raise GatewayError(400, "unknown_domain", "The requested domain is not served by this HTTP gateway.")


def _nowhere(path: str) -> Response:
    if path.startswith("/_/"):
        return Response(status_code=404)
    text = (
        "The gateway couldn't determine the destination canister for this request. Ensure the request includes a valid "
        "canister ID or uses a recognized domain."
    )
    return GatewayError(400, "canister_id_not_resolved", text).response()


def _ask(query: Query, chain: Chain) -> bytes:
    if chain.replica.subnet_of(query.canister_id) is None:
        raise GatewayError(400, "canister_not_found", "The specified canister does not exist.")
    return chain.replica.query(query)


def _read(encoded: bytes) -> WebResponse:
    try:
        answer = read_response(encoded)
    except Unreadable as error:
        raise GatewayError(503, "upstream_error", str(error)) from error
    if not 100 <= answer.status <= 999:
        raise GatewayError(503, "upstream_error", f"Failed to parse response status code: {answer.status}")
    if any(_UNSPEAKABLE.search(name) or _LINE_END.search(text) for name, text in answer.headers):
        raise GatewayError(503, "upstream_error", "malformed headers")
    return answer


def _range(answer: WebResponse) -> ByteRange:
    found = _RANGE.fullmatch((answer.header("content-range") or "").strip())
    if found is None:
        raise GatewayError(503, "upstream_error", "malformed Content-Range header")
    return ByteRange(*(int(number) for number in found.groups()))
