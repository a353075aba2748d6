"""Certificates over a subnet's state tree: witness, BLS signature, and the root's delegation where one is needed."""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import Enum
from functools import cached_property

import cbor2

from local_replica.certification.hash_tree import Node, domain_separator
from local_replica.certification.keys import SubnetKeys
from local_replica.certification.state_tree import SELF_DESCRIBED, StateTree
from local_replica.certification.witness import Path, wanted, witness

STATE_ROOT = domain_separator("ic-state-root")
TIME: Path = (b"time",)


class DelegationFormat(Enum):
    """Where a delegation tells the subnet's canister ranges.

    Newer endpoints have a tree of ranges; the older ones had them flat, beneath the subnet. Those get both here, since
    icp-py-core looks in the tree whatever endpoint it asked.
    """

    FLAT = "flat"
    TREE = "tree"


@dataclass(frozen=True, slots=True)
class Delegation:
    """The root's word that a subnet's key may certify for its canisters: the id and a whole certificate."""

    subnet_id: bytes
    certificate: bytes

    def encoded(self) -> dict[str, bytes]:
        return {"subnet_id": self.subnet_id, "certificate": self.certificate}


class CertifiedState:
    """One block's state tree; it is signed when the first certificate over it is asked for, and only once."""

    def __init__(
        self, tree: Node, keys: SubnetKeys, delegations: dict[DelegationFormat, Delegation] | None = None
    ) -> None:
        """Hold `tree` as certified by `keys`; `delegations` is absent for the root subnet itself."""
        self.tree = tree
        self._keys = keys
        self._delegations = delegations
        self._of_data: dict[bytes, bytes] = {}

    @cached_property
    def signature(self) -> bytes:
        """The subnet's signature over the root hash, 48 bytes."""
        return self._keys.bls.sign(STATE_ROOT + self.tree.digest)

    def certificate(self, paths: Iterable[Path], delegation_format: DelegationFormat = DelegationFormat.TREE) -> bytes:
        """Return the CBOR certificate that shows /time and `paths`, or that they are absent."""
        shown = witness(self.tree, wanted((TIME, *paths)))
        fields: dict[str, object] = {"tree": shown.encoded(), "signature": self.signature}
        if self._delegations is not None:
            fields["delegation"] = self._delegations[delegation_format].encoded()
        return SELF_DESCRIBED + cbor2.dumps(fields)

    def data_certificate(self, canister_id: bytes) -> bytes:
        """Return the certificate over a canister's certified data, made once: each query hands it in.

        Canisters hand it on to verifiers of any age, so that its delegation has the ranges in both places.
        """
        made = self._of_data.get(canister_id)
        if made is None:
            path = (b"canister", canister_id, b"certified_data")
            made = self._of_data[canister_id] = self.certificate((path,), DelegationFormat.FLAT)
        return made


def delegate(
    root_tree: StateTree, root_keys: SubnetKeys, subnet_id: bytes, time: int
) -> dict[DelegationFormat, Delegation]:
    """Certify a subnet's key and canister ranges by the root subnet, at `time` (ns), in both formats."""
    state = CertifiedState(root_tree.root(time), root_keys)
    public_key: Path = (b"subnet", subnet_id, b"public_key")
    flat: Path = (b"subnet", subnet_id, b"canister_ranges")
    tree: Path = (b"canister_ranges", subnet_id)
    shown = {DelegationFormat.FLAT: (public_key, flat, tree), DelegationFormat.TREE: (public_key, tree)}
    return {form: Delegation(subnet_id, state.certificate(paths)) for form, paths in shown.items()}
