"""A module that the builder made, in the replica's executor: accepted, run, rolled back."""

import pytest

from canister_runtime.image.build import build_canister
from local_replica.execution import WasmtimeExecutor
from local_replica.execution.port import Entry, Instance, Outcome, Request

SOURCE = """
from kybra import nat64, query, update

count: nat64 = 0


@query
def get() -> nat64:
    return count


@update
def increment() -> nat64:
    global count
    count += 1
    return count


@update
def increment_and_fail() -> nat64:
    increment()
    raise ValueError(f"count is {count}")
"""


@pytest.fixture(scope="module")
def module(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    folder = tmp_path_factory.mktemp("counter")
    (folder / "main.py").write_text(SOURCE)
    return build_canister(folder).module


@pytest.fixture(scope="module")
def executor() -> WasmtimeExecutor:
    return WasmtimeExecutor()


@pytest.fixture
def counter(executor: WasmtimeExecutor, module: bytes) -> Instance:
    instance = executor.instantiate(module)
    run(instance, Entry.INIT, "")
    return instance


def run(instance: Instance, entry: Entry, method: str) -> Outcome:
    """Run one entry point and keep what it did unless it failed."""
    request = Request(entry, b"\0\0\0\0\0\0\0\1\1\1", time=10**18, caller=b"\4", method=method, arg=b"DIDL\0\0")
    outcome = instance.execute(request)
    if outcome.error is None:
        instance.commit()
    return outcome


def test_the_replica_finds_nothing_to_refuse(executor: WasmtimeExecutor, module: bytes) -> None:
    assert executor.validate(module) is None


def test_an_exception_is_a_trap_that_leaves_nothing(counter: Instance) -> None:
    run(counter, Entry.UPDATE, "increment")
    failed = run(counter, Entry.UPDATE, "increment_and_fail")
    assert failed.error is not None
    assert failed.error.message == "Canister called `ic0.trap` with message: 'ValueError: count is 2'"
    assert failed.logs[-1] == b"ValueError: count is 2"
    assert run(counter, Entry.QUERY, "get").reply == b"DIDL\0\1\x78" + (1).to_bytes(8, "little")
