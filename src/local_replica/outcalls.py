"""HTTPS outcalls: requests of canisters that wait for an answer from outside, and the answers given to them.

A local replica never goes out: whoever drives it reads `Replica.outcalls()` and calls `Replica.answer_outcall()`.
Limits and wording are those of PocketIC 10.
"""

from dataclasses import dataclass
from typing import TypeAlias

from local_replica.messages import Call
from local_replica.printing import shortened
from local_replica.rejections import Rejection

TIMEOUT_NS = 60_000_000_000
MAX_IN_FLIGHT = 3_000
MAX_RESPONSE_BYTES = 2_000_000
MAX_REQUEST_BYTES = 2_000_000
MAX_URL_BYTES = 8_192
MAX_HEADERS = 64
MAX_HEADER_PART_BYTES = 8_192
MAX_HEADERS_BYTES = 48 * 1024

Headers: TypeAlias = tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Transform:
    """The caller's query method that the response passes through, with the bytes handed to it."""

    method: str
    context: bytes


@dataclass(frozen=True, slots=True)
class Outcall:
    """A request that waits. `call` carries the cycles that go back with the answer."""

    request_id: int
    url: str
    method: str
    """"GET", "POST" or "HEAD"."""
    headers: Headers
    body: bytes
    max_response_bytes: int | None
    transform: Transform | None
    is_replicated: bool
    time_ns: int
    """When it was made; it is given up `TIMEOUT_NS` later."""
    call: Call

    @property
    def size_bytes(self) -> int:
        """The bytes that the request is charged by."""
        transform = self.transform
        return request_bytes(self.url, self.headers, self.body) + (
            len(transform.method.encode()) + len(transform.context) if transform else 0
        )


@dataclass(frozen=True, slots=True)
class HttpReply:
    """What a server answered."""

    status: int
    headers: Headers = ()
    body: bytes = b""


@dataclass(frozen=True, slots=True)
class HttpReject:
    """Why there is no answer. `reject_code` is one of 1 to 6."""

    reject_code: int
    message: str


HttpAnswer: TypeAlias = HttpReply | HttpReject


class OutcallRejected(Rejection):
    """The outcall failed, with a reject code and text of its own."""

    def __init__(self, reject_code: int, message: str) -> None:
        super().__init__(shortened(message))
        self.reject_code = reject_code

    def to_caller(self) -> tuple[int, str]:
        return self.reject_code, self.message


def request_bytes(url: str, headers: Headers, body: bytes) -> int:
    """Bytes of URL, headers and body."""
    return len(url.encode()) + headers_bytes(headers) + len(body)


def headers_bytes(headers: Headers) -> int:
    """Bytes of all names and values."""
    return sum(len(name.encode()) + len(value.encode()) for name, value in headers)


def excess(headers: Headers, body: bytes) -> str | None:
    """Which limit a request's or a response's headers and body break, as the replica words it."""
    longest_name = max((len(name.encode()) for name, _ in headers), default=0)
    longest_value = max((len(value.encode()) for _, value in headers), default=0)
    total = headers_bytes(headers)
    checks = (
        ("number of all http headers", len(headers), MAX_HEADERS),
        ("number of bytes to represent some http header name", longest_name, MAX_HEADER_PART_BYTES),
        ("number of bytes to represent some http header value", longest_value, MAX_HEADER_PART_BYTES),
        ("total number of bytes to represent all http header names and values", total, MAX_HEADERS_BYTES),
        (
            "total number of bytes to represent all http header names and values and http body",
            total + len(body),
            MAX_REQUEST_BYTES,
        ),
    )
    return next((f"{what} {found} exceeds {limit}" for what, found, limit in checks if found > limit), None)
