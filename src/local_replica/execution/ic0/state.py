"""What all system calls share: the message at hand, its effects so far, the module's memory."""

from collections.abc import Callable
from ctypes import memmove

from local_replica.execution.contexts import (
    INSTRUCTION_LIMIT,
    PERMITTED,
    SLICE_LIMIT,
    SLICED,
    STABLE_PAGES,
    mode,
    name_in_error,
)
from local_replica.execution.failures import contract_violation, out_of_instructions, slice_overrun, wrong_mode
from local_replica.execution.ic0.log_room import LogRoom
from local_replica.execution.kernel import read_memory
from local_replica.execution.native import NativeState
from local_replica.execution.native_stable import NativeStableMemory
from local_replica.execution.port import Callback, Entry, ExecutionError, Growth, Outcome, Request
from local_replica.execution.stable import StableMemory

NO_REQUEST = Request(Entry.START, canister_id=b"", time=0)


_SETTLED_TOGETHER = 1_000_000
"""Instructions of system calls that are taken from the fuel at once, since that costs two of wasmtime's calls."""


class CallInPreparation:
    """A call between `call_new` and `call_perform`."""

    def __init__(self, callee: bytes, method: str, on_reply: Callback, on_reject: Callback) -> None:
        self.callee = callee
        self.method = method
        self.on_reply = on_reply
        self.on_reject = on_reject
        self.on_cleanup: Callback | None = None
        self.payload: list[bytes] = []
        self.payload_bytes = len(method.encode())
        self.cycles = 0
        self.timeout_seconds: int | None = None


class CallState:
    """State of one instance's system calls; `begin` readies it for a message."""

    def __init__(self, stable: StableMemory) -> None:
        self.stable = stable
        self.native = stable.state if isinstance(stable, NativeStableMemory) else NativeState()
        """What C works on; its `charged` comes on top of this one's."""
        self.has_memory = True
        self.memory_base = 0
        self.memory_size = 0
        self.read_memory_size: Callable[[], int] = lambda: 0
        self.read_fuel: Callable[[], int] = lambda: 0
        self.write_fuel: Callable[[int], None] = lambda _: None
        self.read_rest: Callable[[], int] = lambda: 0
        self.request = NO_REQUEST
        self.permitted: frozenset[str] = frozenset()
        self.limit = 0
        self.slice_limit = 0
        self.log_room: LogRoom | None = None
        """Of the message at hand, once it logs."""
        self.charged = 0
        """Instructions of system calls that fuel has not been taken for yet."""
        self.settle_at = 0

    def begin(self, request: Request) -> None:
        """Forget the last message's effects."""
        entry = request.entry
        self.request = request
        self.permitted = PERMITTED[entry]
        self.limit = request.instruction_limit or INSTRUCTION_LIMIT[entry]
        self.slice_limit = min(self.limit, SLICE_LIMIT) if entry in SLICED else self.limit
        self.log_room = None
        self.charged = 0
        self.settle_at = min(_SETTLED_TOGETHER, self.limit // 16)
        native = self.native
        native.charged, native.settle_at = 0, self.settle_at
        native.page_limit = STABLE_PAGES[entry]
        native.time, native.has_time = request.time, "time" in self.permitted
        self.allocated = 0
        self.reply_parts: list[bytes] = []
        self.reply_bytes = 0
        self.answered = request.responded
        self.outcome = Outcome(balance=request.balance)
        self.call: CallInPreparation | None = None

    def forbid(self, name: str) -> None:
        """End the message: `name` may not be called from here."""
        raise wrong_mode(name_in_error(name), mode(self.request.entry))

    def used(self) -> int:
        """Instructions of this message so far."""
        return self.limit - self.read_fuel() + self.charged + int(self.native.charged)

    def charge(self, instructions: int) -> None:
        """Account for a large system call; ends the message where that is more than the limit."""
        self.charged += instructions
        if instructions > self.slice_limit and self.slice_limit < self.limit:
            raise slice_overrun(self.used(), self.slice_limit)
        if self.charged + self.native.charged > self.settle_at:
            self.settle()

    def settle(self) -> None:
        """Take the fuel for what system calls cost; ends the message where there is not enough."""
        left = self.read_fuel() - self.charged - self.native.charged
        if left < 0:
            raise out_of_instructions(self.limit)
        self.write_fuel(left)
        self.charged = self.native.charged = 0

    def show_memory(self, base: int, size: int) -> None:
        """Where the module's memory lies from now on, and its bytes."""
        self.memory_base = self.native.heap = base
        self.memory_size = self.native.heap_size = size

    def has_heap(self, end: int) -> bool:
        """Whether the module's memory reaches to `end`; it may have grown since it was looked at."""
        if end > self.memory_size:
            self.show_memory(self.memory_base, self.read_memory_size())
        return end <= self.memory_size

    def heap_size(self) -> int:
        """Bytes of the module's memory now."""
        self.show_memory(self.memory_base, self.read_memory_size())
        return self.memory_size

    def check_range(self, function: str, what: str, start: int, length: int, size: int) -> None:
        """End the message where `length` bytes from `start` (which the module calls `what`) leave `size` bytes."""
        if start + length > size:
            raise contract_violation(
                f"{function} failed because {what} + size is out of bounds. Found {what} = {start} and size = {length} "
                f"while {what} + size must be <= {size}"
            )

    def check_heap(self, context: str, start: int, length: int) -> None:
        if not self.has_heap(start + length):
            raise contract_violation(
                f"{context}: src={start} + length={length} exceeds the slice size={self.memory_size}"
            )

    def read_heap(self, context: str, start: int, length: int) -> bytes:
        self.check_heap(context, start, length)
        return read_memory(self.memory_base + start, length)

    def copy_out(  # noqa: PLR0917 - as the specification orders them
        self, name: str, part: str, content: bytes, target: int, offset: int, length: int
    ) -> None:
        """Copy part of `content` to the module's memory at `target`."""
        self.check_heap(f"ic0.{name} heap", target, length)
        if offset + length > len(content):
            raise contract_violation(
                f"ic0.{name} {part}: src={offset} + length={length} exceeds the slice size={len(content)}"
            )
        memmove(self.memory_base + target, content[offset : offset + length], length)

    def write_cycles(self, name: str, target: int, amount: int) -> None:
        """Write 16 bytes, little-endian."""
        if not self.has_heap(target + 16):
            raise contract_violation(
                f"ic0_{name} failed because dst + size is out of bounds.Found dst = {target} and size = 16 while "
                f"must be <= {self.memory_size}"
            )
        memmove(self.memory_base + target, amount.to_bytes(16, "little"), 16)

    def allocate(self, additional: int) -> ExecutionError | None:
        """Ask the scheduler for memory; `additional` bytes come on top of what this message asked before."""
        outcome = self.outcome
        granted = self.request.allocate_memory(Growth(additional, self.allocated, outcome.balance, outcome.reserved))
        if isinstance(granted, ExecutionError):
            return granted
        self.allocated += additional
        outcome.balance -= granted
        outcome.reserved += granted
        return None
