"""Requests and responses of the HTTP Gateway Protocol (canister interface `http_request`)."""

from kybra import Func, Opt, Query, Record, Tuple, Variant, Vec, blob, nat16, nat32, nat64, text

HttpHeader = Tuple[text, text]


class HttpQuestion(Record):
    method: text
    url: text
    headers: Vec[HttpHeader]
    body: blob
    certificate_version: Opt[nat16]


# What comes next of a long body: bytes from `first` up to and without `end`, allowed by the token.
class StreamingToken(Record):
    ticket: nat64
    attachment: nat32
    first: nat64
    end: nat64
    token: text


class StreamedPart(Record):
    body: blob
    token: Opt[StreamingToken]


StreamingCallback = Func(Query[[StreamingToken], StreamedPart])


class CallbackStrategy(Record):
    callback: StreamingCallback  # type: ignore[valid-type]  # Kybra makes a type of a signature
    token: StreamingToken


class StreamingStrategy(Variant, total=False):
    Callback: CallbackStrategy


class HttpReplyRecord(Record):
    status_code: nat16
    headers: Vec[HttpHeader]
    body: blob
    streaming_strategy: Opt[StreamingStrategy]
    upgrade: Opt[bool]
