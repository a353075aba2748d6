"""A canister: its record (plain, picklable) and, beside it, the instance that runs its module."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import Enum, IntEnum
from itertools import count

from local_replica.call_context import CallContexts
from local_replica.canister_log import CanisterLog
from local_replica.execution.port import Instance
from local_replica.messages import Origin
from local_replica.query_statistics import NO_QUERIES, QueryTotals
from local_replica.queues import Queues

DEFAULT_FREEZING_THRESHOLD_S = 2_592_000
DEFAULT_WASM_MEMORY_LIMIT = 3 * 1024**3
DEFAULT_HEAP_LIMIT = 4 * 1024**3
"""Where no limit is set."""
DEFAULT_RESERVED_CYCLES_LIMIT = 5_000_000_000_000


_GENERATIONS = count(1)


class Status(IntEnum):
    """Running states; the numbers are those of `ic0.canister_status`."""

    RUNNING = 1
    STOPPING = 2
    STOPPED = 3


class Task(Enum):
    """What a canister's turn may be used for; turns rotate so that none starves the others."""

    TIMER = "timer"
    HEARTBEAT = "heartbeat"
    MESSAGE = "message"

    @property
    def following(self) -> "Task":
        return _FOLLOWING[self]


_FOLLOWING = {Task.TIMER: Task.HEARTBEAT, Task.HEARTBEAT: Task.MESSAGE, Task.MESSAGE: Task.TIMER}


@dataclass(slots=True)
class Settings:
    """Canister settings (interface specification, `canister_settings`); bytes, cycles and seconds."""

    compute_allocation: int = 0
    memory_allocation: int = 0
    freezing_threshold: int = DEFAULT_FREEZING_THRESHOLD_S
    reserved_cycles_limit: int = DEFAULT_RESERVED_CYCLES_LIMIT
    wasm_memory_limit: int = DEFAULT_WASM_MEMORY_LIMIT
    wasm_memory_threshold: int = 0
    log_visibility: str = "controllers"
    """"controllers", "public" or "allowed_viewers"."""
    log_viewers: tuple[bytes, ...] = ()
    log_memory_limit: int = 4096
    environment_variables: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class InstalledModule:
    """What is installed: hash of the bytes as they were given, and where the gunzipped module lies among the blobs."""

    module_hash: bytes
    blob: bytes
    size: int
    """Bytes as given (gzipped or not)."""
    globals_bytes: int = 32
    """Accounted for globals: 32 for each mutable one, and one for the instruction counter."""
    custom_sections_bytes: int = 0
    is_64: bool = False
    """The heap is addressed by 64 bits."""
    given: bytes = b""
    """Blob of the module as it was given, where that is another (gzipped) one."""

    @property
    def given_blob(self) -> bytes:
        return self.given or self.blob


@dataclass(frozen=True, slots=True)
class StopRequest:
    """Somebody waits for the canister to stop."""

    origin: Origin
    sender: bytes
    cycles: int
    deadline_ns: int


@dataclass(frozen=True, slots=True)
class Change:
    """One entry of the canister's history. `details` is the Candid variant of `canister_info`."""

    timestamp_ns: int
    version: int
    origin: dict[str, object]
    details: Mapping[str, object]
    size: int


@dataclass(frozen=True, slots=True)
class Snapshot:
    """A snapshot; module, memories and chunks lie among the blobs."""

    snapshot_id: bytes
    taken_at_ns: int
    version: int
    module: InstalledModule
    globals: tuple[int | float, ...]
    heap: bytes
    """Blob."""
    stable: bytes
    """Blob."""
    heap_size: int
    stable_size: int
    certified_data: bytes
    chunks: tuple[tuple[bytes, int], ...]
    size: int
    global_timer: int | None = 0
    """None where uploaded metadata says nothing of it."""
    is_uploaded: bool = False
    """Made from uploaded metadata: its pieces may be written, `module` tells the blob and size alone."""
    hook: str = "not_due"
    """Empty where uploaded metadata says nothing of it."""
    kinds: tuple[str, ...] = ()
    """Kinds of the globals, where the module cannot tell them yet."""
    taken_at_height: int = 0
    """The round in which it was taken or last written."""


@dataclass(slots=True)
class CanisterRecord:
    """Everything about a canister but its memories. Times in ns, amounts in cycles."""

    canister_id: bytes
    subnet_id: bytes
    controllers: tuple[bytes, ...]
    balance: int
    settings: Settings = field(default_factory=Settings)
    status: Status = Status.RUNNING
    stop_requests: list[StopRequest] = field(default_factory=list)
    reserved: int = 0
    version: int = 0
    module: InstalledModule | None = None
    certified_data: bytes = b""
    global_timer: int = 0
    """0: not armed."""
    queues: Queues = field(default_factory=Queues)
    calls: CallContexts = field(default_factory=CallContexts)
    next_task: Task = Task.TIMER
    history: list[Change] = field(default_factory=list)
    changes: int = 0
    """Length of the whole history, of which the newest are kept."""
    chunks: dict[bytes, int] = field(default_factory=dict)
    """Chunk store: sizes by hash; contents lie among the blobs."""
    snapshots: dict[bytes, Snapshot] = field(default_factory=dict)
    snapshots_taken: int = 0
    queried: QueryTotals = NO_QUERIES
    log: CanisterLog = field(default_factory=CanisterLog)
    charged_until_ns: int = 0
    """Up to when storage and compute allocation have been paid."""
    low_memory_hook: str = "not_due"
    """"not_due", "due" or "done" (on_low_wasm_memory)."""
    install_debit: int = 0
    """Instructions of installations that the rounds since have not made up for, in the round `debit_height`."""
    debit_height: int = 0


class Canister:
    """A record with its running instance (None: no module)."""

    __slots__ = ("dirty", "exports", "fresh", "generation", "instance", "record", "told_bytes", "took")

    def __init__(self, record: CanisterRecord, instance: Instance | None = None) -> None:
        self.record = record
        self.generation = 0
        """Which commit of memory this is, unique in this process, so that a snapshot knows what changed."""
        self.dirty = True
        """Memory changed since `take_changes`."""
        self.fresh = True
        """The instance is another one than at the last `take_changes`."""
        self.told_bytes: int | None = None
        """Memories before the turn at hand: other canisters may be running too and see nothing newer."""
        self.took: dict[str, int] = {}
        """Instructions that each method and task took last, in this process."""
        self.instance: Instance | None = None
        self.exports: frozenset[str] = frozenset()
        self.place(instance)

    def place(self, instance: Instance | None) -> None:
        """Run this instance from now on; the former one is closed."""
        former = self.instance
        if former is not None and former is not instance:
            former.close()
        self.instance = instance
        self.took.clear()
        self.exports = instance.exports() if instance is not None else frozenset()
        self.fresh = True
        self.touch()

    def touch(self) -> None:
        """Note that memory changed."""
        self.dirty = True
        self.generation = next(_GENERATIONS)

    @property
    def canister_id(self) -> bytes:
        return self.record.canister_id

    @property
    def subnet_id(self) -> bytes:
        return self.record.subnet_id

    @property
    def controllers(self) -> tuple[bytes, ...]:
        return self.record.controllers

    @property
    def module_hash(self) -> bytes | None:
        return self.record.module.module_hash if self.record.module else None

    @property
    def is_64(self) -> bool:
        """Whether the module has a 64-bit memory, and dearer instructions."""
        return self.record.module is not None and self.record.module.is_64

    @property
    def certified_data(self) -> bytes:
        return self.record.certified_data

    @property
    def balance(self) -> int:
        return self.record.balance

    def memory_bytes(self) -> int:
        """Heap and stable memory."""
        return self.instance.heap_bytes() + self.instance.stable_bytes() if self.instance else 0

    def hold_memory(self) -> None:
        """Let others see the memories of this moment until `release_memory`."""
        self.told_bytes = self.memory_bytes()

    def release_memory(self) -> None:
        """Let others see the memories as they are."""
        self.told_bytes = None

    def check_low_memory(self) -> None:
        """Note whether the heap comes so near its limit that `canister_on_low_wasm_memory` is due.

        It runs once each time the condition begins to hold (interface specification, "On low wasm memory").
        """
        record = self.record
        if not self.is_low_with(self.instance.heap_bytes() if self.instance else 0):
            record.low_memory_hook = "not_due"
        elif record.low_memory_hook == "not_due":
            record.low_memory_hook = "due"

    def is_low_with(self, heap_bytes: int) -> bool:
        """Whether a heap of that size comes nearer to its limit than the threshold."""
        settings = self.record.settings
        return (settings.wasm_memory_limit or DEFAULT_HEAP_LIMIT) < heap_bytes + settings.wasm_memory_threshold

    @property
    def is_low_memory_hook_due(self) -> bool:
        """Whether the hook is to run before anything else does."""
        can_run = self.record.status is Status.RUNNING and "canister_on_low_wasm_memory" in self.exports
        return can_run and self.record.low_memory_hook == "due"

    def has_task(self, task: Task, now_ns: int) -> bool:
        """Whether a turn could be used for it."""
        record = self.record
        if task is Task.MESSAGE:
            return record.queues.has_input
        if self.instance is None or record.status is not Status.RUNNING:
            return False
        if task is Task.HEARTBEAT:
            return "canister_heartbeat" in self.exports
        return 0 < record.global_timer <= now_ns and "canister_global_timer" in self.exports
