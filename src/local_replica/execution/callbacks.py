"""Python methods as functions that wasmtime calls without converting values: about a microsecond each way."""

from collections.abc import Callable
from ctypes import CFUNCTYPE, c_void_p

from local_replica.execution.costs import cost
from local_replica.execution.engine import HostCallback, trap_new
from local_replica.execution.ic0 import SystemCalls

_MASKS = {"i32": 0xFFFFFFFF, "i64": 0xFFFFFFFFFFFFFFFF}
_LARGE = 100_000
"""Instructions from which on a system call's cost is held against the limit at once, not at the message's end."""

RawFunction = Callable[[object, object, list[int], int], int | None]


class Callbacks:
    """One module's imports bound to one instance's system calls; what they raise is kept in `failure`."""

    def __init__(
        self, calls: SystemCalls, names: list[str], signatures: dict[str, tuple[tuple[str, ...], tuple[str, ...]]]
    ) -> None:
        self.failure: BaseException | None = None
        self._calls = calls
        self.functions = {name: HostCallback(self._function(name, *signatures[name])) for name in set(names)}

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
        calls = self._calls
        method: Callable[..., int | None] = getattr(calls, name)
        overhead, counting, factor = cost(name)
        arity = len(masks)
        first, second, third = [*masks, 0, 0, 0][:3]

        def charge(slots: list[int]) -> None:
            if name not in calls.permitted:
                calls.forbid(name)
            if counting is None:
                calls.charged += overhead
                return
            instructions = overhead + factor * (slots[2 * counting] & masks[counting])
            if instructions < _LARGE:
                calls.charged += instructions
            else:
                calls.charge(instructions)

        def run_0(slots: list[int]) -> None:
            if name not in calls.permitted:
                calls.forbid(name)
            calls.charged += overhead
            answer = method()
            if answer is not None:
                slots[0] = answer & result

        def run_1(slots: list[int]) -> None:
            charge(slots)
            answer = method(slots[0] & first)
            if answer is not None:
                slots[0] = answer & result

        def run_2(slots: list[int]) -> None:
            charge(slots)
            answer = method(slots[0] & first, slots[2] & second)
            if answer is not None:
                slots[0] = answer & result

        def run_3(slots: list[int]) -> None:
            charge(slots)
            method(slots[0] & first, slots[2] & second, slots[4] & third)

        def run_many(slots: list[int]) -> None:
            charge(slots)
            answer = method(*[slots[2 * index] & mask for index, mask in enumerate(masks)])
            if answer is not None:
                slots[0] = answer & result

        return (run_0, run_1, run_2, run_3)[arity] if arity < 4 else run_many

    def take_failure(self) -> BaseException | None:
        failure, self.failure = self.failure, None
        return failure


no_finalizer = CFUNCTYPE(None, c_void_p)()
