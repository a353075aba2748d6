"""Who proposed a subnet's blocks and who failed to, as `node_metrics_history` tells it: totals at each day's end."""

from collections.abc import Collection, Iterator
from dataclasses import dataclass, field

DAY_NS = 86_400 * 10**9
DAYS_KEPT = 60
UNNAMED = bytes(8) + b"\xfd\1"
"""The node that PocketIC counts where a round is run without naming its block maker."""


@dataclass(frozen=True, slots=True)
class NodeTotals:
    """Blocks of one node so far."""

    proposed: int = 0
    failed: int = 0


@dataclass(frozen=True, slots=True)
class BlockMaker:
    """Who makes a block, and who should have before."""

    node_id: bytes = UNNAMED
    failed: Collection[bytes] = ()


@dataclass(slots=True)
class BlockHistory:
    """Totals of the nodes by the time of the last block of each day; the last entry is today's, which is not told."""

    days: dict[int, dict[bytes, NodeTotals]] = field(default_factory=dict)

    def count(self, time_ns: int, maker: BlockMaker) -> None:
        """Count a block."""
        totals: dict[bytes, NodeTotals] = {}
        if self.days:
            last_ns, totals = self.days.popitem()
            if last_ns // DAY_NS < time_ns // DAY_NS:
                totals = self._end_day(last_ns, totals)
        self.days[time_ns] = _counted(totals, maker)

    def _end_day(self, last_ns: int, totals: dict[bytes, NodeTotals]) -> dict[bytes, NodeTotals]:
        """Keep a day's totals without those of nodes that did nothing in it; returns them to go on from."""
        before = next(reversed(self.days.values()), {})
        kept = {node_id: one for node_id, one in totals.items() if before.get(node_id) != one}
        self.days[last_ns] = kept
        while len(self.days) >= DAYS_KEPT:
            del self.days[next(iter(self.days))]
        return dict(kept)

    def since(self, time_ns: int) -> Iterator[tuple[int, dict[bytes, NodeTotals]]]:
        """Days that ended at or after a time, each with its totals by node."""
        for ended_ns in list(self.days)[:-1]:
            if ended_ns >= time_ns:
                yield ended_ns, self.days[ended_ns]


def _counted(totals: dict[bytes, NodeTotals], maker: BlockMaker) -> dict[bytes, NodeTotals]:
    made = totals.get(maker.node_id, NodeTotals())
    totals[maker.node_id] = NodeTotals(made.proposed + 1, made.failed)
    for node_id in maker.failed:
        one = totals.get(node_id, NodeTotals())
        totals[node_id] = NodeTotals(one.proposed, one.failed + 1)
    return totals
