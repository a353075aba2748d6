"""What a gateway and a canister say to each other (HTTP Gateway Protocol, "Canister HTTP interface")."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from candid import CandidError, Principal, decode_untyped, encode
from candid.types import BLOB, NAT16, TEXT, Field, Named, Opt, Record, Type, Variant, Vec
from candid.wire import label_hash

Headers = tuple[tuple[str, str], ...]

CERTIFICATION_VERSION = 2
_HEADERS = Vec(Record((Field(0, TEXT), Field(1, TEXT))))
_UPDATE = (Field("method", TEXT), Field("url", TEXT), Field("headers", _HEADERS), Field("body", BLOB))
_QUERY = Record((*_UPDATE, Field("certificate_version", Opt(NAT16))))


class Unreadable(Exception):
    """The canister answered with something else."""


@dataclass(frozen=True, slots=True)
class WebRequest:
    """A request as the canister gets it; `url` is path and query, as they came."""

    method: str
    url: str
    headers: Headers
    body: bytes

    @property
    def path(self) -> str:
        return self.url.partition("?")[0]

    @property
    def query(self) -> str | None:
        _, mark, text = self.url.partition("?")
        return text if mark else None

    def for_query(self) -> bytes:
        """Encode the argument of `http_request`."""
        return encode([_QUERY], [{**self._fields(), "certificate_version": CERTIFICATION_VERSION}])

    def for_update(self) -> bytes:
        """Encode the argument of `http_request_update`."""
        return encode([Record(_UPDATE)], [self._fields()])

    def _fields(self) -> dict[str, object]:
        headers = list(self.headers)
        return {"method": self.method, "url": self.url, "headers": headers, "body": self.body}


@dataclass(frozen=True, slots=True)
class Callback:
    """Where the next piece of a body comes from; `token` is an encoded argument of the canister's own type."""

    canister_id: bytes
    method: str
    token: bytes


@dataclass(frozen=True, slots=True)
class WebResponse:
    """What a canister answered."""

    status: int
    headers: Headers
    body: bytes
    upgrade: bool = False
    next: Callback | None = None

    def header(self, name: str) -> str | None:
        """The last header of this name, in any case of letters."""
        found = [value for known, value in self.headers if known.lower() == name.lower()]
        return found[-1] if found else None


def read_response(encoded: bytes) -> WebResponse:
    """Decode the answer of `http_request` and `http_request_update`. Raises Unreadable."""
    types, env, values = _untyped(encoded)
    answer = _Fields(values[0], types[0], env)
    try:
        return WebResponse(
            status=int(answer["status_code"]),
            headers=tuple((str(pair[0]), str(pair[1])) for pair in answer["headers"]),
            body=bytes(answer["body"]),
            upgrade=answer.get("upgrade") is True,
            next=_callback(answer),
        )
    except (KeyError, TypeError, ValueError) as error:
        raise Unreadable(f"not an HTTP response: {error!r}") from error


def read_piece(encoded: bytes, callback: Callback) -> tuple[bytes, Callback | None]:
    """Decode a piece of a streamed body, and where the next one comes from. Raises Unreadable."""
    types, env, values = _untyped(encoded)
    if values[0] is None:
        return b"", None
    piece = _Fields(values[0], types[0], env)
    try:
        body, token = bytes(piece["body"]), piece.get("token")
        if token is None:
            return body, None
        return body, Callback(callback.canister_id, callback.method, piece.encoded("token"))
    except (KeyError, TypeError, ValueError) as error:
        raise Unreadable(f"not a piece of a body: {error!r}") from error


def _untyped(encoded: bytes) -> tuple[list[Type], Mapping[str, Type], list[Any]]:
    try:
        types, env, values = decode_untyped(encoded)
    except CandidError as error:
        raise Unreadable(str(error)) from error
    if not values:
        raise Unreadable("no answer")
    return types, env, values


def _callback(answer: "_Fields") -> Callback | None:
    if answer.get("streaming_strategy") is None:
        return None
    strategy = answer.inner("streaming_strategy").inner("Callback")
    canister, method = strategy["callback"]
    if not isinstance(canister, Principal):
        raise TypeError("callback")
    return Callback(canister.bytes, str(method), strategy.encoded("token"))


class _Fields:
    """A decoded record (or variant) by names, together with its type, so that parts can be encoded again."""

    def __init__(self, value: Any, type_: Type, env: Mapping[str, Type]) -> None:
        self._value: dict[int, Any] = value if isinstance(value, dict) else {}
        self._type = _plain(type_, env)
        self._env = env

    def __getitem__(self, name: str) -> Any:
        return self._value[label_hash(name)]

    def get(self, name: str) -> Any:
        return self._value.get(label_hash(name))

    def inner(self, name: str) -> "_Fields":
        return _Fields(self[name], self._of(name), self._env)

    def encoded(self, name: str) -> bytes:
        return encode([_plain(self._of(name), self._env)], [self[name]], self._env)

    def _of(self, name: str) -> Type:
        fields = self._type.fields if isinstance(self._type, Record | Variant) else ()
        return {field.label: field.type for field in fields}[label_hash(name)]


def _plain(type_: Type, env: Mapping[str, Type]) -> Type:
    """The type behind names and `opt`."""
    while True:
        if isinstance(type_, Opt):
            type_ = type_.inner
        elif isinstance(type_, Named):
            type_ = env[type_.name]
        else:
            return type_
