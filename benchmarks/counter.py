"""A counter module in this process with its state on disk: updates, queries and traps per second."""

import asyncio
import itertools
import tempfile
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from time import perf_counter, process_time

import wasmtime

from benchmarks.bench_replica import ANONYMOUS, ROOT
from benchmarks.figures import Figure
from candid import Principal
from local_replica.execution import WasmtimeExecutor
from local_replica.http.serve import Settings, open_chain
from local_replica.ingress import Ingress, Query, Refused
from local_replica.node import Node
from vex.deployment import Management

IN_FLIGHT = 64
SECONDS = 3.0

COUNTER = """
(module
  (import "ic0" "msg_reply" (func $reply))
  (import "ic0" "msg_reply_data_append" (func $append (param i32 i32)))
  (import "ic0" "trap" (func $trap (param i32 i32)))
  (memory 1)
  (data (i32.const 8) "no more")
  (func $one_more (i32.store (i32.const 0) (i32.add (i32.load (i32.const 0)) (i32.const 1))))
  (func $tell (call $append (i32.const 0) (i32.const 4)) (call $reply))
  (func (export "canister_update inc") (call $one_more) (call $tell))
  (func (export "canister_update inc_and_trap") (call $one_more) (call $trap (i32.const 8) (i32.const 7)))
  (func (export "canister_query get") (call $tell)))
"""
"""Counts on its heap and tells the count as a little-endian 32-bit number."""


class NodeCaller:
    """One anonymous client of a node in this process: a `vex.canister.Transport`."""

    def __init__(self, node: Node) -> None:
        self.node = node
        self.principal = ANONYMOUS
        self._numbers = itertools.count()

    async def update(
        self, canister_id: Principal, method: str, arg: bytes, *, effective: Principal | None = None
    ) -> bytes:
        """Hand a message in and wait until its answer is on disk. Raises Refused."""
        message_id = next(self._numbers).to_bytes(32)
        answer = self.node.expect(message_id)
        target = None if effective is None else effective.bytes
        ingress = Ingress(self.principal.bytes, canister_id.bytes, method, arg, message_id, effective_id=target)
        await self.node.submit(ingress)
        status = await answer
        if status.reject is not None:
            raise Refused(status.reject)
        return status.reply or b""

    async def query(self, canister_id: Principal, method: str, arg: bytes) -> bytes:
        """Ask. Raises Refused."""
        asked = Query(self.principal.bytes, canister_id.bytes, method, arg)
        return await self.node.run(lambda chain: chain.replica.query(asked))


async def measured_counter(seconds: float = SECONDS) -> list[Figure]:
    """Each with 64 in flight and every answer on disk before it is told; CPU is that of all threads."""
    async with _counter() as (caller, counter):

        async def inc() -> None:
            await caller.update(counter, "inc", b"")

        async def trap() -> None:
            try:
                await caller.update(counter, "inc_and_trap", b"")
            except Refused:
                return

        async def get() -> None:
            await caller.query(counter, "get", b"")

        return [
            await _rate("counter_updates", inc, seconds),
            await _rate("counter_traps", trap, seconds),
            await _rate("counter_queries", get, seconds),
        ]


@asynccontextmanager
async def _counter() -> AsyncIterator[tuple[NodeCaller, Principal]]:
    with tempfile.TemporaryDirectory() as folder:
        chain = open_chain(Settings(state_dir=Path(folder)), WasmtimeExecutor(ROOT / ".cache" / "wasmtime"))
        node = Node(chain)
        node.start_blocks()
        caller = NodeCaller(node)
        management = Management(caller)
        counter = await management.create(Principal(chain.replica.default_effective_canister_id()), 10**17)
        await management.install(counter, bytes(wasmtime.wat2wasm(COUNTER)), b"")
        yield caller, counter
        await node.close()


async def _rate(name: str, send: Callable[[], Awaitable[None]], seconds: float) -> Figure:
    done = 0
    began, burned = perf_counter(), process_time()

    async def client() -> None:
        nonlocal done
        while perf_counter() - began < seconds:
            await send()
            done += 1

    await asyncio.gather(*(client() for _ in range(IN_FLIGHT)))
    cpu_ms = (process_time() - burned) / done * 1000
    note = f"{IN_FLIGHT} in flight, on disk; {cpu_ms:.2f} ms of CPU each"
    return Figure(name, per_second=round(done / (perf_counter() - began)), note=note)
