"""What all subnets of a replica share: the clock, the ingress history, the blobs, and the ports."""

import heapq
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Generic, Protocol, TypeVar

from local_replica.config import ReplicaConfig
from local_replica.crew import Crew
from local_replica.execution.port import Executor
from local_replica.execution.remembering import digest
from local_replica.ingress import IngressStatus


class Host(Protocol):
    """What the network asks of a subnet."""

    def hosts(self, canister_id: bytes) -> bool: ...


S = TypeVar("S", bound=Host)


class Certifier(Protocol):
    """Who signs the state. Queries ask it for the certificate of a canister's certified data."""

    def data_certificate(self, subnet_id: bytes, canister_id: bytes) -> bytes:
        """CBOR of a certificate over `/canister/<id>/certified_data` and `/time` as of the last finished round."""


class Uncertified:
    """A certifier for replicas whose certificates nobody looks at."""

    def data_certificate(self, subnet_id: bytes, canister_id: bytes) -> bytes:  # noqa: ARG002 - none is like another
        return b""


@dataclass(slots=True)
class Clock:
    """The replica's time in ns. It moves by one with each round, or by `set_time`."""

    time_ns: int
    last_round_ns: int
    height: int = 0
    """Rounds run so far."""

    def begin_round(self) -> int:
        """The time of the next round: strictly later than that of the last one."""
        self.time_ns = max(self.time_ns, self.last_round_ns + 1)
        self.last_round_ns = self.time_ns
        self.height += 1
        return self.time_ns


@dataclass(slots=True)
class IngressHistory:
    """Status of each message from outside, kept until some time after its answer."""

    statuses: dict[bytes, IngressStatus] = field(default_factory=dict)
    changed: set[bytes] = field(default_factory=set)
    expiries: list[tuple[int, bytes]] = field(default_factory=list)

    def put(self, message_id: bytes, status: IngressStatus) -> None:
        """Set a message's status."""
        if status.is_final:
            heapq.heappush(self.expiries, (status.expiry_ns, message_id))
        self.statuses[message_id] = status
        self.changed.add(message_id)

    def forget_expired(self, now_ns: int) -> None:
        """Drop answers whose time is over."""
        while self.expiries and self.expiries[0][0] < now_ns:
            message_id = heapq.heappop(self.expiries)[1]
            if self.statuses.pop(message_id, None) is not None:
                self.changed.add(message_id)

    def load(self, statuses: Iterable[tuple[bytes, IngressStatus]]) -> None:
        """Replace everything."""
        self.statuses = dict(statuses)
        self.changed = set()
        self.expiries = [(status.expiry_ns, key) for key, status in self.statuses.items() if status.is_final]
        heapq.heapify(self.expiries)


@dataclass(slots=True)
class Blobs:
    """Large immutable bytes (modules, chunks, snapshot memories) by SHA-256."""

    contents: dict[bytes, bytes] = field(default_factory=dict)
    added: set[bytes] = field(default_factory=set)
    dropped: set[bytes] = field(default_factory=set)

    def put(self, content: bytes) -> bytes:
        """Keep bytes; returns their key."""
        key = digest(content)
        if key not in self.contents:
            self.contents[key] = content
            self.added.add(key)
            self.dropped.discard(key)
        return key

    def __getitem__(self, key: bytes) -> bytes:
        return self.contents[key]

    def keep_only(self, keys: set[bytes]) -> None:
        """Drop what nothing refers to."""
        for key in self.contents.keys() - keys:
            del self.contents[key]
            if key in self.added:
                self.added.discard(key)
            else:
                self.dropped.add(key)


@dataclass(slots=True)
class Network(Generic[S]):
    """The subnets and what they share."""

    config: ReplicaConfig
    executor: Executor
    certifier: Certifier
    clock: Clock
    crew: Crew = field(default_factory=Crew)
    history: IngressHistory = field(default_factory=IngressHistory)
    blobs: Blobs = field(default_factory=Blobs)
    subnets: dict[bytes, S] = field(default_factory=dict)
    garbage: bool = False
    """Something that referred to a blob is gone."""

    def subnet_of(self, canister_id: bytes) -> S | None:
        """The subnet whose ranges hold the id, or that hosts the canister."""
        for subnet in self.subnets.values():
            if subnet.hosts(canister_id):
                return subnet
        return None
