"""How many instructions a message may take on a subnet, by its kind and configuration."""

from dataclasses import dataclass

from local_replica.config import SubnetConfig
from local_replica.execution.contexts import kept_for_callback
from local_replica.execution.port import Entry

BENCHMARKING = 99_999_999_999_999
_QUERIES = frozenset((Entry.REPLICATED_QUERY, Entry.QUERY, Entry.COMPOSITE_QUERY))
_CALLBACKS = frozenset((Entry.REPLY_CALLBACK, Entry.REJECT_CALLBACK))


@dataclass(frozen=True, slots=True)
class InstructionLimits:
    """What differs from an application subnet's limits, which the executor knows (`execution.contexts`)."""

    message: int | None = None
    query: int | None = None
    install: int | None = None
    call_graph: int = 5_000_000_000
    """A composite query with all that it calls."""

    def of(self, entry: Entry) -> int | None:
        """The limit of a message other than an installation."""
        if entry in _QUERIES:
            return self.query
        if entry in _CALLBACKS and self.message is not None:
            return kept_for_callback(self.message)
        return self.message


def limits_of(subnet: SubnetConfig) -> InstructionLimits:
    """System subnets let everything take longer; benchmarking ones updates and the graphs of composite queries."""
    query, install = (50_000_000_000, 1_000_000_000_000) if subnet.kind.is_free else (None, None)
    if subnet.benchmarking:
        return InstructionLimits(BENCHMARKING, query, install, BENCHMARKING)
    return InstructionLimits(query, query, install)
