"""One installed module: runs entry points as transactions over heap, globals and stable memory."""

from typing import cast

from local_replica.execution.backtrace import Frame, backtrace, continued
from local_replica.execution.binary import read_module
from local_replica.execution.callbacks import Callbacks
from local_replica.execution.compiled import WASM_PAGE, CompiledModule
from local_replica.execution.contexts import MEMORY_LIMITED, REPLICATED
from local_replica.execution.costs import DIRTY_PAGE
from local_replica.execution.failures import (
    Failure,
    contract_violation,
    engine_error,
    function_not_found,
    out_of_instructions,
    trapped,
    wasm_memory_limit,
)
from local_replica.execution.heap import Heap
from local_replica.execution.ic0 import SystemCalls
from local_replica.execution.instrumentation import START_NAME
from local_replica.execution.kernel import PAGE
from local_replica.execution.machine import InstantiationFailed, Machine, NotAFunction, Trapped
from local_replica.execution.names import function_name
from local_replica.execution.port import (
    Entry,
    ExecutionError,
    InstanceDelta,
    InstanceState,
    ModuleRefused,
    Outcome,
    Request,
)
from local_replica.execution.rests import uncounted
from local_replica.execution.signatures import SIGNATURES
from local_replica.execution.stable import StableMemory
from local_replica.execution.stack import run_with_room

_ENTRY_NAMES = {
    Entry.START: START_NAME,
    Entry.INIT: "canister_init",
    Entry.PRE_UPGRADE: "canister_pre_upgrade",
    Entry.POST_UPGRADE: "canister_post_upgrade",
    Entry.INSPECT: "canister_inspect_message",
    Entry.HEARTBEAT: "canister_heartbeat",
    Entry.TIMER: "canister_global_timer",
    Entry.LOW_WASM_MEMORY: "canister_on_low_wasm_memory",
}
_METHOD_PREFIXES = {
    Entry.UPDATE: "canister_update",
    Entry.REPLICATED_QUERY: "canister_query",
    Entry.QUERY: "canister_query",
    Entry.COMPOSITE_QUERY: "canister_composite_query",
}
_TRAP_REASONS = {
    0: "stack overflow",
    1: "heap out of bounds",
    3: "table out of bounds",
    7: "integer division by 0",
    9: "unreachable",
}
_STACK_OVERFLOW = 0
_BAD_SIGNATURE = 5
_OUT_OF_FUEL = 11


class WasmInstance:
    """Implements `port.Instance`."""

    def __init__(
        self,
        compiled: CompiledModule,
        heap: Heap,
        stable: StableMemory,
        values: list[bytes] | None = None,
        *,
        is_fork: bool = False,
    ) -> None:
        self._compiled = compiled
        self._heap = heap
        self._stable = stable
        self._calls = SystemCalls(stable)
        self._calls.has_memory = compiled.source.memory is not None
        names = [name for _, name in compiled.source.imports]
        self._callbacks = Callbacks(self._calls, names, SIGNATURES[compiled.is_64])
        self._dirty_heap = set() if is_fork else set(heap.filled_pages())
        self._dirty_stable = set() if is_fork else set(stable.filled_pages())
        self._machine: Machine | None = None
        self._globals: list[bytes] = []
        try:
            machine = self._replace_machine(values)
        except InstantiationFailed as failure:
            self.close()
            raise ModuleRefused(engine_error(f"Failed to instantiate module: {failure}").error()) from failure
        self._globals = machine.globals()

    def _replace_machine(self, values: list[bytes] | None) -> Machine:
        """A fresh wasmtime instance over the committed state."""
        if self._machine is not None:
            self._machine.close()
        machine = self._machine = Machine(self._compiled, self._callbacks)
        missing = self._heap.size - machine.memory_size()
        if missing:
            machine.grow_memory(missing // WASM_PAGE)
        self._heap.attach(machine.memory_base())
        if values is not None:
            machine.set_globals(values)
        calls = self._calls
        calls.show_memory(machine.memory_base(), machine.memory_size())
        calls.read_memory_size = machine.memory_size
        calls.read_fuel = machine.fuel
        calls.write_fuel = machine.set_fuel
        calls.read_rest = machine.rest_of_run
        return machine

    def execute(self, request: Request) -> Outcome:
        return run_with_room(lambda: self._execute(request))

    def _execute(self, request: Request) -> Outcome:
        machine, calls = cast("Machine", self._machine), self._calls
        calls.begin(request)
        machine.set_fuel(calls.limit)
        outcome = calls.outcome
        try:
            self._enter(machine, request)
            self._check_afterwards(machine, request)
        except Trapped as trap:
            calls.charged += self._uncounted(trap)
            outcome.error = self._explain(trap, request)
            if machine.memory_size() > self._heap.size:
                try:
                    self._check_growth(machine, request)
                except Failure as earlier:  # the replica refuses growth at once, before what came next
                    outcome.error = earlier.error()
        except Failure as failure:
            outcome.error = failure.error()
        if outcome.error is not None and request.entry in REPLICATED and not outcome.page_instructions:
            calls.charged += DIRTY_PAGE * len(self._heap.changes(machine.memory_size()))
        outcome.instructions = min(calls.used(), calls.limit)
        if outcome.error is not None:
            self.rollback()
        else:
            calls.drop_call()
        return outcome

    def _enter(self, machine: Machine, request: Request) -> None:
        callback = request.callback
        if callback is None:
            try:
                machine.call_entry(self._entry_name(request))
            except NotAFunction:
                raise contract_violation("export is not a function") from None
            return
        if not machine.has_table():
            raise contract_violation("table not found")
        try:
            function = machine.closure(callback.function)
        except IndexError:
            raise function_not_found(callback.function) from None
        except TypeError:
            raise contract_violation("function invocation does not match its signature") from None
        if function is None:
            raise contract_violation("unexpected null function reference")
        machine.call_closure(function, callback.environment)

    def _entry_name(self, request: Request) -> str:
        """The export behind an entry that is not a callback; empty for callbacks."""
        prefix = _METHOD_PREFIXES.get(request.entry)
        if prefix is None:
            return _ENTRY_NAMES.get(request.entry, "")
        name = f"{prefix} {request.method}"
        is_called = request.entry is Entry.COMPOSITE_QUERY and name not in self.exports()
        return f"canister_query {request.method}" if is_called else name

    def _check_afterwards(self, machine: Machine, request: Request) -> None:
        size = machine.memory_size()
        self._check_growth(machine, request)
        if request.entry in REPLICATED:
            self._calls.outcome.page_instructions = DIRTY_PAGE * len(self._heap.changes(size))
            self._calls.charge(self._calls.outcome.page_instructions)
        if self._calls.used() > self._calls.limit:
            raise out_of_instructions(self._calls.limit)

    def _check_growth(self, machine: Machine, request: Request) -> None:
        """Whether the heap may be as large as the message made it."""
        size, limit = machine.memory_size(), request.wasm_memory_limit
        grown = max(0, size - self._heap.size)
        is_limited = request.entry in MEMORY_LIMITED and (grown or request.entry is not Entry.START)
        if limit and size > limit and is_limited:
            raise wasm_memory_limit(size, limit)
        self._calls.charged -= grown // WASM_PAGE  # wasmtime takes fuel for each page, the replica does not
        if grown:
            error = self._calls.allocate(grown)
            if error is not None:
                raise Failure(error.code, error.message, error.help)

    def _explain(self, trap: Trapped, request: Request) -> ExecutionError:
        """The error behind a trap: what a system call raised, or what the module did."""
        failure = self._callbacks.take_failure()
        if failure is not None and not isinstance(failure, Failure):
            self.rollback()
            raise failure
        if failure is None:
            if trap.code == _OUT_OF_FUEL:
                failure = out_of_instructions(self._calls.limit)
            elif trap.code == _BAD_SIGNATURE:
                failure = contract_violation("function invocation does not match its signature")
            else:
                failure = trapped(_TRAP_REASONS.get(trap.code if trap.code is not None else -1, "unknown"))
        frames = trap.frames
        if trap.code == _STACK_OVERFLOW:
            frames = continued(frames, self._entry_frame(request))
        return failure.error(backtrace(failure.frame, frames))

    def _uncounted(self, trap: Trapped) -> int:
        """What the replica charged before the trap beyond the fuel that was taken."""
        if trap.code in (_STACK_OVERFLOW, _OUT_OF_FUEL):
            return 0
        return uncounted(self._compiled.source.wasm, trap.offsets)

    def _entry_frame(self, request: Request) -> Frame | None:
        source = self._compiled.source
        index = source.indices.get(self._entry_name(request))
        return None if index is None else (index, function_name(read_module(source.wasm), index))

    def commit(self) -> None:
        machine = cast("Machine", self._machine)
        self._globals = machine.globals()
        self._dirty_heap.update(self._heap.commit(machine.memory_size()))
        self._dirty_stable.update(self._stable.commit())

    def rollback(self) -> None:
        machine = cast("Machine", self._machine)
        self._stable.rollback()
        if machine.memory_size() == self._heap.size:
            self._heap.rollback()
            machine.set_globals(self._globals)
        else:
            self._replace_machine(self._globals)

    def exports(self) -> frozenset[str]:
        return self._compiled.source.exports

    def heap_bytes(self) -> int:
        return self._heap.size

    def stable_bytes(self) -> int:
        return self._stable.size

    def dump(self) -> InstanceState:
        return InstanceState(
            heap=self._heap.read(0, self._heap.size),
            stable=self._stable.read(0, self._stable.size),
            globals=self._global_numbers(),
        )

    def _global_numbers(self) -> tuple[int, ...]:
        widths = self._compiled.source.global_widths
        return tuple(
            int.from_bytes(value[8 : 8 + width], "little") for value, width in zip(self._globals, widths, strict=True)
        )

    def set_global_numbers(self, numbers: tuple[int | float, ...]) -> None:
        """Set every mutable global from a state's numbers (the bits of floats and vectors)."""
        self._globals = [
            value[:8] + int(number).to_bytes(16, "little") + value[24:]
            for value, number in zip(self._globals, numbers, strict=True)
        ]
        cast("Machine", self._machine).set_globals(self._globals)

    def fork(self) -> "WasmInstance":
        return WasmInstance(self._compiled, self._heap.copy(), self._stable.lend(), self._globals, is_fork=True)

    def take_dirty(self) -> InstanceDelta:
        delta = InstanceDelta(
            heap_size=self._heap.size,
            stable_size=self._stable.size,
            heap_pages={page: self._heap.read(page * PAGE, PAGE) for page in sorted(self._dirty_heap)},
            stable_pages={page: self._stable.read(page * PAGE, PAGE) for page in sorted(self._dirty_stable)},
            globals=self._global_numbers(),
        )
        self.forget_dirty()
        return delta

    def forget_dirty(self) -> None:
        self._dirty_heap.clear()
        self._dirty_stable.clear()

    def close(self) -> None:
        if self._machine is not None:
            self._machine.close()
            self._machine = None
        self._heap.close()
        self._stable.close()
