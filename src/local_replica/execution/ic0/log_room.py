"""What a log line costs: a message pays for the bytes that its canister's log has room for, lines of its own aside."""

from collections import deque

from local_replica.execution.costs import PER_BYTE, STORED_PER_BYTE, TRANSMITTED_PER_BYTE

CAPACITY_BYTES = 4096
RECORD_BYTES = 40
"""Counted for each line besides its content."""


class LogRoom:
    """The log of one message, as the replica charges it (`logging_charge_bytes` of its system API)."""

    def __init__(self) -> None:
        self._lines: deque[int] = deque()
        self._used = 0

    def cost(self, size: int) -> int:
        """Instructions for a line of so many bytes."""
        stored, transmitted = min(size, CAPACITY_BYTES), min(size, CAPACITY_BYTES - self._used)
        return PER_BYTE * size + STORED_PER_BYTE * stored + TRANSMITTED_PER_BYTE * transmitted

    def add(self, size: int) -> None:
        """Take the room of a line; the oldest ones give way."""
        taken = min(size + RECORD_BYTES, CAPACITY_BYTES)
        self._lines.append(taken)
        self._used += taken
        while self._used > CAPACITY_BYTES:
            self._used -= self._lines.popleft()
