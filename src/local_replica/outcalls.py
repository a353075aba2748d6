"""HTTPS outcalls: requests of canisters that wait for an answer from outside, and the answers given to them.

A local replica never goes out: whoever drives it reads `Replica.outcalls()` and calls `Replica.answer_outcall()`.
Limits and wording are those of PocketIC 10.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from hashlib import sha256
from typing import TYPE_CHECKING, TypeAlias

from local_replica.management.interface import encode_record
from local_replica.messages import Call
from local_replica.rejections import CANISTER_REJECT, SYS_FATAL, SYS_TRANSIENT, RejectedByCanister, Rejection, shortened

if TYPE_CHECKING:
    from local_replica.subnet import Subnet

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


# answering


def outcome_of(subnet: "Subnet", outcall: Outcall, answers: Sequence[HttpAnswer]) -> bytes | Rejection:
    """What the nodes' answers come to, one answer for all of them or one each."""
    told = {answer: _told(subnet, outcall, answer) for answer in dict.fromkeys(answers)}
    contents = [told[answer] for answer in answers]
    if not outcall.is_replicated or len(set(contents)) == 1:
        return _opened(contents[0])
    content, agreeing = Counter(contents).most_common(1)[0]
    faulty = (len(contents) - 1) // 3
    if agreeing >= len(contents) - faulty:
        return _opened(content)
    return OutcallRejected(SYS_TRANSIENT, _divergence(outcall, contents))


Content: TypeAlias = bytes | tuple[int, str]


def _opened(content: Content) -> bytes | Rejection:
    return content if isinstance(content, bytes) else OutcallRejected(*content)


def _told(subnet: "Subnet", outcall: Outcall, answer: HttpAnswer) -> Content:
    """What one node makes of an answer: limits, then the transform."""
    if isinstance(answer, HttpReject):
        return answer.reject_code, answer.message
    broken = excess(answer.headers, answer.body)
    if broken is not None:
        return SYS_FATAL, broken
    response = {
        "status": answer.status,
        "headers": [{"name": name, "value": value} for name, value in answer.headers],
        "body": answer.body,
    }
    if outcall.transform is None:
        return encode_record("http_request_result", response)
    content = _transformed(subnet, outcall, outcall.transform, response)
    size = len(content) if isinstance(content, bytes) else len(content[1].encode())
    limit = MAX_RESPONSE_BYTES if outcall.max_response_bytes is None else outcall.max_response_bytes
    return (SYS_FATAL, f"Transformed http response exceeds limit: {limit}") if size > limit else content


def _transformed(subnet: "Subnet", outcall: Outcall, transform: Transform, response: dict[str, object]) -> Content:
    from local_replica import queries  # noqa: PLC0415 - queries know the management canister, which knows outcalls

    arg = encode_record("transform_argument", {"response": response, "context": transform.context})
    try:
        return queries.transform(subnet, outcall.call.sender, transform.method, arg)
    except RejectedByCanister as rejection:
        return CANISTER_REJECT, rejection.message
    except Rejection as rejection:
        return rejection.described()


def _divergence(outcall: Outcall, contents: Sequence[Content]) -> str:
    hashes = Counter(_hash(content) for content in contents)
    told = ", ".join(f"[{digest}: {count}]" for digest, count in sorted(hashes.items(), key=lambda item: -item[1]))
    return (
        "No consensus could be reached. Replicas had different responses. Details: request_id: "
        f"{outcall.request_id}, timeout: {outcall.time_ns + 300_000_000_000}, hashes: {told}"
    )


def _hash(content: Content) -> str:
    """Tells contents apart; not the digest that the genuine nodes sign."""
    raw = content if isinstance(content, bytes) else f"{content[0]}{content[1]}".encode()
    return sha256(b"ic-canister-http-response-domain" + raw).hexdigest()
