"""A node tells nothing before it is on disk, shares writes, and halts when the disk fails."""

import asyncio
import threading
from collections.abc import Callable, Coroutine, Iterator, Sequence
from typing import Any

import pytest

from candid import encode
from candid.types import NAT, Field, Opt, Record
from local_replica.config import ReplicaConfig
from local_replica.execution import WasmtimeExecutor
from local_replica.ingress import Ingress, Refused
from local_replica.node import Chain, Node, NodeHalted
from local_replica.state import Changes, ReplicaState
from local_replica.store import StateNotStored
from support.in_process_driver import install_arg
from support.small_modules import COUNTER, DOORMAN, compiled

ANONYMOUS = b"\4"
AMOUNT = Record((Field("amount", Opt(NAT)),))
METHOD, NO_AMOUNT = "provisional_create_canister_with_cycles", encode([AMOUNT], [{}])


class SlowStore:
    """Stores nothing, and only when it is let."""

    def __init__(self) -> None:
        self.open = threading.Event()
        self.open.set()
        self.writes: list[int] = []
        self.full = False
        self.broken = False

    def load(self) -> ReplicaState | None:
        return None

    def commit(self, blocks: Sequence[Changes]) -> None:
        assert self.open.wait(10)
        if self.full:
            raise StateNotStored("state could not be stored: database or disk is full")
        if self.broken:
            raise OverflowError("too large")
        self.writes.append(len(blocks))

    def close(self) -> None:
        self.open.set()


@pytest.fixture
def store() -> Iterator[SlowStore]:
    made = SlowStore()
    yield made
    made.open.set()


def with_node(store: SlowStore, scenario: Callable[[Node, bytes], Coroutine[Any, Any, None]]) -> None:
    """Run a scenario with a node that makes blocks and a counter on it."""

    async def run() -> None:
        node = Node(Chain(ReplicaConfig(), WasmtimeExecutor(), store))  # type: ignore[arg-type] # as much of a store
        node.start_blocks()
        try:
            created = await call(
                node, b"", "provisional_create_canister_with_cycles", encode([AMOUNT], [{"amount": 10**15}])
            )
            counter = created[-10:]
            await call(node, b"", "install_code", install_arg(counter, "install", compiled(COUNTER), b""), counter)
            await scenario(node, counter)
        finally:
            store.open.set()
            await node.close()

    asyncio.run(asyncio.wait_for(run(), 30))


async def call(node: Node, canister: bytes, method: str, arg: bytes = b"", effective: bytes | None = None) -> bytes:
    message_id = await node.submit(Ingress(ANONYMOUS, canister, method, arg, effective_id=effective))
    status = await node.run(lambda chain: chain.replica.ingress_status(message_id))
    while status is None or not status.is_final:
        async with asyncio.timeout(10):
            status = await node.expect(message_id)
    return status.reply or b""


async def settled() -> None:
    await asyncio.sleep(0.1)


def test_neither_answers_nor_queries_nor_certificates_are_told_before_the_write(store: SlowStore) -> None:
    async def scenario(node: Node, counter: bytes) -> None:
        store.open.clear()
        update = asyncio.create_task(call(node, counter, "inc"))
        await settled()
        looks = [
            asyncio.create_task(node.run(lambda chain: chain.replica.canister_ids(next(iter(chain.keys))))),
            asyncio.create_task(node.run(lambda chain: chain.certifier.certificate(next(iter(chain.keys)), []))),
        ]
        await settled()
        assert not update.done()
        assert not any(look.done() for look in looks)
        store.open.set()
        await asyncio.gather(update, *looks)

    with_node(store, scenario)


def test_blocks_that_come_while_the_disk_is_busy_share_a_write(store: SlowStore) -> None:
    async def scenario(node: Node, counter: bytes) -> None:
        store.open.clear()
        updates = []
        for _ in range(5):
            updates.append(asyncio.create_task(call(node, counter, "inc")))
            await settled()
        store.writes.clear()
        store.open.set()
        await asyncio.gather(*updates)
        assert len(store.writes) < 5
        assert sum(store.writes) >= 5

    with_node(store, scenario)


def test_a_disk_that_fails_halts_the_node_and_everyone_is_told(store: SlowStore) -> None:
    async def scenario(node: Node, counter: bytes) -> None:
        store.full = True
        with pytest.raises(NodeHalted, match="full"):
            await call(node, counter, "inc")
        for again in (call(node, counter, "inc"), node.run(lambda chain: chain.blocks), node.make_block()):
            with pytest.raises(NodeHalted, match="full"):
                await again

    with_node(store, scenario)


def test_a_write_that_fails_in_an_unknown_way_halts_the_node_too(store: SlowStore) -> None:
    async def scenario(node: Node, counter: bytes) -> None:
        store.broken = True
        for _ in range(2):
            with pytest.raises(NodeHalted, match="too large"):
                await call(node, counter, "inc")

    with_node(store, scenario)


def test_a_message_of_the_block_that_runs_while_the_disk_fails_is_told(store: SlowStore) -> None:
    async def scenario(node: Node, counter: bytes) -> None:
        store.open.clear()
        store.full = True
        updates = [asyncio.create_task(call(node, counter, "inc"))]
        await settled()
        running, proceed = threading.Event(), threading.Event()

        def hold(_: Chain) -> None:
            running.set()
            proceed.wait(10)

        held = asyncio.create_task(node.run(hold))
        updates.append(asyncio.create_task(call(node, counter, "inc")))
        await asyncio.to_thread(running.wait, 10)
        await settled()
        store.open.set()
        await settled()
        proceed.set()
        results = await asyncio.gather(*updates, held, return_exceptions=True)
        assert [type(result) for result in results] == [NodeHalted] * 3

    with_node(store, scenario)


@pytest.mark.parametrize("by_itself", [True, False])
def test_a_block_that_breaks_halts_the_node(monkeypatch: pytest.MonkeyPatch, by_itself: bool) -> None:
    async def run() -> None:
        node = Node(Chain(ReplicaConfig(), WasmtimeExecutor()))
        monkeypatch.setattr(node.chain, "run_block", lambda: 1 // 0)
        if by_itself:
            node.start_blocks()
        asked = node.submit(Ingress(ANONYMOUS, b"", METHOD, NO_AMOUNT)) if by_itself else node.make_block()
        for one in (asked, node.run(lambda chain: chain.blocks), node.make_block()):
            with pytest.raises(NodeHalted, match="a block failed: ZeroDivisionError"):
                await one
        await node.close()

    asyncio.run(asyncio.wait_for(run(), 30))


def test_who_asks_a_closed_node_is_told_that_it_is_gone() -> None:
    async def run() -> None:
        node = Node(Chain(ReplicaConfig(), WasmtimeExecutor()))
        waiting = node.expect(bytes(32))
        await node.close()
        submitted = node.submit(Ingress(ANONYMOUS, b"", "raw_rand"))
        for asked in (waiting, node.run(lambda chain: chain.blocks), submitted, node.make_block()):
            with pytest.raises(NodeHalted, match="gone"):
                await asked

    asyncio.run(asyncio.wait_for(run(), 30))


def test_a_refused_message_is_told_to_who_sent_it_alone(store: SlowStore) -> None:
    async def scenario(node: Node, counter: bytes) -> None:
        install = install_arg(counter, "reinstall", compiled(DOORMAN), b"")
        await call(node, b"", "install_code", install, counter)
        answers = await asyncio.gather(
            *(node.submit(Ingress(ANONYMOUS, counter, method)) for method in ("open", "closed", "open")),
            return_exceptions=True,
        )
        assert [isinstance(answer, Refused) for answer in answers] == [False, True, False]

    with_node(store, scenario)


def test_what_is_pending_when_blocks_stop_still_gets_its_block(store: SlowStore) -> None:
    async def scenario(node: Node, counter: bytes) -> None:
        update = asyncio.create_task(call(node, counter, "inc"))
        await asyncio.sleep(0)
        await node.stop_blocks()
        assert len(await update) == 12

    with_node(store, scenario)
