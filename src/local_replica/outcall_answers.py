"""What the answers to an HTTPS outcall come to: limits, the caller's transform, agreement of the nodes."""

from collections import Counter
from collections.abc import Sequence
from hashlib import sha256
from typing import TypeAlias

from local_replica import queries
from local_replica.management.interface import encode_record
from local_replica.outcalls import (
    MAX_RESPONSE_BYTES,
    HttpAnswer,
    HttpReject,
    Outcall,
    OutcallRejected,
    Transform,
    excess,
)
from local_replica.rejections import CANISTER_REJECT, SYS_FATAL, SYS_TRANSIENT, RejectedByCanister, Rejection
from local_replica.subnet import Subnet


def outcome_of(subnet: Subnet, outcall: Outcall, answers: Sequence[HttpAnswer]) -> bytes | Rejection:
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


def _told(subnet: Subnet, outcall: Outcall, answer: HttpAnswer) -> Content:
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


def _transformed(subnet: Subnet, outcall: Outcall, transform: Transform, response: dict[str, object]) -> Content:
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
