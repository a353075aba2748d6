"""Operations that take longer than a client waits: answered 202, finished later, fetched by their id."""

import asyncio
import base64
import hashlib
from collections.abc import Awaitable
from itertools import count
from typing import TypeAlias

Json: TypeAlias = object

WAIT_SECONDS = 300.0
"""How long a client without `processing-timeout-ms` waits. PocketIC takes 10 s, but pocket-ic 3.1.2 (PyPI), which sends
no such header, takes a 202 for a result; see docs/reference/protocols.md."""


class Pending:
    """Running operations of one server by state label and number."""

    def __init__(self) -> None:
        self._running: dict[tuple[str, str], asyncio.Future[Json]] = {}
        self._numbers = count()

    async def run(self, work: Awaitable[Json], timeout_ms: str | None) -> tuple[bool, Json]:
        """Wait for `work`; returns (True, result), or after the time-out (False, where to fetch it).

        Raises what `work` raises.
        """
        task = asyncio.ensure_future(work)
        seconds = int(timeout_ms) / 1000 if timeout_ms is not None and timeout_ms.isdecimal() else WAIT_SECONDS
        done, _ = await asyncio.wait({task}, timeout=seconds)
        if done:
            return True, task.result()
        number = str(next(self._numbers))
        label = base64.urlsafe_b64encode(hashlib.sha256(number.encode()).digest()).decode()
        self._running[label, number] = task
        return False, {"state_label": label, "op_id": number}

    def fetch(self, label: str, number: str) -> "asyncio.Future[Json] | None":
        """Return an operation that was answered 202, or None."""
        return self._running.get((label, number))

    def forget(self, label: str, number: str) -> None:
        """Drop an operation whose result was fetched."""
        self._running.pop((label, number), None)
