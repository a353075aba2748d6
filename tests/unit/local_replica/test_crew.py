"""Canisters run beside each other: the same happens on one thread and on several."""

import itertools
import pickle
import threading
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from local_replica.config import ReplicaConfig
from local_replica.crew import Crew
from local_replica.cycles import memory
from local_replica.ingress import Ingress
from local_replica.node.chain import Chain
from support.replicas import ANONYMOUS, EXECUTOR, created, encoded, install, new_replica
from support.small_modules import WORKER, compiled

CANISTERS = 6
ACTIONS = ("work", "work_and_trap", "relay", "relay_and_trap", "ring", "upgrade", "reinstall", "upgrade_to_trap")
Step = tuple[int, str, int]
STEPS = st.lists(
    st.tuples(st.integers(0, CANISTERS - 1), st.sampled_from(ACTIONS), st.integers(0, 2**16)), min_size=1, max_size=12
)
ALWAYS = Crew(workers=4, always=True)


def chain_of(crew: Crew) -> Chain:
    chain = Chain(ReplicaConfig(), EXECUTOR, crew=crew)
    for _ in range(CANISTERS):
        install(chain.replica, created(chain.replica), WORKER)
    return chain


def ingress(ids: list[bytes], number: int, step: Step) -> Ingress:
    place, action, size = step
    message_id = number.to_bytes(32, "big")
    if action in {"upgrade", "reinstall", "upgrade_to_trap"}:
        argument = encoded(
            "install_code",
            {
                "mode": {action.removesuffix("_to_trap"): None},
                "canister_id": ids[place],
                "wasm_module": compiled(WORKER),
                "arg": b"trap" if action == "upgrade_to_trap" else b"",
            },
        )
        return Ingress(ANONYMOUS, b"", "install_code", argument, message_id, effective_id=ids[place])
    arg = size.to_bytes(4, "little")
    if action.startswith("relay"):
        callee = ids[size % CANISTERS]
        arg, action = callee + action.replace("relay", "work").encode(), "relay"
    return Ingress(ANONYMOUS, ids[place], action, arg, message_id)


def history(crew: Crew, rounds: list[list[Step]]) -> list[Any]:
    """Everything that can be told of a workload's end: answers, records, memories, certificates."""
    chain = chain_of(crew)
    replica = chain.replica
    (subnet_id,) = replica.subnets
    ids, numbers = replica.canister_ids(subnet_id), itertools.count(1)
    told: list[Any] = []
    for steps in rounds:
        for step in steps:
            replica.submit_ingress(ingress(ids, next(numbers), step))
        changes = chain.run_block()
        told.append((sorted(changes.canisters), changes.ingress, replica.is_due()))
    while not replica.is_idle():
        chain.run_block()
    state = replica.dump()
    told.append((pickle.loads(state.system), state.ingress))  # noqa: S301 - our own bytes
    for canister_id in ids:
        one = state.canisters[canister_id]
        record = pickle.loads(one.record)  # noqa: S301 - our own bytes
        told.append((record, one.memory, chain.data_certificate(subnet_id, canister_id)))
    chain.close()
    return told


@settings(max_examples=25, deadline=None)
@given(st.lists(STEPS, min_size=1, max_size=4))
def test_any_number_of_threads_makes_the_same_history(rounds: list[list[Step]]) -> None:
    assert history(ALWAYS, rounds) == history(Crew(workers=1), rounds)


def test_canisters_run_on_several_threads_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    together = threading.Barrier(2)
    replica = new_replica(crew=Crew(workers=2, always=True))
    ids = []
    for _ in range(2):
        canister_id = created(replica)
        install(replica, canister_id, WORKER)
        ids.append(canister_id)
        instance = replica.subnets[replica.subnet_of(canister_id) or b""].canisters[canister_id].instance
        monkeypatch.setattr(instance, "execute", meeting(together, instance.execute), raising=False)
    for number, canister_id in enumerate(ids, 1):
        replica.submit_ingress(Ingress(ANONYMOUS, canister_id, "work", bytes(4), number.to_bytes(32, "big")))
    replica.run_round()
    assert all(replica.ingress_status(number.to_bytes(32, "big")).reply for number in (1, 2))


def meeting(together: threading.Barrier, execute: Callable[..., Any]) -> Callable[..., Any]:
    """Executes once the others are about to as well. Raises BrokenBarrierError when they never are."""

    def run(request: Any) -> Any:
        together.wait(timeout=30)
        return execute(request)

    return run


def test_short_messages_stay_on_the_thread_that_runs_the_round(monkeypatch: pytest.MonkeyPatch) -> None:
    replica = new_replica(crew=Crew(workers=2))
    ids = [created(replica) for _ in range(2)]
    for canister_id in ids:
        install(replica, canister_id, WORKER)
    numbers = itertools.count(1)

    def all_work() -> None:
        for canister_id in ids:
            replica.submit_ingress(Ingress(ANONYMOUS, canister_id, "work", bytes(4), next(numbers).to_bytes(32, "big")))
        replica.run_round()

    all_work()
    monkeypatch.setattr(Crew, "run", lambda *_: pytest.fail("on another thread"))
    all_work()


def test_the_first_failure_is_raised_and_the_rest_still_runs() -> None:
    done: list[int] = []

    def fail(number: int) -> None:
        done.append(number)
        raise ValueError(number)

    with pytest.raises(ValueError, match="1"):
        Crew(workers=3).run([lambda: done.append(0), lambda: fail(1), lambda: fail(2), lambda: done.append(3)])
    assert sorted(done) == [0, 1, 2, 3]


def test_a_canister_sees_the_memory_of_others_as_it_was_when_they_began() -> None:
    replica = new_replica()
    first, second = created(replica), created(replica)
    (subnet,) = replica.subnets.values()
    one, other = subnet.canisters[first], subnet.canisters[second]
    free = memory.available(subnet, other)
    one.hold_memory()
    install(replica, first, WORKER)
    assert one.told_bytes is None
    taken = free - memory.available(subnet, other)
    assert taken > 0
    one.told_bytes = one.memory_bytes() - 65_536
    assert memory.available(subnet, other) == free - taken + 16_384
    assert memory.available(subnet, one) == free - taken
