"""Signatures that a canister makes by certifying them (interface specification, "Canister signatures").

Internet Identity signs so. The key names the canister and a seed; a signature is a certificate of the canister's
certified data and a tree of that hash, which has the signed message beneath the seed.
"""

import hashlib
from dataclasses import dataclass

from local_replica.certification.checking import NotCertified, certified_tree
from local_replica.certification.hash_tree import Leaf, Node
from local_replica.certification.reading import Malformed, Untold, read_cbor, read_tree, subtree, value

OID = bytes.fromhex("060a2b0601040183b8430102")
_SEQUENCE, _BIT_STRING = b"\x30", b"\x03"


class NotSigned(Exception):
    """The canister has not signed this, or the key is none; the text says how."""


@dataclass(frozen=True, slots=True)
class CanisterKey:
    """The public key of a canister for one seed."""

    canister_id: bytes
    seed: bytes

    @classmethod
    def of(cls, public_key_der: bytes) -> "CanisterKey":
        """Read a DER public key with our OID. Raises NotSigned."""
        body, rest = _element(_SEQUENCE, public_key_der)
        algorithm, bits = _element(_SEQUENCE, body)
        raw, after = _element(_BIT_STRING, bits)
        if rest or after or algorithm != OID or raw[:1] != b"\0" or len(raw) < 2 or len(raw) < 2 + raw[1]:
            raise NotSigned(f"Malformed public key: {public_key_der.hex()}")
        return cls(raw[2 : 2 + raw[1]], raw[2 + raw[1] :])

    def verify(self, signature: bytes, message: bytes, root_key: bytes) -> None:
        """Check a signature of `message` against the network's `root_key` (DER). Raises NotSigned."""
        try:
            encoded, signatures = _parts(signature)
            certificate = certified_tree(encoded, root_key, self.canister_id)
        except (Malformed, NotCertified) as error:
            raise NotSigned(str(error)) from error
        if value(certificate, (b"canister", self.canister_id, b"certified_data")) != signatures.digest:
            raise NotSigned("the certificate is not of this tree")
        path = (b"sig", hashlib.sha256(self.seed).digest(), hashlib.sha256(message).digest())
        try:
            found = subtree(signatures, path)
        except Untold as error:
            raise NotSigned("the tree does not tell of this message") from error
        if not isinstance(found, Leaf) or found.value:
            raise NotSigned("the tree does not have this message")


def _parts(signature: bytes) -> tuple[bytes, Node]:
    fields = read_cbor(signature)
    if not isinstance(fields, dict) or not isinstance(fields.get("certificate"), bytes):
        raise Malformed("not a canister signature")
    return fields["certificate"], read_tree(fields.get("tree"))


def _element(tag: bytes, encoded: bytes) -> tuple[bytes, bytes]:
    """Content of the DER element at the start, and what follows. Raises NotSigned."""
    if encoded[:1] != tag or len(encoded) < 2:
        raise NotSigned("Malformed public key")
    length, start = encoded[1], 2
    if length > 0x80:
        start += length - 0x80
        length = int.from_bytes(encoded[2:start])
    if length == 0x80 or start + length > len(encoded):
        raise NotSigned("Malformed public key")
    return encoded[start : start + length], encoded[start + length :]
