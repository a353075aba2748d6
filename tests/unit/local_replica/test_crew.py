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
from local_replica.ingress import BadIngress, Ingress, Refused
from local_replica.instruction_limits import InstructionLimits
from local_replica.node.chain import Chain
from local_replica.replica import Replica
from support.replicas import ANONYMOUS, EXECUTOR, created, encoded, install, new_replica
from support.small_modules import WORKER, compiled

CANISTERS = 6
INSTALLATIONS = ("upgrade", "reinstall", "upgrade_to_trap")
MANAGEMENT = {
    "stop": "stop_canister",
    "start": "start_canister",
    "uninstall": "uninstall_code",
    "delete": "delete_canister",
    "take": "take_canister_snapshot",
    "load": "load_canister_snapshot",
    "freeze": "update_settings",
}
CALLS = ("work", "work_and_trap", "hang", "grow", "ring")
CHAINS = ("relay", "relay_and_trap", "relay_and_hang", "flood", "pass_on", "pass_on")
ACTIONS = (*CALLS, *CHAINS, *INSTALLATIONS, *MANAGEMENT, "start")
Step = tuple[int, str, int]
STEPS = st.lists(
    st.tuples(st.integers(0, CANISTERS - 1), st.sampled_from(ACTIONS), st.integers(0, 2**16)), min_size=1, max_size=12
)
PAUSES_NS = st.sampled_from([0, 0, 10**9, 11 * 10**9, 301 * 10**9])
Workload = list[tuple[list[Step], int]]
ALWAYS = Crew(workers=4, always=True)
SHORT = InstructionLimits(message=10_000_000)
"""So that what hangs is soon at its end."""
POOR, RICH = 2 * 10**12, 10**15
A_LONG_WHILE_NS = 400 * 10**9
"""After that every stop and every call that may be given up is."""


def chain_of(crew: Crew) -> Chain:
    """Canisters of which one is poor."""
    chain = Chain(ReplicaConfig(), EXECUTOR, crew=crew)
    for place in range(CANISTERS):
        install(chain.replica, created(chain.replica, RICH if place else POOR), WORKER)
    for subnet in chain.replica.subnets.values():
        subnet.limits = SHORT
    return chain


def ingress(ids: list[bytes], number: int, step: Step) -> Ingress:
    place, action, size = step
    message_id = number.to_bytes(32, "big")
    if action in (*INSTALLATIONS, *MANAGEMENT):
        method, argument = managing(ids[place], action, size)
        return Ingress(ANONYMOUS, b"", method, argument, message_id, effective_id=ids[place])
    if action in CALLS:
        return Ingress(ANONYMOUS, ids[place], action, size.to_bytes(4, "little"), message_id)
    callee = ids[size % CANISTERS]
    if action == "pass_on":
        turns = [one + bytes((size >> place & 7,)) for place, one in enumerate(ids) if size >> place & 1]
        return Ingress(ANONYMOUS, ids[place], action, b"".join(turns) or callee + b"\0", message_id)
    method, _, end = action.partition("_and_")
    named = {"": b"work", "trap": b"work_and_trap", "hang": b"hang"}[end]
    return Ingress(ANONYMOUS, ids[place], method, callee + named, message_id)


def managing(canister_id: bytes, action: str, size: int) -> tuple[str, bytes]:
    """A management method and its argument."""
    argument: dict[str, Any] = {"canister_id": canister_id}
    if action in INSTALLATIONS:
        module = {"wasm_module": compiled(WORKER), "arg": b"trap" if action == "upgrade_to_trap" else b""}
        return "install_code", encoded(
            "install_code", {**argument, **module, "mode": {action.removesuffix("_to_trap"): None}}
        )
    if action == "load":
        argument["snapshot_id"] = (size % 2).to_bytes(8, "big") + canister_id
    if action == "freeze":
        argument["settings"] = {"freezing_threshold": (0, 10**7, 10**10)[size % 3]}
    return MANAGEMENT[action], encoded(MANAGEMENT[action], argument)


def submit(replica: Replica, message: Ingress) -> str:
    """Why it was not taken, if it was not."""
    try:
        replica.submit_ingress(message)
    except (Refused, BadIngress) as refusal:
        return str(refusal)
    return ""


def history(crew: Crew, workload: Workload) -> list[Any]:
    """Everything that can be told of a workload's end: answers, records, memories, certificates."""
    chain = chain_of(crew)
    replica = chain.replica
    (subnet_id,) = replica.subnets
    ids, numbers = replica.canister_ids(subnet_id), itertools.count(1)
    told: list[Any] = []
    for steps, pause_ns in workload:
        refusals = [submit(replica, ingress(ids, next(numbers), step)) for step in steps]
        changes = chain.run_block()
        told.append((refusals, sorted(changes.canisters), changes.ingress, replica.is_due()))
        replica.set_time(replica.time_ns + pause_ns)
    settle(chain)
    replica.set_time(replica.time_ns + A_LONG_WHILE_NS)
    settle(chain)
    assert still_open(replica) == []
    state = replica.dump()
    told.append((pickle.loads(state.system), state.ingress))  # noqa: S301 - our own bytes
    for canister_id, one in state.canisters.items():
        record = pickle.loads(one.record)  # noqa: S301 - our own bytes
        told.append((record, one.memory, chain.data_certificate(subnet_id, canister_id)))
    chain.close()
    return told


def settle(chain: Chain) -> None:
    """Run blocks until nothing is under way."""
    chain.run_block()
    while not chain.replica.is_idle():
        chain.run_block()


def still_open(replica: Replica) -> list[object]:
    """Requests without an answer, and calls and slots that canisters have open."""
    asked: list[object] = [key for key, one in replica.network.history.statuses.items() if not one.is_final]
    for subnet in replica.subnets.values():
        for canister in subnet.canisters.values():
            record = canister.record
            asked += [*record.calls.contexts, *record.calls.waiting, *record.queues.in_flight]
    return asked


@settings(max_examples=40, deadline=None)
@given(st.lists(st.tuples(STEPS, PAUSES_NS), min_size=1, max_size=5))
def test_any_number_of_threads_makes_the_same_history(workload: Workload) -> None:
    assert history(ALWAYS, workload) == history(Crew(workers=1), workload)


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
