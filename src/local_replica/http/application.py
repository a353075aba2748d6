"""The ASGI application of a single replica, and what both servers share: empty 404 and 405 answers."""

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect, Request
from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.routing import BaseRoute, Mount, Route
from starlette.types import ASGIApp

from local_replica.execution.metering import MeteredExecutor, costs_by_canister
from local_replica.http.api import Api
from local_replica.http.cross_origin import GATEWAY_SHARING, CrossOrigin
from local_replica.http.gateway import Gateway
from local_replica.http.gateway.resolving import DOMAIN
from local_replica.node import Node
from local_replica.node.topology import describe

_METHODS = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"]


async def _not_found(_request: Request, _error: Exception) -> Response:
    return PlainTextResponse("", status_code=404)


async def _not_allowed(_request: Request, error: Exception) -> Response:
    headers = error.headers if isinstance(error, HTTPException) else None
    return Response(status_code=405, headers=headers)


async def _gone(_request: Request, _error: Exception) -> Response:
    """Nobody reads it."""
    return Response(status_code=400)


def application(routes: list[BaseRoute]) -> Starlette:
    """Make an application whose wrong addresses and methods are answered as the replica does."""
    handlers = {404: _not_found, 405: _not_allowed, ClientDisconnect: _gone}
    made = Starlette(routes=routes, exception_handlers=handlers)
    made.router.redirect_slashes = False
    return made


def single_replica(node: Node, meter: MeteredExecutor | None = None, domains: tuple[str, ...] = (DOMAIN,)) -> ASGIApp:
    """Serve the IC HTTP API of one node under `/api`, its topology, its costs, and its canisters' web pages.

    The pages stand at `<canister>.<domain>` of each of `domains`. Pages of any origin may ask.
    """

    async def topology(_request: Request) -> Response:
        return JSONResponse(describe(node.chain))

    async def instructions(_request: Request) -> Response:
        return JSONResponse(costs_by_canister(meter) if meter else {})

    api = Mount("/api", routes=Api(lambda _request: node).routes())
    told = [("/_/topology", topology), ("/_/instructions", instructions)]
    routes: list[BaseRoute] = [api, *(Route(path, answer, methods=["GET"]) for path, answer in told)]
    served = application([*routes, Route("/{path:path}", Gateway(node, domains).serve, methods=_METHODS)])
    return CrossOrigin(served, GATEWAY_SHARING, "/api/", "/_/")
