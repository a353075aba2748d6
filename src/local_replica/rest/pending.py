"""Operations on instances: one at a time each; what takes longer than a client waits is fetched later by its id."""

import asyncio
import base64
import hashlib
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from itertools import count
from typing import TypeAlias

from local_replica.rest.errors import RestError

Json: TypeAlias = object

WAIT_SECONDS = 300.0
"""How long a client without `processing-timeout-ms` waits. PocketIC takes 10 s, but pocket-ic 3.1.2 (PyPI), which sends
no such header, takes a 202 for a result; see docs/reference/protocols.md."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where an operation's result can be fetched: a label of the state that it began with, and what it is called."""

    label: bytes
    operation: str

    @property
    def state_label(self) -> str:
        """The label as addresses carry it."""
        return base64.urlsafe_b64encode(self.label).decode()

    def as_json(self) -> Json:
        """As answers carry it (202 and 409)."""
        return {"state_label": self.state_label, "op_id": self.operation}

    def __str__(self) -> str:
        return f'StateLabel({self.label.hex().upper()}), OpId("{self.operation}")'


@dataclass(frozen=True, slots=True)
class Running:
    """An operation under way."""

    place: Place
    task: "asyncio.Future[Json]"


class Busy(RestError):
    """The instance works on another operation, whose place is told."""

    def __init__(self, place: Place) -> None:
        super().__init__(str(place), 409)
        self.place = place

    @property
    def body(self) -> Json:
        return self.place.as_json()


class Turnstile:
    """Lets one operation at a time at an instance."""

    def __init__(self) -> None:
        self.running: Running | None = None

    async def free(self) -> None:
        """Wait until no operation is under way."""
        while self.running is not None:
            await asyncio.wait({self.running.task})

    def enter(self, place: Place, work: Callable[[], Awaitable[Json]]) -> Running:
        """Begin an operation. Raises Busy."""
        if self.running is not None:
            raise Busy(self.running.place)
        running = Running(place, asyncio.ensure_future(work()))
        self.running = running
        running.task.add_done_callback(self._leave)
        return running

    def _leave(self, _task: "asyncio.Future[Json]") -> None:
        self.running = None


LABEL_BYTES = 32
"""As many as a SHA-256 has."""


class Pending:
    """Results of one server that are still to be fetched."""

    def __init__(self) -> None:
        self._kept: dict[tuple[str, str], asyncio.Future[Json]] = {}
        self._numbers = count()

    def place(self, operation: str) -> Place:
        """A place that no other operation has."""
        return Place(hashlib.sha256(str(next(self._numbers)).encode()).digest(), operation)

    async def result(self, running: Running, timeout_ms: int | None) -> tuple[bool, Json]:
        """Wait for an operation; returns (True, result), or after the time-out (False, where to fetch it).

        Raises what the operation raises.
        """
        seconds = WAIT_SECONDS if timeout_ms is None else timeout_ms / 1000
        done, _ = await asyncio.wait({running.task}, timeout=seconds)
        if done:
            return True, running.task.result()
        self._kept[running.place.state_label, running.place.operation] = running.task
        return False, running.place.as_json()

    def fetch(self, label: str, operation: str) -> "asyncio.Future[Json] | None":
        """Return an operation that was answered 202, or None."""
        return self._kept.get((label, operation))

    def forget(self, label: str, operation: str) -> None:
        """Drop an operation whose result was fetched."""
        self._kept.pop((label, operation), None)
