"""Statistics of queries, which a subnet's nodes gather for an epoch of rounds, tell in blocks and agree on."""

from collections import deque
from dataclasses import dataclass

EPOCH_ROUNDS = 60


@dataclass(frozen=True, slots=True)
class QueryTotals:
    """What queries of a canister took so far."""

    calls: int = 0
    instructions: int = 0
    request_bytes: int = 0
    response_bytes: int = 0

    def __add__(self, other: "QueryTotals") -> "QueryTotals":
        return QueryTotals(
            self.calls + other.calls,
            self.instructions + other.instructions,
            self.request_bytes + other.request_bytes,
            self.response_bytes + other.response_bytes,
        )

    def shared_by(self, nodes: int) -> "QueryTotals":
        """What is left when each node tells an equal part in whole numbers."""
        return QueryTotals(
            self.calls // nodes * nodes,
            self.instructions // nodes * nodes,
            self.request_bytes // nodes * nodes,
            self.response_bytes // nodes * nodes,
        )


NO_QUERIES = QueryTotals()


class QueryStatistics:
    """What the nodes of one subnet know. Not part of its state: a restart forgets what is not agreed on, as nodes do.

    The first query of another epoch ends the former one; a node then tells its part with each block. An epoch is agreed
    on when two thirds of the nodes have told of a later one.
    """

    def __init__(self, nodes: int) -> None:
        self._nodes = nodes
        self._enough = nodes - (nodes - 1) // 3
        self._epoch: int | None = None
        self._gathered: dict[bytes, QueryTotals] = {}
        self._to_tell: deque[dict[bytes, QueryTotals]] = deque()
        self._told_by = 0
        self._told: dict[bytes, QueryTotals] = {}

    def count(self, height: int, canister_id: bytes, one: QueryTotals) -> None:
        """Count a query, or a part of one, on the state of that height."""
        epoch = height // EPOCH_ROUNDS
        if self._epoch is not None and epoch != self._epoch:
            self._to_tell.append(self._gathered)
            self._gathered = {}
        self._epoch = epoch
        self._gathered[canister_id] = self._gathered.get(canister_id, QueryTotals()) + one

    def tell(self) -> dict[bytes, QueryTotals]:
        """One block's part; returns what it settles, by canister."""
        if not self._to_tell:
            return {}
        agreed: dict[bytes, QueryTotals] = {}
        self._told_by += 1
        if self._told_by == self._enough:
            agreed, self._told = self._told, {}
        if self._told_by == self._nodes:
            self._told, self._told_by = self._to_tell.popleft(), 0
        return {canister_id: totals.shared_by(self._nodes) for canister_id, totals in agreed.items()}
