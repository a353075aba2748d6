"""A canister's log: what it printed and why it trapped, the newest 4 KiB (`fetch_canister_logs`)."""

from collections import deque
from dataclasses import dataclass, field

from local_replica.execution.ic0.log_room import CAPACITY_BYTES, RECORD_BYTES
from local_replica.execution.port import ExecutionError


@dataclass(frozen=True, slots=True)
class LogRecord:
    """One line. `index` counts over the canister's whole life."""

    index: int
    timestamp_ns: int
    content: bytes


@dataclass(slots=True)
class CanisterLog:
    """The newest records that fit."""

    records: deque[LogRecord] = field(default_factory=deque)
    next_index: int = 0
    used_bytes: int = 0

    def append(self, timestamp_ns: int, content: bytes) -> None:
        """Add a line, cut to the capacity; older lines give way."""
        kept = content[: CAPACITY_BYTES - RECORD_BYTES]
        self.records.append(LogRecord(self.next_index, timestamp_ns, kept))
        self.next_index += 1
        self.used_bytes += len(kept) + RECORD_BYTES
        while self.used_bytes > CAPACITY_BYTES:
            self.used_bytes -= len(self.records.popleft().content) + RECORD_BYTES

    def clear(self) -> None:
        """Forget the lines; indexes go on."""
        self.records.clear()
        self.used_bytes = 0


_TRAPPED = "Canister trapped: "
_CALLED_TRAP = "Canister called `ic0.trap` with message: "


def trap_line(error: ExecutionError) -> bytes | None:
    """What a trap leaves in the log; other errors leave nothing."""
    if error.message.startswith(_TRAPPED):
        told = error.message.removeprefix(_TRAPPED)
    elif error.message.startswith(_CALLED_TRAP):
        told = error.message.removeprefix(_CALLED_TRAP)[1:-1] or "(no message)"
    else:
        return None
    return f"[TRAP]: {told}{error.backtrace}".encode()
