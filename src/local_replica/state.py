"""The replica's state as plain picklable values: stored per block, copied by forks, restored by snapshots."""

from dataclasses import dataclass, field

from local_replica.execution.port import InstanceDelta, InstanceState
from local_replica.ingress import IngressStatus


@dataclass(slots=True)
class CanisterChange:
    """One changed canister. `record` is its pickled `CanisterRecord` (everything but memories, small)."""

    record: bytes
    memory: InstanceDelta | None = None
    """What changed of its memories; None leaves them as they are, or see `empty`."""
    anew: bool = False
    """`memory` is all that is not zero, in place of what was stored."""
    empty: bool = False
    """The canister has no module any more: stored memories are void."""


@dataclass(slots=True)
class Changes:
    """All that changed since the last `Replica.take_changes()`; storing it makes the block durable."""

    system: bytes
    """Pickled clocks, counters, subnets and streams: a few kilobytes, replaces what was stored."""
    canisters: dict[bytes, CanisterChange] = field(default_factory=dict)
    deleted: tuple[bytes, ...] = ()
    ingress: dict[bytes, IngressStatus | None] = field(default_factory=dict)
    """Changed entries of the ingress history; None: forgotten."""
    blobs: dict[bytes, bytes] = field(default_factory=dict)
    """New modules, chunks and snapshot memories by SHA-256; never changed later."""
    dropped_blobs: tuple[bytes, ...] = ()

    @property
    def is_empty(self) -> bool:
        """Whether nothing but the clock moved."""
        return not (self.canisters or self.deleted or self.ingress or self.blobs or self.dropped_blobs)


@dataclass(slots=True)
class CanisterState:
    """One canister in full: pickled `CanisterRecord` and its memories (None without a module)."""

    record: bytes
    memory: InstanceState | None


@dataclass(slots=True)
class ReplicaState:
    """A whole replica between two rounds. Immutable by convention: snapshots share what did not change."""

    system: bytes
    canisters: dict[bytes, CanisterState]
    ingress: dict[bytes, IngressStatus]
    blobs: dict[bytes, bytes]
    generations: dict[bytes, int] = field(default_factory=dict, compare=False)
    """Of a snapshot: which commit of each canister it holds (not meaningful in another process)."""
