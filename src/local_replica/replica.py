"""The replica: subnets with their canisters, one clock, and the way in for messages. Everything runs in rounds.

Not thread safe: one thread (or one lock) drives a replica. Nothing here sleeps, reads a clock or randomness.
"""

from collections.abc import Sequence
from typing import Protocol

from local_replica.config import ReplicaConfig
from local_replica.execution.port import Executor
from local_replica.ingress import Ingress, IngressStatus, Query
from local_replica.state import Changes, ReplicaState


class Certifier(Protocol):
    """Who signs the state. Queries ask it for the certificate of a canister's certified data."""

    def data_certificate(self, subnet_id: bytes, canister_id: bytes) -> bytes:
        """CBOR of a certificate over `/canister/<id>/certified_data` and `/time` as of the last finished round."""


class SubnetView(Protocol):
    """What may be read of a subnet."""

    subnet_id: bytes
    ranges: Sequence[tuple[bytes, bytes]]


class CanisterView(Protocol):
    """What `read_state` and the control calls may read of a canister."""

    canister_id: bytes
    subnet_id: bytes
    controllers: tuple[bytes, ...]
    module_hash: bytes | None
    certified_data: bytes
    balance: int


class Replica:
    """A simulated Internet Computer. See `docs/reference/replica.md`."""

    config: ReplicaConfig
    time_ns: int
    """Time of the next message (ns since 1970)."""
    height: int
    """Rounds run so far."""

    def __init__(self, config: ReplicaConfig, executor: Executor, certifier: Certifier | None = None) -> None: ...

    # topology
    subnets: dict[bytes, SubnetView]
    """By subnet id, in the order of PocketIC's ranges."""

    def subnet_of(self, canister_id: bytes) -> bytes | None:
        """The subnet whose ranges hold the id (whether or not the canister exists)."""

    def default_effective_canister_id(self) -> bytes: ...
    def canister(self, canister_id: bytes) -> CanisterView | None: ...
    def canister_ids(self, subnet_id: bytes) -> list[bytes]: ...

    # time and rounds
    def set_time(self, time_ns: int) -> None:
        """Set the clock. Raises ValueError when that would move it back."""

    def run_round(self) -> int:
        """Run one round on every subnet; returns the number of messages executed."""

    def is_idle(self) -> bool:
        """Whether no message waits anywhere (timers and heartbeats not counted)."""

    def next_timer_ns(self) -> int | None:
        """When the earliest armed global timer is due."""

    def run_until_answered(self, message_id: bytes, rounds: int = 100) -> IngressStatus:
        """Run rounds until the message has its answer. Raises TimeoutError after `rounds`."""

    # messages
    def submit_ingress(self, ingress: Ingress) -> bytes:
        """Take a message into the next round; returns its id. Raises `Refused` (ingress filter) or `BadIngress`."""

    def ingress_status(self, message_id: bytes) -> IngressStatus | None: ...
    def query(self, query: Query) -> bytes:
        """Run a query and return its reply. Raises `Refused` with the reject."""

    def call(self, ingress: Ingress) -> bytes:
        """Submit, run until answered, return the reply. Raises `Refused`, `BadIngress`, TimeoutError."""

    # control (PocketIC's REST calls of these names); KeyError for an unknown canister, LookupError for an empty one
    def add_cycles(self, canister_id: bytes, amount: int) -> int:
        """Returns the new balance."""

    def cycles(self, canister_id: bytes) -> int: ...
    def stable_memory(self, canister_id: bytes) -> bytes: ...
    def set_stable_memory(self, canister_id: bytes, content: bytes) -> None: ...
    def module(self, canister_id: bytes) -> bytes | None:
        """The installed module (gunzipped), for its metadata sections."""

    # state
    def take_changes(self) -> Changes: ...
    def dump(self) -> ReplicaState: ...
    @classmethod
    def load(
        cls, config: ReplicaConfig, executor: Executor, certifier: Certifier | None, state: ReplicaState
    ) -> "Replica": ...
    def fork(self) -> "Replica":
        """An independent copy with the same executor and certifier."""

    def snapshot(self) -> ReplicaState: ...
    def restore(self, snapshot: ReplicaState) -> None:
        """Go back to a snapshot of this replica; canisters unchanged since are not touched."""

    def close(self) -> None: ...
