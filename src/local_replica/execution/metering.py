"""Counts what each entry point costs, by canister and method: an executor around the executor."""

from dataclasses import asdict, dataclass, field

from candid import Principal
from local_replica.execution.port import (
    ExecutionError,
    Executor,
    Instance,
    InstanceDelta,
    InstanceState,
    Outcome,
    Request,
)

__all__ = ["Cost", "MeteredExecutor", "costs_by_canister"]

MAXIMUM_METHODS = 10_000
"""Methods that are counted; later ones are not, so that names cannot fill memory."""


@dataclass(slots=True)
class Cost:
    """Runs of one entry point and their instructions: sum, last and largest, as `performance_counter` tells them.

    What the replica charges for changed memory pages on top of that is summed up apart.
    """

    calls: int = 0
    instructions: int = 0
    last: int = 0
    maximum: int = 0
    page_instructions: int = 0

    def add(self, outcome: Outcome) -> None:
        instructions = outcome.instructions - outcome.page_instructions
        self.page_instructions += outcome.page_instructions
        self.calls += 1
        self.instructions += instructions
        self.last = instructions
        self.maximum = max(self.maximum, instructions)


@dataclass(slots=True)
class MeteredExecutor:
    """Passes everything on to `executor`. Keys of `costs`: canister id, and the method or the kind of entry point.

    What runs after an await is counted under "reply_callback" and the like.
    """

    executor: Executor
    costs: dict[tuple[bytes, str], Cost] = field(default_factory=dict)

    def validate(self, module: bytes, *, was_compressed: bool = False) -> ExecutionError | None:
        return self.executor.validate(module, was_compressed=was_compressed)

    def total(self, *canister_ids: bytes) -> int:
        """All instructions of these canisters so far."""
        return sum(cost.instructions for (canister_id, _), cost in self.costs.items() if canister_id in canister_ids)

    def instantiate(self, module: bytes, *, stable: bytes | None = None) -> Instance:
        return _MeteredInstance(self.executor.instantiate(module, stable=stable), self.costs)

    def restore(self, module: bytes, state: InstanceState) -> Instance:
        return _MeteredInstance(self.executor.restore(module, state), self.costs)


class _MeteredInstance:
    def __init__(self, instance: Instance, costs: dict[tuple[bytes, str], Cost]) -> None:
        self._instance = instance
        self._costs = costs
        self.commit = instance.commit
        self.rollback = instance.rollback
        self.exports = instance.exports
        self.heap_bytes = instance.heap_bytes
        self.stable_bytes = instance.stable_bytes
        self.close = instance.close

    def execute(self, request: Request) -> Outcome:
        outcome = self._instance.execute(request)
        key = (request.canister_id, request.method or request.entry.value)
        cost = self._costs.get(key)
        if cost is None and len(self._costs) < MAXIMUM_METHODS:
            cost = self._costs[key] = Cost()
        if cost is not None:
            cost.add(outcome)
        return outcome

    def dump(self) -> InstanceState:
        return self._instance.dump()

    def fork(self) -> "_MeteredInstance":
        return _MeteredInstance(self._instance.fork(), self._costs)

    def take_dirty(self) -> InstanceDelta:
        return self._instance.take_dirty()

    def forget_dirty(self) -> None:
        self._instance.forget_dirty()


def costs_by_canister(meter: MeteredExecutor) -> dict[str, dict[str, dict[str, int]]]:
    """What was counted, by canister id as text and by method."""
    told: dict[str, dict[str, dict[str, int]]] = {}
    for (canister_id, method), cost in list(meter.costs.items()):
        told.setdefault(str(Principal(canister_id)), {})[method] = asdict(cost)
    return told
