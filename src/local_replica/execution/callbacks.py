"""Python methods as functions that wasmtime calls without converting values: about a microsecond each way."""

from collections.abc import Callable
from ctypes import CFUNCTYPE, c_void_p, pointer

from local_replica.execution.costs import cost
from local_replica.execution.engine import HostCallback, trap_new
from local_replica.execution.failures import contract_violation
from local_replica.execution.ic0 import SystemCalls
from local_replica.execution.native import CALLS, NativeImport
from local_replica.execution.native_stable import NativeStableMemory
from local_replica.execution.signatures import NEED_MEMORY

_MASKS = {"i32": 0xFFFFFFFF, "i64": 0xFFFFFFFFFFFFFFFF}

Admission = Callable[[list[int]], None]
Method = Callable[..., int | None]
RawFunction = Callable[[object, object, list[int], int], int | None]


def _admission(calls: SystemCalls, name: str, masks: list[int]) -> Callable[[list[int]], None]:
    """Charges for the call, then checks that it may be made from here: too few instructions are told first."""
    overhead, counting, factor = cost(name)

    def admit(_slots: list[int]) -> None:
        calls.charged += overhead
        if calls.charged > calls.settle_at:
            calls.settle()
        if name not in calls.permitted:
            calls.forbid(name)

    def admit_after_c(_slots: list[int]) -> None:
        calls.charge(overhead)
        if name not in calls.permitted:
            calls.forbid(name)

    def admit_bytes(slots: list[int]) -> None:
        calls.charge(overhead + factor * (slots[2 * (counting or 0)] & masks[counting or 0]))
        if name not in calls.permitted:
            calls.forbid(name)

    if counting is not None:
        return admit_bytes
    return admit_after_c if name in CALLS else admit


def _without_memory(calls: SystemCalls, name: str) -> Callable[[list[int]], None]:
    """What a call comes to that needs memory in a module that has none."""

    def run(_slots: list[int]) -> None:
        calls.charge(cost(name)[0])
        raise contract_violation("WebAssembly module must define memory")

    return run


def _with_none(admit: Admission, method: Method, _masks: list[int], result: int) -> Admission:
    def run(slots: list[int]) -> None:
        admit(slots)
        answer = method()
        if answer is not None:
            slots[0] = answer & result

    return run


def _with_one(admit: Admission, method: Method, masks: list[int], result: int) -> Admission:
    (mask,) = masks

    def run(slots: list[int]) -> None:
        admit(slots)
        answer = method(slots[0] & mask)
        if answer is not None:
            slots[0] = answer & result

    return run


def _with_two(admit: Admission, method: Method, masks: list[int], result: int) -> Admission:
    first, second = masks

    def run(slots: list[int]) -> None:
        admit(slots)
        answer = method(slots[0] & first, slots[2] & second)
        if answer is not None:
            slots[0] = answer & result

    return run


def _with_three(admit: Admission, method: Method, masks: list[int], _result: int) -> Admission:
    first, second, third = masks

    def run(slots: list[int]) -> None:
        admit(slots)
        method(slots[0] & first, slots[2] & second, slots[4] & third)

    return run


def _with_many(admit: Admission, method: Method, masks: list[int], result: int) -> Admission:
    def run(slots: list[int]) -> None:
        admit(slots)
        answer = method(*[slots[2 * index] & mask for index, mask in enumerate(masks)])
        if answer is not None:
            slots[0] = answer & result

    return run


_WITH_ARGUMENTS = (_with_none, _with_one, _with_two, _with_three)
"""Spelt out by number of arguments, because a loop over them would cost as much as the call."""


class Callbacks:
    """One module's imports bound to one instance's system calls; what they raise is kept in `failure`."""

    def __init__(
        self, calls: SystemCalls, names: list[str], signatures: dict[str, tuple[tuple[str, ...], tuple[str, ...]]]
    ) -> None:
        self.failure: BaseException | None = None
        self._calls = calls
        python = {name: HostCallback(self._function(name, *signatures[name])) for name in set(names)}
        self.functions: dict[str, tuple[object, NativeImport | None]] = {
            name: self._in_c(name, callback) for name, callback in python.items()
        }
        """What wasmtime calls, and the environment that it passes on."""

    def _in_c(self, name: str, callback: object) -> tuple[object, NativeImport | None]:
        """The function in C that leaves what is uncommon to `callback`, where there is one."""
        stable = self._calls.stable
        if name not in CALLS or not isinstance(stable, NativeStableMemory):
            return callback, None
        return stable.calls.callback(name), NativeImport(pointer(stable.state), callback)

    def _function(self, name: str, params: tuple[str, ...], results: tuple[str, ...]) -> RawFunction:
        run = self._run(name, [_MASKS[kind] for kind in params], _MASKS[results[0]] if results else 0)

        def callback(_environment: object, _caller: object, slots: list[int], _count: int) -> int | None:
            try:
                run(slots)
            except BaseException as failure:  # noqa: BLE001 - must not unwind through wasmtime; `call` raises it again
                self.failure = failure
                trap: int | None = trap_new(b"host", 4)
                return trap
            return None

        return callback

    def _run(self, name: str, masks: list[int], result: int) -> Callable[[list[int]], None]:
        """The work of a call: permission, charge, arguments out of their slots, result into the first one."""
        if name in NEED_MEMORY and not self._calls.has_memory:
            return _without_memory(self._calls, name)
        admit = _admission(self._calls, name, masks)
        method: Callable[..., int | None] = getattr(self._calls, name)
        work = _WITH_ARGUMENTS[len(masks)] if len(masks) < len(_WITH_ARGUMENTS) else _with_many
        return work(admit, method, masks, result)

    def take_failure(self) -> BaseException | None:
        failure, self.failure = self.failure, None
        return failure


no_finalizer = CFUNCTYPE(None, c_void_p)()
