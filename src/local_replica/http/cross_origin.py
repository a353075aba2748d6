"""Cross-origin requests (Fetch standard, "CORS protocol"): what pages of other origins may ask of a replica.

A front end on a development server has another origin than the replica that its agent calls.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from starlette.middleware.cors import CORSMiddleware
from starlette.types import ASGIApp, Receive, Scope, Send


@dataclass(frozen=True, slots=True)
class Sharing:
    """Methods and headers that pages of any origin may use, and the headers of answers that they may read."""

    methods: Sequence[str]
    headers: Sequence[str]
    readable: Sequence[str] = ()


API_SHARING = Sharing(("POST", "GET"), ("Accept", "Authorization", "Content-Type"))
"""Of an instance of a REST server, as replicas have it."""

GATEWAY_SHARING = Sharing(
    ("HEAD", "GET", "POST", "PUT", "DELETE", "PATCH"),
    (
        "User-Agent",
        "DNT",
        "If-None-Match",
        "If-Modified-Since",
        "Cache-Control",
        "Content-Type",
        "Range",
        "Cookie",
        "X-Requested-With",
        "X-IC-Canister-Id",
    ),
    ("Accept-Ranges", "Content-Length", "Content-Range", "X-Request-Id", "X-IC-Canister-Id"),
)
"""Of an HTTP gateway: the API and the pages of canisters."""


class CrossOrigin:
    """An ASGI application around another whose addresses beneath `prefixes` are for pages of any origin."""

    def __init__(self, inner: ASGIApp, sharing: Sharing, *prefixes: str) -> None:
        self._inner = inner
        self._prefixes = prefixes
        self._shared = CORSMiddleware(
            inner,
            allow_origins=("*",),
            allow_methods=sharing.methods,
            allow_headers=sharing.headers,
            expose_headers=sharing.readable,
        )

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        is_shared = scope.get("path", "").startswith(self._prefixes)
        await (self._shared if is_shared else self._inner)(scope, receive, send)
