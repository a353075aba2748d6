"""Ticket ids: ranges leased to shards, the routing table over them."""

from bisect import bisect_right
from collections.abc import Iterator

from vex_domain.refusals import LeaseRefused, Moved, NotFound

LONGEST_LEASE = 32_768
SEQUENCE_BITS = 16


class IdRange:
    """Ids from `start` up to and without `end`, leased to a shard by its number."""

    __slots__ = ("end", "shard", "start")

    def __init__(self, start: int, end: int, shard: int) -> None:
        self.start = start
        self.end = end
        self.shard = shard


def check_lease(start: int, length: int, capacity: int) -> None:
    """A lease's length is a power of two up to 32,768 and holds its capacity. Raises LeaseRefused."""
    if not 0 < length <= LONGEST_LEASE or length & (length - 1):
        raise LeaseRefused("the length is not a power of two up to " + str(LONGEST_LEASE))
    if not 0 < capacity <= length:
        raise LeaseRefused("the capacity is not in 1.." + str(length))
    if start <= 0 or start + length >= 1 << 64 - SEQUENCE_BITS:
        raise LeaseRefused("the range does not fit the keys")


class RoutingTable:
    """Ranges in order, none overlapping, with the epoch of the last change."""

    def __init__(self) -> None:
        self.epoch = 0
        self._starts: list[int] = []
        self._ranges: list[IdRange] = []

    def add(self, start: int, length: int, shard: int) -> None:
        """Add a range. Raises LeaseRefused when it overlaps one that is there."""
        at = bisect_right(self._starts, start)
        if at and self._ranges[at - 1].end > start:
            raise LeaseRefused("the range overlaps an earlier one")
        if at < len(self._starts) and self._starts[at] < start + length:
            raise LeaseRefused("the range overlaps a later one")
        self._starts.insert(at, start)
        self._ranges.insert(at, IdRange(start, start + length, shard))

    def find(self, ticket: int) -> IdRange:
        """The range of a ticket id. Raises NotFound."""
        at = bisect_right(self._starts, ticket)
        if not at or self._ranges[at - 1].end <= ticket:
            raise NotFound("ticket")
        return self._ranges[at - 1]

    def check_epoch(self, epoch: int | None) -> None:
        """Raises Moved when the caller's copy is not of this epoch."""
        if epoch is not None and epoch != self.epoch:
            raise Moved(self.epoch)

    def __iter__(self) -> Iterator[IdRange]:
        return iter(self._ranges)

    def __len__(self) -> int:
        return len(self._ranges)


def sequence_key(ticket: int, sequence: int) -> int:
    """The key of a ticket's page, comment or other part: in the order of tickets, then of parts."""
    return ticket << SEQUENCE_BITS | sequence
