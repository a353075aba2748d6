"""Certificates of others: signature, delegation, canister ranges (interface specification, "Certificate")."""

from collections.abc import Mapping
from typing import Any

from local_replica.certification.bls import verify
from local_replica.certification.certificate import STATE_ROOT
from local_replica.certification.hash_tree import Fork, Labeled, Leaf, Node
from local_replica.certification.reading import Malformed, Untold, read_cbor, read_tree, subtree, value


class NotCertified(Exception):
    """A certificate does not say what it should, or nobody who may has signed it."""


def certified_tree(encoded: bytes, root_key: bytes, canister_id: bytes) -> Node:
    """Return the tree of a certificate that is good for `canister_id`. `root_key` is DER. Raises NotCertified."""
    try:
        return _checked(read_cbor(encoded), root_key, canister_id, may_delegate=True)
    except Malformed as error:
        raise NotCertified(str(error)) from error


def _checked(certificate: object, root_key: bytes, canister_id: bytes, *, may_delegate: bool) -> Node:
    if not isinstance(certificate, Mapping) or not isinstance(certificate.get("signature"), bytes):
        raise NotCertified("not a certificate")
    tree = read_tree(certificate.get("tree"))
    delegation = certificate.get("delegation")
    if delegation is not None and not may_delegate:
        raise NotCertified("a delegation beneath a delegation")
    key = root_key if delegation is None else _delegated(delegation, root_key, canister_id)
    if not verify(certificate["signature"], STATE_ROOT + tree.digest, key):
        raise NotCertified("the signature does not match")
    return tree


def _delegated(delegation: Any, root_key: bytes, canister_id: bytes) -> bytes:
    if not isinstance(delegation, Mapping):
        raise NotCertified("not a delegation")
    subnet_id, encoded = delegation.get("subnet_id"), delegation.get("certificate")
    if not isinstance(subnet_id, bytes) or not isinstance(encoded, bytes):
        raise NotCertified("not a delegation")
    tree = _checked(read_cbor(encoded), root_key, canister_id, may_delegate=False)
    if not any(first <= canister_id <= last for first, last in _ranges(tree, subnet_id)):
        raise NotCertified("the canister is not in the ranges of the delegation")
    key = value(tree, (b"subnet", subnet_id, b"public_key"))
    if key is None:
        raise NotCertified("the delegation has no key")
    return key


def _ranges(tree: Node, subnet_id: bytes) -> list[tuple[bytes, bytes]]:
    """The ranges of a subnet: in the tree of ranges, or flat beneath the subnet as older certificates have them."""
    leaves: list[bytes] = []
    for path in ((b"canister_ranges", subnet_id), (b"subnet", subnet_id, b"canister_ranges")):
        try:
            found = subtree(tree, path)
        except Untold:
            continue
        leaves += _leaves(found) if found is not None else []
    ranges = [pair for leaf in leaves for pair in _pairs(read_cbor(leaf))]
    if not ranges:
        raise NotCertified("the delegation has no canister ranges")
    return ranges


def _leaves(tree: Node) -> list[bytes]:
    match tree:
        case Leaf():
            return [tree.value]
        case Labeled():
            return _leaves(tree.subtree)
        case Fork():
            return _leaves(tree.left) + _leaves(tree.right)
    return []


def _pairs(ranges: object) -> list[tuple[bytes, bytes]]:
    if not isinstance(ranges, list):
        raise NotCertified("not canister ranges")
    pairs = []
    for pair in ranges:
        match pair:
            case [bytes() as first, bytes() as last]:
                pairs.append((first, last))
            case _:
                raise NotCertified("not canister ranges")
    return pairs
