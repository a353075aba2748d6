"""A chain on its own thread: requests wait for it, blocks batch what has come in, answers go to who waits.

The next block runs while the last ones are written to disk, and several may share one write. Nothing that a block
did, be it an answer, a certificate or what a query saw, is told before that block is on disk.
"""

import asyncio
import contextlib
import time
import traceback
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from functools import partial
from typing import TypeVar

from local_replica.ingress import BadIngress, Ingress, IngressStatus, Refused
from local_replica.node.chain import Chain
from local_replica.node.waiting import Waiting, fail, settle
from local_replica.state import Changes
from local_replica.store import StateNotStored

T = TypeVar("T")
Submitted = bytes | Refused | BadIngress
Batch = list[tuple[Ingress, "asyncio.Future[bytes]"]]

HEARTBEAT_SECONDS = 1.0
"""Blocks are made at least this often, for heartbeats and the clock that certificates show."""

BREATH_SECONDS = 0.005
"""Pause between blocks when nobody outside waits: canisters that call each other for ever do not burn a core."""

BLOCKS_AHEAD = 8
"""How many blocks may run before the first of them is on disk."""


class NodeHalted(Exception):
    """A block could not be stored, or broke; the node takes and tells nothing any more."""


@dataclass(slots=True)
class _Block:
    number: int
    submitted: list[Submitted]
    changes: Changes
    idle: bool
    next_timer_ns: int | None
    has_outcalls: bool
    batch: Batch = field(default_factory=list)


class Node:
    """One chain and those who wait for it. All methods belong to one event loop."""

    def __init__(self, chain: Chain) -> None:
        """Take over `chain`."""
        self.chain = chain
        self.halted: NodeHalted | None = None
        self.on_halt: Callable[[], None] | None = None
        """Called when the node can't go on."""
        self._thread = ThreadPoolExecutor(max_workers=1, thread_name_prefix="replica")
        self._disk = ThreadPoolExecutor(max_workers=1, thread_name_prefix="store")
        self._answers: Waiting[bytes, IngressStatus] = Waiting()
        self._durable: Waiting[int, None] = Waiting()
        self._durable_block = chain.blocks
        self._undurable: list[_Block] = []
        self._writing: asyncio.Task[None] | None = None
        self._pending: Batch = []
        self._wake = asyncio.Event()
        self._blocks: asyncio.Task[None] | None = None
        self.outcalls_waiting = asyncio.Event()
        """Set by each block after which HTTPS outcalls wait."""

    async def run(self, work: Callable[[Chain], T]) -> T:
        """Run `work` alone on the chain's thread; returns its result once all that it saw is on disk.

        Raises what it raises, and NodeHalted.
        """
        result, number = await self._on_thread(lambda chain: (work(chain), chain.blocks))
        await self._until_durable(number)
        return result

    async def _on_thread(self, work: Callable[[Chain], T]) -> T:
        if self.halted is not None:
            raise self.halted
        return await asyncio.get_running_loop().run_in_executor(self._thread, work, self.chain)

    async def _until_durable(self, number: int) -> None:
        if self.halted is not None:
            raise self.halted
        if number > self._durable_block:
            await self._durable.expect(number)

    def _halt(self, why: str) -> NodeHalted:
        if self.halted is None:
            self.halted = NodeHalted(why)
            self._answers.fail(self.halted)
            self._durable.fail(self.halted)
            batches = [self._pending, *(block.batch for block in self._undurable)]
            fail([future for batch in batches for _, future in batch], self.halted)
            if self.on_halt is not None:
                self.on_halt()
        return self.halted

    async def make_block(self) -> None:
        """Run one round now; returns when it is on disk and those who wait for its answers are told."""
        await self._until_durable((await self._make_block([])).number)

    async def _make_block(self, batch: Batch) -> _Block:
        """Run a block to its end, also when the caller is cancelled meanwhile. Raises NodeHalted."""
        work = partial(_block, [ingress for ingress, _ in batch], self.makes_blocks)
        working = asyncio.ensure_future(self._on_thread(work))
        working.add_done_callback(partial(self._worked, batch))
        await asyncio.wait({working})
        if self.halted is not None and working.exception() is not None:
            raise self.halted
        return working.result()

    def _worked(self, batch: Batch, working: "asyncio.Future[_Block]") -> None:
        error = asyncio.CancelledError() if working.cancelled() else working.exception()
        if error is None:
            self._made(working.result(), batch)
            return
        if self.halted is None:
            traceback.print_exception(error)
        fail([future for _, future in batch], self._halt(f"a block failed: {error!r}"))

    def _made(self, block: _Block, batch: Batch) -> None:
        block.batch = batch
        if self.halted is not None:
            fail([future for _, future in batch], self.halted)
            return
        if block.has_outcalls:
            self.outcalls_waiting.set()
        if not self.chain.is_stored:
            self._tell([block])
            return
        self._undurable.append(block)
        if self._writing is None:
            self._writing = asyncio.get_running_loop().create_task(self._write())
            self._writing.add_done_callback(self._ended("a block could not be stored"))

    async def _write(self) -> None:
        """Write what blocks have left, several at once when they come faster than the disk takes them."""
        loop = asyncio.get_running_loop()
        while self._undurable and self.halted is None:
            blocks = list(self._undurable)
            try:
                await loop.run_in_executor(self._disk, self.chain.store, [block.changes for block in blocks])
            except StateNotStored as error:
                self._halt(str(error))
                break
            del self._undurable[: len(blocks)]
            self._tell(blocks)
        self._writing = None

    def _tell(self, blocks: list[_Block]) -> None:
        for block in blocks:
            self._durable_block = block.number
            self._durable.tell(block.number, None)
            for (_, future), result in zip(block.batch, block.submitted, strict=True):
                settle(future, result)
            for message_id, status in block.changes.ingress.items():
                if status is not None and status.is_final:
                    self._answers.tell(message_id, status)

    async def submit(self, ingress: Ingress) -> bytes:
        """Hand in a message; returns its id. Raises Refused, BadIngress, NodeHalted.

        While blocks are made by themselves the message has been through one (and is on disk) on return.
        """
        if self._blocks is None:
            return await self.run(lambda chain: chain.submit(ingress))
        if self.halted is not None:
            raise self.halted
        future: asyncio.Future[bytes] = asyncio.get_running_loop().create_future()
        self._pending.append((ingress, future))
        self._wake.set()
        return await future

    def expect(self, message_id: bytes) -> "asyncio.Future[IngressStatus]":
        """Return a future of a message's answer, which may come with any later block."""
        return self._answers.expect(message_id)

    @property
    def makes_blocks(self) -> bool:
        """Whether blocks are made by themselves."""
        return self._blocks is not None

    def start_blocks(self, delay_seconds: float = 0.0) -> None:
        """Make blocks by themselves from now on, in real time, `delay_seconds` apart at least."""
        if self._blocks is None:
            self._blocks = asyncio.get_running_loop().create_task(self._make_blocks(delay_seconds))
            self._blocks.add_done_callback(self._ended("a block failed"))

    def _ended(self, what: str) -> "Callable[[asyncio.Task[None]], None]":
        """Makes what is called at the end of a task whose failure nobody foresaw: the node halts then."""

        def ended(task: "asyncio.Task[None]") -> None:
            if not task.cancelled() and (error := task.exception()) is not None and self.halted is None:
                traceback.print_exception(error)
                self._halt(f"{what}: {error!r}")

        return ended

    async def stop_blocks(self) -> None:
        """Make no more blocks by themselves; what is asked from now on comes after the one under way."""
        blocks, self._blocks = self._blocks, None
        if blocks is None:
            return
        blocks.cancel()
        await asyncio.gather(blocks, return_exceptions=True)
        batch, self._pending = self._pending, []
        if batch and self.halted is None:
            await self._until_durable((await self._make_block(batch)).number)

    async def _make_blocks(self, delay_seconds: float) -> None:
        while True:
            batch, self._pending = self._pending, []
            self._wake.clear()
            block = await self._make_block(batch)
            await self._until_durable(block.number - BLOCKS_AHEAD)
            await self._pause(block, delay_seconds)

    async def _pause(self, block: _Block, delay_seconds: float) -> None:
        if delay_seconds:
            await asyncio.sleep(delay_seconds)
        if self._pending:
            return
        if not block.idle:
            await asyncio.sleep(0 if self._answers else BREATH_SECONDS)
            return
        seconds = HEARTBEAT_SECONDS
        if block.next_timer_ns is not None:
            seconds = min(seconds, max(BREATH_SECONDS, (block.next_timer_ns - time.time_ns()) / 1e9))
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                await self._wake.wait()

    async def close(self) -> None:
        """Stop, wait for what runs, and give everything free; who asks for anything later gets NodeHalted."""
        await self.stop_blocks()
        if self._writing is not None:
            await asyncio.wait({self._writing})
        self.on_halt = None
        self._halt("this instance is gone")
        await asyncio.get_running_loop().run_in_executor(self._thread, self.chain.close)
        self._thread.shutdown()
        self._disk.shutdown()


def _submit(ingress: Ingress, chain: Chain) -> Submitted:
    try:
        return chain.submit(ingress)
    except (Refused, BadIngress) as refusal:
        return refusal


def _block(batch: list[Ingress], real_time: bool, chain: Chain) -> _Block:
    """Take the batch in and run a round, in real time or at the time that was set."""
    replica = chain.replica
    if real_time:
        replica.set_time(max(time.time_ns(), replica.time_ns))
    submitted = [_submit(ingress, chain) for ingress in batch]
    changes = chain.run_block()
    return _Block(
        chain.blocks, submitted, changes, replica.is_idle(), replica.next_timer_ns(), bool(replica.outcalls())
    )
