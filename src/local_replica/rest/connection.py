"""The outermost layer: addresses with a slash too much, and connections that are closed without an answer."""

import asyncio
import time
from collections.abc import Callable

from starlette.responses import Response
from starlette.types import ASGIApp, Receive, Scope, Send

DROP = "local_replica.drop"


class Connection:
    """An ASGI application around another; it remembers when the last request came."""

    def __init__(self, inner: ASGIApp) -> None:
        self._inner = inner
        self._busy = 0
        self._last = time.monotonic()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        scope[DROP] = lambda: _drop(send)
        path = scope.get("path", "")
        if len(path) > 1 and path.endswith("/"):
            scope = {**scope, "path": path.rstrip("/")}
        self._busy += 1
        try:
            await self._inner(scope, receive, send)
        finally:
            self._busy -= 1
            self._last = time.monotonic()

    def idle_seconds(self) -> float:
        """Seconds since the last request ended; 0 while one runs."""
        return 0.0 if self._busy else time.monotonic() - self._last


class NoResponse(Response):
    """Closes the connection without an answer."""

    async def __call__(self, scope: Scope, receive: Receive, _send: Send) -> None:
        """Drop the connection, and return once the server knows."""
        drop: Callable[[], None] = scope[DROP]
        drop()
        while (await receive())["type"] != "http.disconnect":
            pass


def _drop(send: Send) -> None:
    """Close the connection. ASGI has no word for it; uvicorn's `send` is a method of what owns the transport."""
    transport = getattr(getattr(send, "__self__", None), "transport", None)
    if isinstance(transport, asyncio.WriteTransport):
        transport.abort()
