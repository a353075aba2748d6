"""The instances of a server, by number; a deleted one leaves its number behind."""

import asyncio
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path

from local_replica.execution.port import Executor
from local_replica.node import Chain, ChainSnapshot, Node, open_stored
from local_replica.rest.errors import CreationError, NoAnswer, RestError
from local_replica.rest.live import LiveOutcalls
from local_replica.rest.pending import Turnstile
from local_replica.rest.wishes import Wish
from local_replica.store import StoreError


@dataclass(slots=True)
class Instance:
    """One replica with the snapshots taken of it."""

    node: Node
    snapshots: dict[int, ChainSnapshot] = field(default_factory=dict)
    numbers: Iterator[int] = field(default_factory=count)
    turnstile: Turnstile = field(default_factory=Turnstile)
    live: LiveOutcalls = field(init=False)

    def __post_init__(self) -> None:
        self.live = LiveOutcalls(self.node)

    def start_progress(self, delay_seconds: float = 0.0) -> None:
        """Make blocks and outcalls by itself from now on."""
        self.node.start_blocks(delay_seconds)
        self.live.start()

    async def stop_progress(self) -> None:
        """Make neither any more."""
        await self.live.stop()
        await self.node.stop_blocks()

    async def close(self) -> None:
        """Stop and give everything free."""
        await self.live.stop()
        await self.node.close()


class Instances:
    """All instances of one server; None stands for a deleted one."""

    def __init__(self, executor: Executor) -> None:
        self._executor = executor
        self._all: list[Instance | None] = []

    async def create(self, wish: Wish) -> int:
        """Create an instance and return its number. Raises CreationError."""
        node = await asyncio.get_running_loop().run_in_executor(None, self._make, wish)
        instance = Instance(node)
        self._all.append(instance)
        if wish.auto_progress:
            instance.start_progress(wish.delay_ms / 1000)
        return len(self._all) - 1

    def _make(self, wish: Wish) -> Node:
        if wish.state_dir is None:
            return Node(Chain(wish.config, self._executor))
        try:
            return Node(open_stored(Path(wish.state_dir), wish.config, self._executor))
        except (StoreError, OSError, ValueError) as error:  # a ValueError for what is no path
            raise CreationError(str(error)) from error

    def get(self, number: int) -> Instance:
        """Return an instance. Raises RestError."""
        if number >= len(self._all):
            raise RestError('UpdateError { message: "Instance not found" }')
        instance = self._all[number]
        if instance is None:
            raise RestError('UpdateError { message: "Instance was deleted" }')
        return instance

    def find(self, number: int) -> Instance | None:
        """Return an instance, None for a deleted one. Raises NoAnswer for one that never was."""
        if number >= len(self._all):
            raise NoAnswer
        return self._all[number]

    async def delete(self, number: int) -> None:
        """Delete an instance; again does nothing. Raises NoAnswer for one that never was."""
        instance = self.find(number)
        if instance is not None:
            await instance.turnstile.free()
        if self._all[number] is instance:
            self._all[number] = None
            if instance is not None:
                await instance.close()

    def statuses(self) -> list[str]:
        """Tell of each number whether it is in use."""
        return [_status(instance) for instance in self._all]

    async def close(self) -> None:
        """Delete all instances."""
        for number in range(len(self._all)):
            await self.delete(number)


def _status(instance: Instance | None) -> str:
    if instance is None:
        return "Deleted"
    running = instance.turnstile.running
    return "Available" if running is None else f"Busy({running.place})"
