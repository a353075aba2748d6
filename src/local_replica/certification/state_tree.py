"""The state tree of a subnet (interface specification, "The system state tree"), kept up to date entry by entry."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import cbor2

from candid.wire import uleb
from local_replica.certification import label_map
from local_replica.certification.hash_tree import EMPTY, Leaf, Node
from local_replica.certification.keys import SubnetKeys

SELF_DESCRIBED = bytes.fromhex("d9d9f7")
"""CBOR tag 55799, which the IC puts before every item that it sends."""

Ranges = tuple[tuple[bytes, bytes], ...]
"""Canister ids, first and last of each range."""


@dataclass(frozen=True, slots=True)
class CanisterFacts:
    """What the state tree tells of a canister, but for its module's metadata."""

    controllers: tuple[bytes, ...]
    module_hash: bytes | None = None
    certified_data: bytes = b""


@dataclass(frozen=True, slots=True)
class SubnetFacts:
    """What the root subnet's state tree tells of a subnet."""

    keys: SubnetKeys
    ranges: Ranges


def encoded_ranges(ranges: Ranges) -> bytes:
    """Canister ranges as CBOR, with the self-describing tag."""
    return SELF_DESCRIBED + cbor2.dumps([list(pair) for pair in ranges])


class StateTree:
    """The certified part of a subnet's state. Setters replace one entry; `root` gives the tree as of now."""

    def __init__(self, subnets: Iterable[SubnetFacts], own: bytes) -> None:
        """Start without canisters and requests. `subnets`: those to tell of; `own`: the id of this one."""
        self._own = own
        self._subnet_tree: Node = EMPTY
        self._ranges_tree: Node = EMPTY
        self._canisters: Node = EMPTY
        self._requests: Node = EMPTY
        for facts in subnets:
            self.set_subnet(facts)

    def set_subnet(self, facts: SubnetFacts) -> None:
        """Set /subnet/<id> and /canister_ranges/<id>, without metrics."""
        subnet_id = facts.keys.subnet_id
        ranges = Leaf(encoded_ranges(facts.ranges))
        nodes = {
            node.node_id: label_map.from_entries({b"public_key": Leaf(node.public_key_der)})
            for node in facts.keys.nodes
        }
        entries: dict[bytes, Node] = {
            b"canister_ranges": ranges,
            b"node": label_map.from_entries(nodes),
            b"public_key": Leaf(facts.keys.public_key_der),
        }
        self._subnet_tree = label_map.insert(self._subnet_tree, subnet_id, label_map.from_entries(entries))
        # The specification splits the ranges at arbitrary labels; one piece, labelled with its first id, is a split.
        if facts.ranges:
            pieces = label_map.from_entries({facts.ranges[0][0]: ranges})
            self._ranges_tree = label_map.insert(self._ranges_tree, subnet_id, pieces)

    def set_metrics(self, canisters: int, state_bytes: int, update_transactions: int) -> None:
        """Set /subnet/<own id>/metrics: number of canisters, bytes of state, update transactions so far."""
        metrics = cbor2.dumps({0: canisters, 1: state_bytes, 2: {0: 0, 1: 0}, 3: update_transactions})
        own = label_map.lookup(self._subnet_tree, self._own) or EMPTY
        entry = label_map.insert(own, b"metrics", Leaf(metrics))
        self._subnet_tree = label_map.insert(self._subnet_tree, self._own, entry)

    def set_canister(
        self, canister_id: bytes, facts: CanisterFacts, metadata: Mapping[str, bytes] | None = None
    ) -> None:
        """Set /canister/<id>; `metadata`: sections by name. Without a module only the controllers are told."""
        entries: dict[bytes, Node] = {
            b"controllers": Leaf(SELF_DESCRIBED + cbor2.dumps([bytes(one) for one in facts.controllers]))
        }
        if facts.module_hash is not None:
            sections = {name.encode(): Leaf(content) for name, content in (metadata or {}).items()}
            entries[b"certified_data"] = Leaf(facts.certified_data)
            entries[b"module_hash"] = Leaf(facts.module_hash)
            entries[b"metadata"] = label_map.from_entries(dict(sections))
        self._canisters = label_map.insert(self._canisters, canister_id, label_map.from_entries(entries))

    def set_certified_data(self, canister_id: bytes, certified_data: bytes) -> None:
        """Set /canister/<id>/certified_data of a canister that is there, and leave the rest of it alone."""
        entry = label_map.lookup(self._canisters, canister_id)
        if entry is not None:
            changed = label_map.insert(entry, b"certified_data", Leaf(certified_data))
            self._canisters = label_map.insert(self._canisters, canister_id, changed)

    def remove_canister(self, canister_id: bytes) -> None:
        """Forget a deleted canister."""
        self._canisters = label_map.remove(self._canisters, canister_id)

    def set_request(self, request_id: bytes, fields: Mapping[bytes, bytes]) -> None:
        """Set /request_status/<id> to its leaves: status, and reply or reject_code, reject_message, error_code."""
        entry = label_map.from_entries({label: Leaf(value) for label, value in fields.items()})
        self._requests = label_map.insert(self._requests, request_id, entry)

    def remove_request(self, request_id: bytes) -> None:
        """Forget a request that expired."""
        self._requests = label_map.remove(self._requests, request_id)

    def root(self, time: int) -> Node:
        """Return the whole tree at `time` (ns since 1970-01-01)."""
        return label_map.from_entries(
            {
                b"api_boundary_nodes": EMPTY,
                b"canister": self._canisters,
                b"canister_ranges": self._ranges_tree,
                b"request_status": self._requests,
                b"subnet": self._subnet_tree,
                b"time": Leaf(uleb(time)),
            }
        )
