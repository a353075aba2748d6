"""Keeps every subnet's state tree beside the replica, and signs what is asked of it."""

from collections.abc import Iterable, Mapping
from copy import copy
from dataclasses import dataclass, replace

from local_replica.certification.certificate import CertifiedState, Delegation, DelegationFormat, delegate
from local_replica.certification.keys import SubnetKeys
from local_replica.certification.state_tree import Ranges, StateTree, SubnetFacts
from local_replica.certification.witness import Path

DELEGATION_NS = 600 * 10**9
"""Delegations are made anew so often, as replicas do: clients refuse old ones, and a test may have moved the clock."""


@dataclass(slots=True)
class _Subnet:
    keys: SubnetKeys
    tree: StateTree
    delegations: dict[DelegationFormat, Delegation] | None = None
    delegated_ns: int = -1 << 63
    """When the delegations were made (ns since 1970-01-01)."""
    state: CertifiedState | None = None
    transactions: int = 0


class StateCertifier:
    """All subnets of one replica. The first one given is the root: its key is what clients trust."""

    def __init__(self, subnets: Mapping[bytes, tuple[SubnetKeys, Ranges]], root: bytes) -> None:
        """`subnets` by id; `root` is the id of the root subnet, which tells of all the others."""
        facts = {subnet_id: SubnetFacts(keys, ranges) for subnet_id, (keys, ranges) in subnets.items()}
        self.root = root
        self._subnets = {
            subnet_id: _Subnet(one.keys, StateTree(facts.values() if subnet_id == root else [one], subnet_id))
            for subnet_id, one in facts.items()
        }

    def add(self, keys: SubnetKeys, ranges: Ranges) -> None:
        """Have one more subnet, of which the root subnet tells from now on."""
        facts = SubnetFacts(keys, ranges)
        self._subnets[keys.subnet_id] = _Subnet(keys, StateTree([facts], keys.subnet_id))
        self._subnets[self.root].tree.set_subnet(facts)

    @property
    def root_key(self) -> bytes:
        """The key that all trust starts from, DER, 133 bytes."""
        return self._subnets[self.root].keys.public_key_der

    def keys(self, subnet_id: bytes) -> SubnetKeys:
        """Return a subnet's keys. Raises KeyError."""
        return self._subnets[subnet_id].keys

    def tree(self, subnet_id: bytes) -> StateTree:
        """Return a subnet's state tree, to be changed between two calls of `seal`. Raises KeyError."""
        return self._subnets[subnet_id].tree

    def count_transaction(self, subnet_id: bytes) -> None:
        """Count one more update transaction for the subnet's metrics."""
        self._subnets[subnet_id].transactions += 1

    def count(self, subnet_id: bytes, canisters: int, state_bytes: int = 0) -> None:
        """Set /subnet/<id>/metrics of a subnet."""
        subnet = self._subnets[subnet_id]
        subnet.tree.set_metrics(canisters, state_bytes, subnet.transactions)

    def copy(self) -> "StateCertifier":
        """Return a certifier of the same state that changes on its own."""
        twin = copy(self)
        subnets = {one: replace(subnet, tree=copy(subnet.tree)) for one, subnet in self._subnets.items()}
        twin._subnets = subnets  # noqa: SLF001 - one of this class
        return twin

    def seal(self, time: int) -> None:
        """Finish a block at `time` (ns): certificates from now on are over the trees as they are."""
        root = self._subnets[self.root]
        for subnet_id, subnet in self._subnets.items():
            if subnet_id != self.root and not 0 <= time - subnet.delegated_ns < DELEGATION_NS:
                subnet.delegations = delegate(root.tree, root.keys, subnet_id, time)
                subnet.delegated_ns = time
            subnet.state = CertifiedState(subnet.tree.root(time), subnet.keys, subnet.delegations)

    def state(self, subnet_id: bytes) -> CertifiedState:
        """Return a subnet's last sealed state. Raises KeyError; RuntimeError before the first block."""
        state = self._subnets[subnet_id].state
        if state is None:
            raise RuntimeError("no block was sealed yet")
        return state

    def certificate(
        self, subnet_id: bytes, paths: Iterable[Path], form: DelegationFormat = DelegationFormat.TREE
    ) -> bytes:
        """Return a CBOR certificate of the last block over /time and `paths`."""
        return self.state(subnet_id).certificate(paths, form)

    def data_certificate(self, subnet_id: bytes, canister_id: bytes) -> bytes:
        """Return the certificate that a query hands to its canister: over its certified data, as of the last block."""
        return self.state(subnet_id).data_certificate(canister_id)
