"""The keys of a subnet: one BLS key for certificates, an Ed25519 key per node for query answers."""

import hashlib
from dataclasses import dataclass, field
from functools import cached_property

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from local_replica.certification.bls import BlsKey


def self_authenticating(public_key_der: bytes) -> bytes:
    """Principal of a public key (interface specification, "Principals"): 29 bytes, the last is 2."""
    return hashlib.sha224(public_key_der).digest() + b"\x02"


class NodeKey:
    """The Ed25519 key of one node; `node_id` is the principal of its public key."""

    def __init__(self, seed: bytes) -> None:
        self._key = Ed25519PrivateKey.from_private_bytes(hashlib.sha256(b"local-replica:node" + seed).digest())
        self.public_key_der = self._key.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
        self.node_id = self_authenticating(self.public_key_der)

    def sign(self, message: bytes) -> bytes:
        """Sign `message`; returns 64 bytes."""
        return self._key.sign(message)


@dataclass(frozen=True)
class SubnetKeys:
    """All keys of a subnet, derived from its 32-byte seed; `subnet_id` is the principal of the BLS public key."""

    seed: bytes
    node_count: int = 13
    bls: BlsKey = field(init=False, compare=False, repr=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "bls", BlsKey(self.seed))

    @property
    def public_key_der(self) -> bytes:
        """The subnet's public key as clients take it, 133 bytes."""
        return bytes(self.bls.public_key_der)

    @cached_property
    def subnet_id(self) -> bytes:
        """Principal of the subnet, 29 bytes."""
        return self_authenticating(self.public_key_der)

    @cached_property
    def nodes(self) -> tuple[NodeKey, ...]:
        """The nodes' keys, ordered by node id."""
        keys = (NodeKey(self.seed + index.to_bytes(4)) for index in range(self.node_count))
        return tuple(sorted(keys, key=lambda key: key.node_id))
