"""Checks who answered a query: nodes of the canister's subnet, whose keys the subnet certifies.

Rules: interface specification, "Request: Query call" and "Subnet information". A query's answer is one node's word; its
signature says which node's, and nobody between it and us can change it or show an old one.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import load_der_public_key
from icp_agent.agent import to_request_id
from icp_principal.principal import Principal

from vex.certificates import RootedCertificate
from vex.errors import Untrusted

SUBNET_PATH: Sequence[bytes] = (b"subnet",)
"""What to read at a canister for the keys of its subnet's nodes."""

_DOMAIN = b"\x0bic-response"
_SIGNED = {"replied": ("status", "reply"), "rejected": ("status", "reject_code", "reject_message", "error_code")}

NodeKeys = Mapping[bytes, Ed25519PublicKey]


class UnknownNode(Untrusted):
    """The node that signed is none of those known: the subnet may have changed since they were read."""


def node_keys(certificate: RootedCertificate, root_key: bytes) -> NodeKeys:
    """The nodes of the subnet that made `certificate` (checked, over SUBNET_PATH), by node id. Raises Untrusted."""
    delegation = certificate.delegation
    subnet_id = Principal.self_authenticating(root_key).bytes if delegation is None else bytes(delegation["subnet_id"])
    keys = {}
    for path in certificate.list_paths(certificate.lookup_tree([b"subnet", subnet_id, b"node"]) or [0]):
        if len(path) == 2 and path[1] == b"public_key":
            keys[path[0]] = _public_key(certificate.lookup([b"subnet", subnet_id, b"node", *path]))
    return keys


def _public_key(der: bytes | None) -> Ed25519PublicKey:
    try:
        key = load_der_public_key(der or b"")
    except (ValueError, TypeError, UnsupportedAlgorithm) as error:
        raise Untrusted(f"a node's public key: {error}") from error
    if not isinstance(key, Ed25519PublicKey):
        raise Untrusted("a node's public key is of another kind")
    return key


def check_query_answer(
    answer: Mapping[str, Any], request_id: bytes, nodes: NodeKeys, now_ns: int, *, max_skew_ns: int
) -> None:
    """Check the signatures of a query's answer. Raises UnknownNode, Untrusted."""
    names = _SIGNED.get(str(answer.get("status")))
    signatures = answer.get("signatures")
    if names is None or not isinstance(signatures, list) or not signatures:
        raise Untrusted("a query's answer that no node signed")
    if len(signatures) > len(nodes):
        raise Untrusted("more signatures than the subnet has nodes")
    signed = {name: answer.get(name) for name in names}
    for signature in signatures:
        if abs(now_ns - _signed_at(signature, {**signed, "request_id": request_id}, nodes)) > max_skew_ns:
            raise Untrusted("a query's answer from another time")


def _signed_at(signature: Any, signed: dict[str, Any], nodes: NodeKeys) -> int:
    """When a node signed this (ns since 1970-01-01)."""
    match signature:
        case {"timestamp": int() as time, "identity": bytes() as identity, "signature": bytes() as proof}:
            key = nodes.get(identity)
        case _:
            raise Untrusted("a query's answer with a malformed signature")
    if key is None:
        raise UnknownNode("a query's answer that a node of another subnet signed")
    try:
        key.verify(proof, _DOMAIN + to_request_id({**signed, "timestamp": time}))
    except InvalidSignature as error:
        raise Untrusted("a query's answer is not what its node signed") from error
    except (TypeError, ValueError) as error:
        raise Untrusted(f"a query's answer that cannot be signed: {error}") from error
    return time
