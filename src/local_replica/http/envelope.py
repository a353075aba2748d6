"""Envelopes (interface specification, "Authentication"): what a request says, before it is known to be true."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from local_replica.http.cbor import read_cbor
from local_replica.http.errors import InvalidRequest
from local_replica.http.principals import MAX_PRINCIPAL_BYTES
from local_replica.request_id import Hashable, hash_of_map

_FIELDS: dict[str, dict[str, type]] = {
    "call": {"canister_id": bytes, "method_name": str, "arg": bytes, "sender": bytes, "ingress_expiry": int},
    "query": {"canister_id": bytes, "method_name": str, "arg": bytes, "sender": bytes, "ingress_expiry": int},
    "read_state": {"sender": bytes, "paths": list, "ingress_expiry": int},
}
_EXPECTED = {bytes: "byte array", str: "string", int: "u64", list: "a sequence"}


@dataclass(frozen=True, slots=True)
class Delegation:
    """One signed link of a delegation chain."""

    public_key: bytes
    expiration: int
    targets: tuple[bytes, ...] | None
    signature: bytes


@dataclass(frozen=True, slots=True)
class Envelope:
    """A request of one kind with its proof. `size` is the body's length in bytes; `arrival` names errors."""

    kind: str
    sender: bytes
    ingress_expiry: int
    request_id: bytes
    size: int
    canister_id: bytes = b""
    method: str = ""
    arg: bytes = b""
    paths: tuple[tuple[bytes, ...], ...] = ()
    nonce: bytes | None = None
    public_key: bytes | None = None
    signature: bytes | None = None
    delegations: tuple[Delegation, ...] = field(default=())


def read_envelope(body: bytes, kind: str) -> Envelope:
    """Decode a request of `kind` ("call", "query" or "read_state"). Raises InvalidRequest."""
    envelope = _map(read_cbor(body), "envelope")
    content = _content(envelope, kind)
    paths = tuple(_path(path) for path in content["paths"]) if kind == "read_state" else ()
    hashed: dict[str, Hashable] = {"request_type": kind, **{name: content[name] for name in _FIELDS[kind]}}
    nonce = content.get("nonce")
    if nonce is not None:
        hashed["nonce"] = _typed("nonce", nonce, bytes)
    public_key, signature = _proof(envelope, kind)
    _principal(content["sender"], "sender", kind)
    if kind != "read_state":
        _principal(content["canister_id"], "canister_id", kind)
    return Envelope(
        kind=kind,
        sender=content["sender"],
        ingress_expiry=content["ingress_expiry"],
        request_id=hash_of_map(hashed),
        size=len(body),
        canister_id=content.get("canister_id", b""),
        method=content.get("method_name", ""),
        arg=content.get("arg", b""),
        paths=paths,
        nonce=nonce,
        public_key=public_key,
        signature=signature,
        delegations=_delegations(envelope.get("sender_delegation")),
    )


def _content(envelope: Mapping[str, Any], kind: str) -> Mapping[str, Any]:
    if "content" not in envelope:
        raise _undecodable("missing field `content`")
    content = _map(envelope["content"], "content")
    if "request_type" not in content:
        raise _undecodable("missing field `request_type`")
    if content["request_type"] != kind:
        raise _undecodable(f"unknown variant `{content['request_type']}`, expected `{kind}`")
    for name, wanted in _FIELDS[kind].items():
        if name not in content:
            raise _undecodable(f"missing field `{name}`")
        _typed(name, content[name], wanted)
    return content


def _proof(envelope: Mapping[str, Any], kind: str) -> tuple[bytes | None, bytes | None]:
    """Public key and signature: both or none."""
    key, signature = envelope.get("sender_pubkey"), envelope.get("sender_sig")
    if key is not None:
        _typed("sender_pubkey", key, bytes)
    if signature is not None:
        _typed("sender_sig", signature, bytes)
    if (key is None) != (signature is None):
        got = f"Got ({_blob(key)}, {_blob(signature)}, None)"
        if kind == "call":
            raise InvalidRequest(f"Could not parse body as call message: missing pubkey or signature: {got}")
        raise InvalidRequest(f'Malformed request: MissingPubkeyOrSignature("{got}")')
    return key, signature


def _blob(content: bytes | None) -> str:
    return "None" if content is None else f"Some(Blob{{{len(content)} bytes;{content.hex()}}})"


def _delegations(item: object) -> tuple[Delegation, ...]:
    chain = [] if item is None else _typed("sender_delegation", item, list)
    return tuple(_delegation(one) for one in chain)


def _delegation(item: object) -> Delegation:
    signed = _map(item, "delegation")
    if "delegation" not in signed or "signature" not in signed:
        raise _undecodable("missing field `delegation`" if "delegation" not in signed else "missing field `signature`")
    content = _map(signed["delegation"], "delegation")
    targets = content.get("targets")
    for name in ("pubkey", "expiration"):
        if name not in content:
            raise _undecodable(f"missing field `{name}`")
    return Delegation(
        _typed("pubkey", content["pubkey"], bytes),
        _typed("expiration", content["expiration"], int),
        None if targets is None else tuple(_typed("targets", one, bytes) for one in _typed("targets", targets, list)),
        _typed("signature", signed["signature"], bytes),
    )


def _path(item: object) -> tuple[bytes, ...]:
    return tuple(_typed("paths", label, bytes) for label in _typed("paths", item, list))


def _map(item: object, what: str) -> Mapping[str, Any]:
    if not isinstance(item, dict):
        raise _undecodable(f"invalid type: expected a map as {what}")
    return item


def _typed(name: str, item: Any, wanted: type) -> Any:
    in_range = wanted is not int or (isinstance(item, int) and 0 <= item < 1 << 64)
    if not isinstance(item, wanted) or isinstance(item, bool) or not in_range:
        raise _undecodable(f"invalid type for `{name}`: expected {_EXPECTED[wanted]}")
    return item


def _principal(raw: bytes, name: str, kind: str) -> None:
    if len(raw) > MAX_PRINCIPAL_BYTES:
        what = f"Converting {name} to PrincipalId failed with Bytes is longer than {MAX_PRINCIPAL_BYTES} bytes."
        if kind == "call":
            raise InvalidRequest(f"Could not parse body as call message: invalid princial id: {what}")
        raise InvalidRequest(f'Malformed request: InvalidPrincipalId("{what}")')


def _undecodable(why: str) -> InvalidRequest:
    return InvalidRequest(f"Failed to deserialize cbor request: {why}")
