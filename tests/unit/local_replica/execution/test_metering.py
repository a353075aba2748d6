"""The meter counts what runs, by canister and method, and changes nothing else."""

from local_replica.execution import WasmtimeExecutor
from local_replica.execution.metering import MeteredExecutor, costs_by_canister
from local_replica.execution.port import Entry
from support.executing import CANISTER, request
from support.small_modules import COUNTER, compiled


def test_costs_are_kept_by_method_with_their_sum_and_maximum() -> None:
    meter = MeteredExecutor(WasmtimeExecutor())
    counter = meter.instantiate(compiled(COUNTER))
    spent = []
    for _ in range(3):
        outcome = counter.execute(request(Entry.UPDATE, "inc"))
        counter.commit()
        spent.append(outcome.instructions - outcome.page_instructions)
    cost = meter.costs[CANISTER, "inc"]
    assert (cost.calls, cost.instructions, cost.last, cost.maximum) == (3, sum(spent), spent[-1], max(spent))
    assert meter.total(CANISTER) == sum(spent)
    counter.close()


def test_what_a_trap_spent_is_counted_too() -> None:
    meter = MeteredExecutor(WasmtimeExecutor())
    counter = meter.instantiate(compiled(COUNTER))
    assert counter.execute(request(Entry.UPDATE, "inc_and_trap")).error is not None
    assert meter.costs[CANISTER, "inc_and_trap"].instructions > 0
    counter.close()


def test_costs_are_told_by_canister_text_and_method() -> None:
    meter = MeteredExecutor(WasmtimeExecutor())
    counter = meter.instantiate(compiled(COUNTER))
    counter.execute(request(Entry.QUERY, "get"))
    counter.rollback()
    (methods,) = costs_by_canister(meter).values()
    assert methods["get"]["calls"] == 1
    counter.close()
