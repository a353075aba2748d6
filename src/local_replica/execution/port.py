"""The port between the scheduler (what runs when, who is told) and the executor (one entry point, one canister).

The scheduler owns canisters' settings, cycles, queues and call contexts. The executor owns modules, memories,
globals, stable memory. One `execute` runs one entry point to its end; nothing it did is kept until `commit`.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from enum import Enum
from typing import Protocol


class Entry(Enum):
    """Kinds of entry point (interface specification, "Entry points"); decides which imports are allowed and limits."""

    START = "start"
    INIT = "init"
    PRE_UPGRADE = "pre_upgrade"
    POST_UPGRADE = "post_upgrade"
    INSPECT = "inspect_message"
    UPDATE = "update"
    REPLICATED_QUERY = "replicated_query"
    QUERY = "query"
    COMPOSITE_QUERY = "composite_query"
    HEARTBEAT = "heartbeat"
    TIMER = "timer"
    LOW_WASM_MEMORY = "low_wasm_memory"
    REPLY_CALLBACK = "reply_callback"
    REJECT_CALLBACK = "reject_callback"
    CLEANUP = "cleanup"
    COMPOSITE_REPLY_CALLBACK = "composite_reply_callback"
    COMPOSITE_REJECT_CALLBACK = "composite_reject_callback"
    COMPOSITE_CLEANUP = "composite_cleanup"


@dataclass(frozen=True, slots=True)
class Callback:
    """A closure of the module: index into its table and the environment passed to it."""

    function: int
    environment: int


@dataclass(slots=True)
class OutgoingCall:
    """A call performed by `call_perform`; cycles already left the balance. No timeout: guaranteed response."""

    callee: bytes
    method: str
    arg: bytes
    cycles: int
    on_reply: Callback
    on_reject: Callback
    on_cleanup: Callback | None = None
    timeout_seconds: int | None = None
    fee: int = 0
    """What `Request.call_fee` asked for this call; left the balance besides `cycles`."""


class CostSchedule(Protocol):
    """What `ic0.cost_*` answer, in cycles. Signing costs raise LookupError with 1 (curve) or 2 (key) as argument."""

    def call(self, method_name_bytes: int, payload_bytes: int) -> int: ...

    def create_canister(self) -> int: ...

    def http_request(self, request_bytes: int, max_response_bytes: int) -> int: ...

    def sign_with_ecdsa(self, key_name: str, curve: int) -> int: ...

    def sign_with_schnorr(self, key_name: str, algorithm: int) -> int: ...

    def vetkd_derive_key(self, key_name: str, curve: int) -> int: ...


@dataclass(frozen=True, slots=True)
class Growth:
    """Memory that an entry point asks for: bytes now and before in this message, its balance, cycles it reserved."""

    additional: int
    before: int
    balance: int
    reserved: int


@dataclass(slots=True)
class Request:
    """One entry point to run, with all that the system API may tell it. Times in ns, amounts in cycles."""

    entry: Entry
    canister_id: bytes
    time: int
    caller: bytes = b""
    method: str = ""
    arg: bytes = b""
    callback: Callback | None = None
    reject_code: int = 0
    reject_message: str = ""
    deadline: int = 0
    balance: int = 0
    available: int = 0
    refunded: int = 0
    responded: bool = False
    """The call context was answered before (callbacks after a reply)."""
    controllers: tuple[bytes, ...] = ()
    canister_version: int = 0
    status: int = 1
    """1 running, 2 stopping, 3 stopped."""
    certificate: bytes | None = None
    global_timer: int = 0
    """When the global timer is due now (ns, 0: not set), for `global_timer_set`'s answer."""
    environment_variables: tuple[tuple[str, str], ...] = ()
    subnet_id: bytes = b""
    freezing_limit: int = 0
    """Cycles that outgoing calls must leave in the balance."""
    wasm_memory_limit: int = 0
    instruction_limit: int | None = None
    """Overrides the limit of the entry kind."""
    reserve_output_slot: Callable[[bytes], bool] = lambda _: True
    """Asked once per call_perform with the callee; False makes it answer 2 (queue full)."""
    call_fee: Callable[[int], int] = lambda _: 0
    """Cycles that a performed call withholds besides what it attaches, by its payload's bytes (name and argument)."""
    allocate_memory: Callable[[Growth], "ExecutionError | int"] = lambda _: 0
    """Asked before either memory grows: cycles to reserve, or the error that ends the message."""
    call_context_instructions: int = 0
    """Instructions that earlier messages of the call context used, for `performance_counter(1)`."""
    root_key: bytes = b""
    """DER of the public key behind `ic0.root_key_copy`."""
    costs: CostSchedule | None = None
    """None: `ic0.cost_*` answer 0."""


@dataclass(frozen=True, slots=True)
class ExecutionError:
    """Why a message failed.

    The replica's text to a caller is `"Error from Canister <id>: " + message + backtrace + help`, where `backtrace`
    is left out for callers that may not see it. Logs and "call_on_cleanup also failed" leave `help` out.
    """

    code: str
    """Error code as PocketIC names it, e.g. "CanisterTrapped"."""
    message: str
    backtrace: str = ""
    """Empty, or a line break, "Canister Backtrace:" and one frame a line, the last one ended too."""
    help: str = ""
    """Empty, or a full stop, a line break and what the replica advises."""

    @property
    def text(self) -> str:
        return self.message + self.backtrace + self.help


class ModuleRefused(Exception):
    """A valid module that cannot be instantiated (tables, data or elements out of bounds)."""

    def __init__(self, error: ExecutionError) -> None:
        super().__init__(error.message)
        self.error = error


@dataclass(slots=True)
class Outcome:
    """What one entry point did. With `error` set all other effects but `instructions` and `logs` are void."""

    instructions: int = 0
    page_instructions: int = 0
    """The part of `instructions` that is charged at the end for changed heap pages; no performance counter shows it."""
    error: ExecutionError | None = None
    reply: bytes | None = None
    reject: str | None = None
    accepted_message: bool = False
    calls: list[OutgoingCall] = field(default_factory=list)
    balance: int = 0
    """Balance after accepting, attaching, burning and minting."""
    accepted: int = 0
    """Cycles taken from `available` by msg_cycles_accept."""
    burned: int = 0
    reserved: int = 0
    """Cycles that left the balance for memory; the scheduler keeps them for the canister."""
    certified_data: bytes | None = None
    timer: int | None = None
    """New value of the global timer in ns (0: disarmed) or None when untouched."""
    logs: list[bytes] = field(default_factory=list)


class Instance(Protocol):
    """One installed module with its memories. Not thread safe; different instances may run at the same time."""

    def execute(self, request: Request) -> Outcome:
        """Run one entry point. On error the state is already rolled back; else call `commit` or `rollback` next.

        START, INIT, PRE_UPGRADE, POST_UPGRADE, INSPECT and CLEANUP entries that the module lacks do nothing; the others
        are for the scheduler to look up in `exports` first.
        """

    def commit(self) -> None:
        """Keep what the last `execute` did to heap, globals and stable memory."""

    def rollback(self) -> None:
        """Drop what the last `execute` did (queries; updates that the scheduler takes back)."""

    def exports(self) -> frozenset[str]:
        """Names as exported, e.g. "canister_update add"."""

    def heap_bytes(self) -> int: ...
    def stable_bytes(self) -> int: ...

    def dump(self) -> "InstanceState":
        """All state between messages, for snapshots and copies."""

    def fork(self) -> "Instance":
        """Another one in the same state between messages, to be closed before this one changes: for a query's calls."""

    def take_dirty(self) -> "InstanceDelta":
        """What changed since the last call (4 KiB pages of both memories, globals); for the store on disk.

        The first call tells every page that is not zero.
        """

    def forget_dirty(self) -> None:
        """Let the next `take_dirty` tell what changes from now on."""

    def close(self) -> None: ...


@dataclass(slots=True)
class InstanceState:
    """Committed state: `heap` and `stable` are whole memories, `globals` every mutable global in index order."""

    heap: bytes
    stable: bytes
    globals: tuple[int | float, ...]


@dataclass(slots=True)
class InstanceDelta:
    """Changed 4 KiB pages by number, total sizes in bytes, every mutable global. Pages never told of hold zeros."""

    heap_size: int
    stable_size: int
    heap_pages: dict[int, bytes]
    stable_pages: dict[int, bytes]
    globals: tuple[int | float, ...]


class Executor(Protocol):
    """Compiles and instantiates modules. Compiled code is cached by the module's hash, on disk too."""

    def validate(self, module: bytes, *, was_compressed: bool = False) -> ExecutionError | None:
        """The error with which install_code refuses the (already gunzipped) module, or None.

        `was_compressed` tells bytes out of a gzip from those installed as they are: the replica words errors apart.
        """

    def instantiate(self, module: bytes, *, stable: bytes | None = None) -> Instance:
        """A fresh instance (start function not yet run: that is `Entry.START`); `stable` is kept over an upgrade.

        Raises ModuleRefused.
        """

    def restore(self, module: bytes, state: InstanceState) -> Instance:
        """An instance with the given state."""
