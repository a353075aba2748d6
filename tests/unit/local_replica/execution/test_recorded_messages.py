"""Messages to one canister, as recorded on a genuine replica: traps, limits, replies, every call in its contexts."""

import re
from collections.abc import Iterator
from typing import Any

import pytest

from local_replica.execution import ExecutionError, WasmtimeExecutor
from local_replica.execution.contexts import ALLOWED
from local_replica.execution.instance import WasmInstance
from local_replica.execution.port import Entry, Outcome
from local_replica.printing import shortened, text
from support.executing import (
    ANONYMOUS,
    CANISTER,
    cases,
    module_of,
    recorded_bytes,
    recorded_error,
    request,
    run,
)
from support.recorded_modules import RECORDINGS

_SCHEDULERS = frozenset(("stable64_grow_to_500g",))
"""Methods whose end depends on what the subnet has to give."""


def _replayed() -> Iterator[Any]:
    for subject in ("traps", "replies"):
        for name, found in cases(subject):
            kinds = {step["do"] for step in found}
            replayable = "install_code" in kinds and not {"tick", "advance_time"} & kinds
            if replayable and not any(word in name for word in ("endless", "memory limit", "callback", "cleanup")):
                yield pytest.param(subject, found, id=f"{subject}: {name}")


class _Canisters:
    """The canisters of one case, by label."""

    def __init__(self, executor: WasmtimeExecutor, subject: str) -> None:
        self.executor = executor
        self.subject = subject
        self.installed: dict[str, WasmInstance] = {}

    def install(self, step: dict[str, Any]) -> ExecutionError | None:
        label, arg, stable = step["canister"], recorded_bytes(step["arg"]), None
        upgrade = "upgrade" in step["mode"]
        if upgrade:
            error = run(self.installed[label], Entry.PRE_UPGRADE, arg=arg).error
            if error is not None:
                return error
            stable = self.installed[label].dump().stable
        fresh = self.executor.instantiate(module_of(self.subject, step), stable=stable)
        for entry in (Entry.START, Entry.POST_UPGRADE if upgrade else Entry.INIT):
            error = run(fresh, entry, arg=arg).error
            if error is not None:
                return error
        self.installed[label] = fresh
        return None

    def message(self, step: dict[str, Any]) -> Outcome | None:
        """None where it is for a scheduler to say what happens."""
        instance, method = self.installed.get(step["canister"]), step["method"]
        if instance is None or not {"reply", "reject"} & step["expect"].keys():
            return None
        entry = _entry(instance, step["do"], method)
        if entry is None or method in _SCHEDULERS:
            return None
        surroundings = {"controllers": (ANONYMOUS,), "root_key": bytes(133), "subnet_id": bytes(29)}
        arg = recorded_bytes(step["arg"])
        if step["do"] == "update" and "canister_inspect_message" in instance.exports():
            inspected = instance.execute(request(Entry.INSPECT, method, arg, **surroundings))
            if inspected.error is not None:
                return inspected
            instance.rollback()
            if not inspected.accepted_message:
                return Outcome(reject="Canister rejected the message")
        certificate = b"certificate" if step["do"] == "query" else None
        outcome = run(instance, entry, method, arg, certificate=certificate, **surroundings)
        return None if outcome.calls else outcome


def _entry(instance: WasmInstance, do: str, method: str) -> Entry | None:
    prefixes = {"update": ("update", "query"), "query": ("query", "composite_query")}[do]
    kinds = {
        ("update", "update"): Entry.UPDATE,
        ("update", "query"): Entry.REPLICATED_QUERY,
        ("query", "query"): Entry.QUERY,
        ("query", "composite_query"): Entry.COMPOSITE_QUERY,
    }
    for prefix in prefixes:
        if f"canister_{prefix} {method}" in instance.exports():
            return kinds[do, prefix]
    return None


def _shown(error: ExecutionError, expected: str) -> str:
    """The text as a caller gets it, with this canister named as the recording names its own."""
    prefix = f"Error from Canister {text(CANISTER)}: "
    shown = shortened(prefix + error.text)[len(prefix) :]
    label = re.search(r"<canister:\d+>", expected)
    return shown.replace(text(CANISTER), label[0]) if label else shown


def _check(outcome: Outcome, step: dict[str, Any]) -> None:
    expected = recorded_error(step)
    if expected is None:
        assert outcome.error is None
        assert outcome.reply == recorded_bytes(step["expect"]["reply"])
    elif expected[0] == "CanisterDidNotReply":
        assert outcome.error is None
        assert (outcome.reply, outcome.reject) == (None, None)
    elif expected[0] == "CanisterRejectedMessage":
        assert outcome.reject == expected[1]
    else:
        assert outcome.error is not None
        assert (outcome.error.code, _shown(outcome.error, expected[1])) == expected


@pytest.mark.parametrize(("subject", "found"), list(_replayed()))
def test_messages_end_as_recorded(executor: WasmtimeExecutor, subject: str, found: list[dict[str, Any]]) -> None:
    canisters = _Canisters(executor, subject)
    for step in found:
        if step["do"] == "install_code":
            error = canisters.install(step)
            assert (None if error is None else (error.code, error.text)) == recorded_error(step)
        elif step["do"] in {"update", "query"}:
            outcome = canisters.message(step)
            if outcome is not None:
                _check(outcome, step)


def _timer_contexts() -> Iterator[tuple[Entry, str, int, str, bool]]:
    for name, found in cases("traps"):
        entry = {"context timer": Entry.TIMER, "context heartbeat": Entry.HEARTBEAT}.get(name)
        module, number = "", 0
        for step in found:
            module = step.get("module", module)
            if step.get("method") in {"arm", "set_heartbeat"} and step["arg"] not in {"", "ff"}:
                number = int(step["arg"], 16)
            if entry is not None and step["do"] == "query" and step.get("note") in ALLOWED:
                yield entry, module, number, step["note"], step["expect"]["reply"] == "01"


@pytest.mark.parametrize(("entry", "module", "number", "name", "allowed"), list(_timer_contexts()))
def test_a_timer_or_heartbeat_gets_past_the_calls_that_it_may_make(
    executor: WasmtimeExecutor, entry: Entry, module: str, number: int, name: str, *, allowed: bool
) -> None:
    instance = executor.instantiate((RECORDINGS / "traps" / module).with_suffix(".wasm").read_bytes())
    arm = "arm" if entry is Entry.TIMER else "set_heartbeat"
    run(instance, Entry.UPDATE, arm, bytes([number]))
    outcome = run(instance, entry, root_key=bytes(133))
    assert (outcome.error is None) == allowed, name
    assert run(instance, Entry.QUERY, "seen").reply == bytes([allowed])
    instance.close()
