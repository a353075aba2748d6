"""`http_request`: an HTTPS outcall, checked, paid and left to wait for its answer."""

from typing import Any, NoReturn

from local_replica.management.lifecycle import Deferred
from local_replica.management.request import ManagementCall
from local_replica.outcalls import (
    MAX_IN_FLIGHT,
    MAX_RESPONSE_BYTES,
    MAX_URL_BYTES,
    Outcall,
    Transform,
    excess,
)
from local_replica.printing import text
from local_replica.rejections import Rejection


def request(call: ManagementCall) -> NoReturn:
    """`http_request`. Raises Rejection, or Deferred once the request waits; the cycles beyond the fee go back later."""
    outcall = _outcall(call)
    subnet = call.subnet
    fee = subnet.fees.http_request(outcall.size_bytes, outcall.max_response_bytes)
    if len(subnet.state.outcalls) >= MAX_IN_FLIGHT:
        raise Rejection(f"max number ({MAX_IN_FLIGHT}) of http requests in-flight reached.")
    if call.cycles < fee:
        raise Rejection(f"http_request request sent with {call.cycles} cycles, but {fee} cycles are required.")
    call.call.cycles -= fee
    subnet.await_outcall(outcall)
    raise Deferred


def _outcall(call: ManagementCall) -> Outcall:
    argument = call.argument
    transform = _transform(call.sender, argument["transform"])
    limit = argument["max_response_bytes"]
    if limit is not None and limit > MAX_RESPONSE_BYTES:
        raise Rejection(f"max_response_bytes expected to be in the range [0..{MAX_RESPONSE_BYTES}], got {limit}")
    url = argument["url"]
    if len(url.encode()) > MAX_URL_BYTES:
        raise Rejection(f"url size {len(url.encode())} exceeds {MAX_URL_BYTES}")
    headers = tuple((header["name"], header["value"]) for header in argument["headers"])
    body = argument["body"] or b""
    broken = excess(headers, body)
    if broken is not None:
        raise Rejection(broken)
    return Outcall(
        request_id=call.subnet.state.next_outcall,
        url=url,
        method=next(iter(argument["method"])).upper(),
        headers=headers,
        body=body,
        max_response_bytes=limit,
        transform=transform,
        is_replicated=argument["is_replicated"] is not False,
        time_ns=call.now_ns,
        call=call.call,
    )


def _transform(sender: bytes, given: dict[str, Any] | None) -> Transform | None:
    if given is None:
        return None
    principal, method = given["function"]
    if principal != sender:
        raise Rejection(f"transform principal id expected to be {text(sender)}, got {text(principal)}")
    return Transform(method, given["context"])
