"""A server between client and replica that breaks, changes or withholds answers as a test says."""

import threading
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import httpx

Told = tuple[int, bytes] | tuple[int, bytes, dict[str, str]]
"""Status, body and further headers."""
Meddling = Callable[[int, bytes], Told | None]
"""From the replica's status and body to what the client gets; None hangs up."""


@dataclass
class Meddler:
    """`next` meddles with the next answers to paths that end in `at`, in that order; others pass."""

    upstream: str
    url: str = ""
    at: str = ""
    next: deque[Meddling] = field(default_factory=deque)
    seen: list[str] = field(default_factory=list)

    def meddle(self, at: str, *meddlings: Meddling) -> None:
        """Meddle with these answers only; what was left of others is dropped."""
        self.at = at
        self.next = deque(meddlings)
        self.seen.clear()

    def answer(self, verb: str, path: str, body: bytes) -> Told | None:
        with httpx.Client(base_url=self.upstream, timeout=60) as http:
            response = http.request(verb, path, content=body, headers={"content-type": "application/cbor"})
        self.seen.append(path)
        if path.endswith(self.at) and self.next:
            return self.next.popleft()(response.status_code, response.content)
        return response.status_code, response.content


@contextmanager
def meddling(upstream: str) -> Iterator[Meddler]:
    """A Meddler in front of `upstream` on a free port of this machine."""
    meddler = Meddler(upstream)

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def _pass(self) -> None:
            body = self.rfile.read(int(self.headers.get("content-length", 0)))
            answer = meddler.answer(self.command, self.path, body)
            if answer is None:
                self.close_connection = True
                return
            status, content, *further = answer
            self.send_response(status)
            for name, value in {"content-length": str(len(content)), **(further[0] if further else {})}.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(content)

        do_GET = do_POST = _pass  # noqa: N815 - names that http.server asks for

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - http.server's name
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    meddler.url = f"http://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield meddler
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
