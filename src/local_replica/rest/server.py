"""The ASGI application of `pocket-ic-local`: PocketIC's REST API, the IC HTTP API per instance, our own endpoints."""

import base64
import json
import time
from collections.abc import Awaitable, Callable
from functools import partial

from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.routing import BaseRoute, Mount, Route
from starlette.types import ASGIApp

from local_replica.certification.bls import is_public_key
from local_replica.execution.port import Executor
from local_replica.http.api import Api
from local_replica.http.application import application
from local_replica.http.canister_signatures import CanisterKey, NotSigned
from local_replica.http.cross_origin import API_SHARING, CrossOrigin
from local_replica.http.errors import InvalidRequest
from local_replica.node import Chain, Node
from local_replica.node.topology import describe
from local_replica.printing import debugged
from local_replica.rest import operations
from local_replica.rest.blobs import BlobStore
from local_replica.rest.endpoints import Endpoint, guarded, instance_number, numbered, read_fields, read_json_body
from local_replica.rest.errors import BodyError, CreationError, RestError
from local_replica.rest.fields import Fields
from local_replica.rest.gateways import Gateways
from local_replica.rest.instances import Instance, Instances
from local_replica.rest.numbers import read_u64
from local_replica.rest.pending import LABEL_BYTES, Pending
from local_replica.rest.snapshots import snapshot_routes
from local_replica.rest.wishes import read_gateway, read_wish

TIMEOUT_HEADER = "processing-timeout-ms"
WAITING = {"topology"}
"""Operations that wait for the one under way, as those of the IC HTTP API do; others are answered 409 meanwhile."""


class RestServer:
    """All that one `pocket-ic-local` process serves."""

    def __init__(self, executor: Executor) -> None:
        self.instances = Instances(executor)
        self._blobs = BlobStore()
        self._gateways = Gateways()
        self._pending = Pending()

    def application(self) -> ASGIApp:
        """Return the application. Pages of any origin may ask instances."""
        routes = [*self._server_routes(), *self._instance_routes(), *snapshot_routes(self.instances)]
        return CrossOrigin(application(routes), API_SHARING, "/instances")

    def _server_routes(self) -> list[BaseRoute]:
        return [
            _route("GET", "/status", self._status),
            _route("POST", "/blobstore", self._put_blob),
            _route("GET", "/blobstore/{blob}", self._get_blob),
            _route("POST", "/verify_signature", _verify_signature),
            _route("GET", "/read_graph/{label}/{number}", self._read_graph),
            _route("DELETE", "/prune_graph/{label}/{number}", self._prune_graph),
            _route("GET", "/instances", self._list),
            _route("POST", "/instances", self._create),
            _route("GET", "/http_gateway", self._list_gateways),
            _route("POST", "/http_gateway", self._open_gateway),
            _route("POST", "/http_gateway/{gateway}/stop", self._close_gateway),
        ]

    def _instance_routes(self) -> list[BaseRoute]:
        instance = "/instances/{instance}"
        reads = [
            _route(method, f"{instance}/read/{name}", partial(self._read, name, read))
            for method, each in (("GET", operations.GETS), ("POST", operations.READS))
            for name, read in each.items()
        ]
        updates = [
            _route("POST", f"{instance}/update/{name}", partial(self._update, name, update))
            for name, update in operations.UPDATES.items()
        ]
        return [
            _route("DELETE", instance, self._delete),
            *reads,
            _route("GET", f"{instance}/_/topology", partial(self._read, "topology", operations.topology)),
            *updates,
            _route("GET", f"{instance}/auto_progress", self._makes_blocks),
            _route("POST", f"{instance}/auto_progress", self._auto_progress),
            _route("POST", f"{instance}/stop_progress", self._stop_progress),
            Mount(f"{instance}/api", routes=Api(self._node).routes()),
        ]

    def _node(self, request: Request) -> Node:
        """The node of an address of the IC HTTP API. Raises InvalidRequest."""
        try:
            return self.instances.get(instance_number(request)).node
        except RestError as error:
            raise InvalidRequest(error.message) from error
        except BodyError as error:
            raise InvalidRequest(error.text) from error

    def _instance(self, request: Request) -> Instance:
        return self.instances.get(instance_number(request))

    async def _operate(
        self, request: Request, number: int, name: str, work: Callable[[Node], Awaitable[object]]
    ) -> Response:
        """Do one operation; an instance that is busy with another answers 409, but for its topology."""
        instance = self.instances.get(number)
        if name in WAITING:
            await instance.turnstile.free()
        running = instance.turnstile.enter(self._pending.place(name), lambda: work(instance.node))
        done, result = await self._pending.result(running, read_u64(request.headers.get(TIMEOUT_HEADER, "")))
        return JSONResponse(result, status_code=200 if done else 202)

    async def _read(self, name: str, read: operations.Read, request: Request) -> Response:
        number = instance_number(request)
        fields = Fields.of(b"{}") if request.method == "GET" else await read_fields(request)
        return await self._operate(request, number, name, lambda node: node.run(lambda chain: read(chain, fields)))

    async def _update(self, name: str, update: operations.Update, request: Request) -> Response:
        number = instance_number(request)
        fields = await read_fields(request)
        return await self._operate(request, number, name, lambda node: update(node, fields, self._blobs))

    async def _status(self, _request: Request) -> Response:
        return Response()

    async def _put_blob(self, request: Request) -> Response:
        return PlainTextResponse(self._blobs.put(await request.body(), request.headers.get("content-encoding")))

    async def _get_blob(self, request: Request) -> Response:
        try:
            blob_id = bytes.fromhex(request.path_params["blob"])
        except ValueError:
            return Response(status_code=400)
        blob = self._blobs.get(blob_id)
        if blob is None:
            return Response(status_code=404)
        packed = {"content-encoding": "gzip"} if blob.is_packed else None
        return Response(blob.content, headers=packed, media_type="application/octet-stream")

    async def _read_graph(self, request: Request) -> Response:
        operation = self._pending.fetch(request.path_params["label"], request.path_params["number"])
        if operation is None or not operation.done():
            return _not_there(request.path_params["label"])
        return JSONResponse(operation.result())

    async def _prune_graph(self, request: Request) -> Response:
        label, number = request.path_params["label"], request.path_params["number"]
        operation = self._pending.fetch(label, number)
        if operation is None or not operation.done():
            return _not_there(label)
        self._pending.forget(label, number)
        return JSONResponse(None)

    async def _list(self, _request: Request) -> Response:
        return JSONResponse(self.instances.statuses())

    async def _create(self, request: Request) -> Response:
        wish = read_wish(await read_json_body(request))
        number = await self.instances.create(wish)
        instance = self.instances.get(number)
        info = None
        if wish.gateway is not None:
            try:
                opened = await self._gateways.open(number, instance, wish.gateway)
            except CreationError as error:
                await self.instances.delete(number)
                raise CreationError(error.message) from error
            info = {"instance_id": opened[0], "port": opened[1]}
        created = {"instance_id": number, "topology": describe(instance.node.chain), "http_gateway_info": info}
        return JSONResponse({"Created": created}, status_code=201)

    async def _delete(self, request: Request) -> Response:
        await self.instances.delete(instance_number(request))
        return Response()

    async def _makes_blocks(self, request: Request) -> Response:
        instance = self.instances.find(instance_number(request))
        return JSONResponse(instance is not None and instance.node.makes_blocks)

    async def _auto_progress(self, request: Request) -> Response:
        number = instance_number(request)
        fields = await read_fields(request)
        delay = fields.u64("artificial_delay_ms") if fields.has("artificial_delay_ms") else 0
        instance = self.instances.find(number)
        if instance is not None:
            if instance.node.makes_blocks:
                raise RestError("Auto progress mode has already been enabled.")
            # One block at once: who asks for certificates next must not get those of the time that was set.
            await instance.node.run(_to_the_present)
            await instance.node.make_block()
            instance.start_progress(delay / 1000)
        return JSONResponse(None)

    async def _stop_progress(self, request: Request) -> Response:
        instance = self.instances.find(instance_number(request))
        if instance is not None:
            await instance.stop_progress()
        return JSONResponse(None)

    async def _list_gateways(self, _request: Request) -> Response:
        return JSONResponse(self._gateways.describe())

    async def _open_gateway(self, request: Request) -> Response:
        fields = await read_fields(request)
        kind, payload = fields.variant("forward_to", ("Replica", "PocketIcInstance"))
        wish = read_gateway(fields)
        if kind == "Replica" or payload is None:
            where = payload.string("Replica") if payload is not None else ""
            raise CreationError(
                _upstream(f"An error happened during communication with the replica: {_unsent(where)}"), 502
            )
        number = payload.u64("PocketIcInstance")
        try:
            instance = self.instances.get(number)
        except RestError as error:
            content = f'content type "text/plain; charset=utf-8", content: {error.message}'
            answer = f"The replica returned an HTTP Error: Http Error: status 400 Bad Request, {content}"
            raise CreationError(_upstream(answer), 502) from error
        gateway, port = await self._gateways.open(number, instance, wish)
        return JSONResponse({"Created": {"instance_id": gateway, "port": port}}, status_code=201)

    async def _close_gateway(self, request: Request) -> Response:
        await self._gateways.close(numbered(request, "gateway"))
        return JSONResponse(None)

    async def close(self) -> None:
        """Close gateways and instances."""
        await self._gateways.close_all()
        await self.instances.close()


def _route(method: str, path: str, endpoint: Endpoint) -> Route:
    return Route(path, guarded(endpoint), methods=[method])


def _to_the_present(chain: Chain) -> None:
    chain.replica.set_time(max(time.time_ns(), chain.replica.time_ns))


async def _verify_signature(request: Request) -> Response:
    """Whether a canister has signed a message, against a root key that the caller names."""
    fields = await read_fields(request)
    fields.require(("msg", "sig", "pubkey", "root_pubkey"))
    message, signature, key, root = (fields.blob(name) for name in ("msg", "sig", "pubkey", "root_pubkey"))
    try:
        signer = CanisterKey.of(key)
    except NotSigned as error:
        return _not_verified(400, "Failed to parse DER encoded public key", str(error))
    if not is_public_key(root):
        return _not_verified(400, "Failed to parse DER encoded root public key", "Malformed public key")
    try:
        signer.verify(signature, message, root)
    except NotSigned as error:
        return _not_verified(406, "Canister signature verification failed", str(error))
    return JSONResponse({"Ok": None})


def _not_verified(status: int, what: str, why: str) -> Response:
    return JSONResponse({"Err": f"{what}: {debugged(why)}"}, status_code=status)


def _not_there(label: str) -> Response:
    """No result is kept there: it is not ready yet, was dropped, or never was; a label that is none is refused.

    As text where it is no base64, else in JSON.
    """
    try:
        raw = base64.b64decode(label, altchars=b"-_", validate=True)
    except ValueError:
        return PlainTextResponse("Malformed state label.", status_code=400)
    if len(raw) != LABEL_BYTES:
        return JSONResponse({"message": "Malformed state label."}, status_code=400)
    return JSONResponse({"message": "Not ready yet"}, status_code=404)


def _upstream(why: str) -> str:
    return f"error: upstream_error ({why})"


def _unsent(url: str) -> str:
    return f"error sending request for url ({json.dumps(url)[1:-1].rstrip('/')}/api/v2/status)"
