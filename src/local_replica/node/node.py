"""A chain on its own thread: requests wait for it, blocks batch what has come in, answers go to who waits."""

import asyncio
import time
import traceback
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial
from typing import Any, TypeVar

from local_replica.ingress import BadIngress, Ingress, IngressStatus, Refused
from local_replica.node.chain import Chain
from local_replica.state import Changes
from local_replica.store import StateNotStored

T = TypeVar("T")

HEARTBEAT_SECONDS = 1.0
"""Blocks are made at least this often, for heartbeats and the clock that certificates show."""

BREATH_SECONDS = 0.005
"""Pause between blocks when nobody outside waits: canisters that call each other for ever do not burn a core."""


class NodeHalted(Exception):
    """A block could not be stored; the node takes and tells nothing any more."""


@dataclass(slots=True)
class _Block:
    submitted: list[bytes | Refused | BadIngress]
    changes: Changes
    idle: bool
    next_timer_ns: int | None


class Node:
    """One chain and those who wait for it. All methods belong to one event loop."""

    def __init__(self, chain: Chain, on_halt: Callable[[NodeHalted], None] | None = None) -> None:
        """Take over `chain`. `on_halt` is told when the node can't go on."""
        self.chain = chain
        self.halted: NodeHalted | None = None
        self._on_halt = on_halt
        self._thread = ThreadPoolExecutor(max_workers=1, thread_name_prefix="replica")
        self._waiting: dict[bytes, list[asyncio.Future[IngressStatus]]] = {}
        self._pending: list[tuple[Ingress, asyncio.Future[bytes]]] = []
        self._wake = asyncio.Event()
        self._blocks: asyncio.Task[None] | None = None

    async def run(self, work: Callable[[Chain], T]) -> T:
        """Run `work` alone on the chain's thread and return its result. Raises what it raises, and NodeHalted."""
        if self.halted is not None:
            raise self.halted
        try:
            return await asyncio.get_running_loop().run_in_executor(self._thread, work, self.chain)
        except StateNotStored as error:
            raise self._halt(str(error)) from error

    def _halt(self, why: str) -> NodeHalted:
        if self.halted is None:
            self.halted = NodeHalted(why)
            for futures in self._waiting.values():
                _fail(futures, self.halted)
            _fail([future for _, future in self._pending], self.halted)
            if self._on_halt is not None:
                self._on_halt(self.halted)
        return self.halted

    async def make_block(self) -> None:
        """Run one round now and tell those who wait for its answers. Raises NodeHalted."""
        self._tell(await self.run(Chain.run_block))

    def _tell(self, changes: Changes) -> None:
        for message_id, status in changes.ingress.items():
            if status is not None and status.is_final:
                for future in self._waiting.pop(message_id, ()):
                    if not future.done():
                        future.set_result(status)

    async def submit(self, ingress: Ingress) -> bytes:
        """Hand in a message; returns its id. Raises Refused, BadIngress, NodeHalted.

        While blocks are made by themselves the message has been through one (and is on disk) on return.
        """
        if self._blocks is None:
            return await self.run(lambda chain: chain.replica.submit_ingress(ingress))
        if self.halted is not None:
            raise self.halted
        future: asyncio.Future[bytes] = asyncio.get_running_loop().create_future()
        self._pending.append((ingress, future))
        self._wake.set()
        return await future

    def expect(self, message_id: bytes) -> "asyncio.Future[IngressStatus]":
        """Return a future of a message's answer, which may come with any later block."""
        future: asyncio.Future[IngressStatus] = asyncio.get_running_loop().create_future()
        self._waiting.setdefault(message_id, []).append(future)
        future.add_done_callback(partial(self._no_longer_expected, message_id))
        return future

    def _no_longer_expected(self, message_id: bytes, future: "asyncio.Future[IngressStatus]") -> None:
        others = self._waiting.get(message_id, [])
        if future in others:
            others.remove(future)
        if not others:
            self._waiting.pop(message_id, None)

    @property
    def makes_blocks(self) -> bool:
        """Whether blocks are made by themselves."""
        return self._blocks is not None

    def start_blocks(self, delay_seconds: float = 0.0) -> None:
        """Make blocks by themselves from now on, in real time, `delay_seconds` apart at least."""
        if self._blocks is None:
            self._blocks = asyncio.get_running_loop().create_task(self._make_blocks(delay_seconds))
            self._blocks.add_done_callback(self._blocks_ended)

    def _blocks_ended(self, blocks: "asyncio.Task[None]") -> None:
        if not blocks.cancelled() and (error := blocks.exception()) is not None:
            traceback.print_exception(error)
            self._halt(f"a block failed: {error!r}")

    async def stop_blocks(self) -> None:
        """Make no more blocks by themselves; returns when the last one is finished."""
        blocks, self._blocks = self._blocks, None
        if blocks is not None:
            blocks.cancel()
            await asyncio.gather(blocks, return_exceptions=True)
            pending, self._pending = self._pending, []
            for ingress, future in pending:
                _settle(future, await self.run(partial(_submit, ingress)))

    async def _make_blocks(self, delay_seconds: float) -> None:
        while True:
            batch, self._pending = self._pending, []
            self._wake.clear()
            work = self.run(partial(_block, [ingress for ingress, _ in batch]))
            try:
                block = await asyncio.shield(asyncio.ensure_future(work))
            except NodeHalted as halted:
                _fail([future for _, future in batch], halted)
                return
            for (_, future), result in zip(batch, block.submitted, strict=True):
                _settle(future, result)
            self._tell(block.changes)
            await self._pause(block, delay_seconds)

    async def _pause(self, block: _Block, delay_seconds: float) -> None:
        if delay_seconds:
            await asyncio.sleep(delay_seconds)
        if self._pending:
            return
        if not block.idle:
            await asyncio.sleep(0 if self._waiting else BREATH_SECONDS)
            return
        seconds = HEARTBEAT_SECONDS
        if block.next_timer_ns is not None:
            seconds = min(seconds, max(BREATH_SECONDS, (block.next_timer_ns - time.time_ns()) / 1e9))
        try:
            await asyncio.wait_for(self._wake.wait(), seconds)
        except TimeoutError:
            return

    async def close(self) -> None:
        """Stop, wait for what runs, and give everything free."""
        await self.stop_blocks()
        await asyncio.get_running_loop().run_in_executor(self._thread, self.chain.close)
        self._thread.shutdown()


def _submit(ingress: Ingress, chain: Chain) -> bytes | Refused | BadIngress:
    try:
        return chain.replica.submit_ingress(ingress)
    except (Refused, BadIngress) as refusal:
        return refusal


def _block(batch: list[Ingress], chain: Chain) -> _Block:
    """One block in real time: take the batch in, run a round, keep and certify it."""
    replica = chain.replica
    replica.set_time(max(time.time_ns(), replica.time_ns))
    submitted = [_submit(ingress, chain) for ingress in batch]
    changes = chain.run_block()
    return _Block(submitted, changes, replica.is_idle(), replica.next_timer_ns())


def _settle(future: asyncio.Future[bytes], result: bytes | Refused | BadIngress) -> None:
    if future.done():
        return
    if isinstance(result, bytes):
        future.set_result(result)
    else:
        future.set_exception(result)


def _fail(futures: "Iterable[asyncio.Future[Any]]", error: NodeHalted) -> None:
    for future in list(futures):
        if not future.done():
            future.set_exception(error)
