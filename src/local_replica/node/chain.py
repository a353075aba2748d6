"""Replica, state tree and store, moved forward together."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from candid.wire import uleb
from local_replica import topology
from local_replica.certification import CanisterFacts, StateCertifier, SubnetKeys
from local_replica.config import ReplicaConfig, SubnetConfig, SubnetKind
from local_replica.crew import Crew
from local_replica.cycles.balance import memory_usage
from local_replica.execution.port import Executor
from local_replica.ingress import Ingress, IngressStatus
from local_replica.node.metadata import MetadataSection, read_metadata
from local_replica.node.subnets import keys_of, root_of, with_keys
from local_replica.rejections import ERROR_NUMBERS
from local_replica.replica import Replica
from local_replica.state import Changes, ReplicaState
from local_replica.store import StateStore
from local_replica.subnet import Subnet

_NO_METADATA: Mapping[str, MetadataSection] = {}


@dataclass(frozen=True, slots=True)
class ChainSnapshot:
    """A point in a chain's history to go back to, as often as wanted."""

    replica: ReplicaState
    config: ReplicaConfig
    keys: Mapping[bytes, SubnetKeys]
    subnets: Mapping[bytes, Subnet]
    certifier: StateCertifier
    told: Mapping[bytes, CanisterFacts]
    sizes: Mapping[bytes, Counter[bytes]]


class Chain:
    """One replica with what proves and keeps its state. Not thread safe: whoever runs it, runs it alone."""

    def __init__(
        self, config: ReplicaConfig, executor: Executor, store: StateStore | None = None, crew: Crew | None = None
    ) -> None:
        """Create the replica, or load it when `store` holds one."""
        self.config, self.keys = with_keys(config)
        self._store = store
        self.blocks = 0
        self.outcalls_taken: set[tuple[bytes, int]] = set()
        """HTTPS outcalls (subnet, request id) that somebody is making, and that are not for anybody else."""
        self._metadata: dict[bytes, Mapping[str, MetadataSection]] = {}
        self._told: dict[bytes, CanisterFacts] = {}
        self._sizes: dict[bytes, Counter[bytes]] = {subnet_id: Counter() for subnet_id in self.keys}
        stored = store.load() if store is not None else None
        if stored is None:
            self.replica = Replica(self.config, executor, self, crew)
        else:
            self.replica = Replica.load(self.config, executor, self, stored, crew)
        self.certifier = StateCertifier(self._subnets(), root_of(self.config))
        self._tell_all(stored)
        self.certifier.seal(self.replica.time_ns)

    def _subnets(self) -> dict[bytes, tuple[SubnetKeys, tuple[tuple[bytes, bytes], ...]]]:
        views = self.replica.subnets
        return {subnet_id: (keys, tuple(views[subnet_id].ranges)) for subnet_id, keys in self.keys.items()}

    def data_certificate(self, subnet_id: bytes, canister_id: bytes) -> bytes:
        """Return the certificate that a query hands to its canister (the replica's port for it)."""
        return self.certifier.data_certificate(subnet_id, canister_id)

    def run_block(self) -> Changes:
        """Run one round and certify it; what changed is to be stored before anyone is told."""
        changes = self._run_round()
        self.blocks += 1
        return changes

    def _run_round(self) -> Changes:
        self.replica.run_round()
        changes = self.replica.take_changes()
        self._tell(changes)
        self.certifier.seal(self.replica.time_ns)
        return changes

    def submit(self, ingress: Ingress) -> bytes:
        """Take a message into the next block; returns its id. Raises Refused, BadIngress.

        One that creates a canister with an id of a mainnet's subnet that is not there makes the subnet first, as
        PocketIC does; a chain that is stored keeps the subnets with which it began.
        """
        lacking = self.replica.lacks(ingress)
        if lacking is not None and not self.is_stored:
            self._add_subnet(topology.mainnet_kind(lacking), topology.mainnet_range(lacking))
        return self.replica.submit_ingress(ingress)

    def _add_subnet(self, kind: SubnetKind, of_mainnet: topology.Range | None) -> None:
        """Add a subnet with a range of the mainnet, and run a round on all, which certifies it."""
        keys = keys_of(self.config, len(self.config.subnets), kind)
        config = SubnetConfig(kind, keys.subnet_id)
        self.config = replace(self.config, subnets=(*self.config.subnets, config))
        self.keys = {**self.keys, keys.subnet_id: keys}
        self._sizes[keys.subnet_id] = Counter()
        added = self.replica.add_subnet(config, (of_mainnet,) if of_mainnet is not None else ())
        self.certifier.add(keys, added.ranges)
        self._tell_metrics(keys.subnet_id)
        self.replica.network.history.changed |= self._run_round().ingress.keys()

    @property
    def is_stored(self) -> bool:
        """Whether blocks are kept on disk."""
        return self._store is not None

    def store(self, blocks: Sequence[Changes]) -> None:
        """Make blocks durable, all or none; may run beside the next block. Raises StateNotStored: that is the end."""
        changed = [block for block in blocks if not block.is_empty]
        if self._store is not None and changed:
            self._store.commit(changed)

    def _tell(self, changes: Changes) -> None:
        for canister_id in changes.deleted:
            self._forget(canister_id)
        for canister_id in changes.canisters:
            self._tell_canister(canister_id)
        for message_id, status in changes.ingress.items():
            self._tell_request(message_id, status)
        for subnet_id in self.keys if not changes.is_empty else ():
            self._tell_metrics(subnet_id)

    def _tell_metrics(self, subnet_id: bytes) -> None:
        sizes = self._sizes[subnet_id]
        self.certifier.count(subnet_id, len(sizes), sizes.total())

    def _tell_all(self, stored: ReplicaState | None) -> None:
        for subnet_id in self.keys:
            for canister_id in self.replica.canister_ids(subnet_id):
                self._tell_canister(canister_id)
            self._tell_metrics(subnet_id)
        for message_id, status in (stored.ingress if stored else {}).items():
            self._tell_request(message_id, status)

    def _forget(self, canister_id: bytes) -> None:
        subnet_id = self.replica.subnet_of(canister_id)
        self._told.pop(canister_id, None)
        if subnet_id is not None:
            self._sizes[subnet_id].pop(canister_id, None)
            self.certifier.tree(subnet_id).remove_canister(canister_id)

    def _tell_canister(self, canister_id: bytes) -> None:
        canister = self.replica.canister(canister_id)
        if canister is None:
            self._forget(canister_id)
            return
        self._sizes[canister.subnet_id][canister_id] = memory_usage(canister)
        facts = CanisterFacts(canister.controllers, canister.module_hash, canister.certified_data)
        before = self._told.get(canister_id)
        if facts == before:
            return
        self._told[canister_id] = facts
        tree = self.certifier.tree(canister.subnet_id)
        if before is not None and (before.controllers, before.module_hash) == facts_but_data(facts):
            tree.set_certified_data(canister_id, facts.certified_data)
            return
        sections = {name: one.content for name, one in self.metadata(canister_id).items()}
        tree.set_canister(canister_id, facts, sections)

    def metadata(self, canister_id: bytes) -> Mapping[str, MetadataSection]:
        """Return the metadata sections of a canister's module; none for one that is empty or not there."""
        canister = self.replica.canister(canister_id)
        if canister is None or canister.module_hash is None:
            return _NO_METADATA
        if canister.module_hash not in self._metadata:
            module = self.replica.module(canister_id)
            self._metadata[canister.module_hash] = _NO_METADATA if module is None else read_metadata(module)
        return self._metadata[canister.module_hash]

    def _tell_request(self, message_id: bytes, status: IngressStatus | None) -> None:
        if status is None:
            for subnet_id in self.keys:
                self.certifier.tree(subnet_id).remove_request(message_id)
        else:
            self.certifier.tree(status.subnet_id).set_request(message_id, status_leaves(status))
            if status.is_final:
                self.certifier.count_transaction(status.subnet_id)

    def snapshot(self) -> ChainSnapshot:
        """Return the chain's present state; it shares with the chain what does not change."""
        return ChainSnapshot(
            self.replica.snapshot(),
            self.config,
            self.keys,
            dict(self.replica.subnets),
            self.certifier.copy(),
            dict(self._told),
            self._copied_sizes(self._sizes),
        )

    def restore(self, snapshot: ChainSnapshot) -> None:
        """Go back to a snapshot of this chain."""
        self.replica.restore(snapshot.replica, snapshot.subnets)
        self.config, self.keys = snapshot.config, dict(snapshot.keys)
        self.certifier = snapshot.certifier.copy()
        self._told = dict(snapshot.told)
        self._sizes = self._copied_sizes(snapshot.sizes)

    @staticmethod
    def _copied_sizes(sizes: Mapping[bytes, Counter[bytes]]) -> dict[bytes, Counter[bytes]]:
        return {subnet_id: Counter(one) for subnet_id, one in sizes.items()}

    def close(self) -> None:
        """Give everything free."""
        self.replica.close()
        if self._store is not None:
            self._store.close()


def facts_but_data(facts: CanisterFacts) -> tuple[tuple[bytes, ...], bytes | None]:
    """What of a canister's facts changes rarely."""
    return facts.controllers, facts.module_hash


def status_leaves(status: IngressStatus) -> dict[bytes, bytes]:
    """The leaves beneath /request_status/<id> (interface specification, "Request status")."""
    leaves = {b"status": status.state.value.encode()}
    if status.reply is not None:
        leaves[b"reply"] = status.reply
    elif status.reject is not None:
        reject = status.reject
        leaves[b"reject_code"] = uleb(reject.reject_code)
        leaves[b"reject_message"] = reject.message.encode()
        leaves[b"error_code"] = error_code(reject.error_code).encode()
    return leaves


def error_code(name: str) -> str:
    """The number of an error code as the HTTP API gives it, such as "IC0502"."""
    return f"IC{ERROR_NUMBERS[name]:04}"
