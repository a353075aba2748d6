"""One replica in real time behind the IC HTTP API: what `local-replica start` runs."""

import asyncio
import gc
import socket
import time
from dataclasses import dataclass
from pathlib import Path

import uvicorn
import uvloop

from local_replica.config import ReplicaConfig, SubnetConfig, SubnetKind
from local_replica.execution import WasmtimeExecutor
from local_replica.execution.code_cache import code_cache
from local_replica.execution.metering import MeteredExecutor
from local_replica.execution.port import Executor
from local_replica.http.application import single_replica
from local_replica.http.ending import SECONDS_TO_FINISH, end_on_signals
from local_replica.http.listening import LOOPBACK, listen
from local_replica.http.quiet_server import QuietServer
from local_replica.node import Chain, Node, open_stored

DEFAULT_PORT = 4943

_RARELY = (50_000, 20, 100)
"""Thresholds of the garbage collector: what a message leaves is answers and tree nodes, which are no garbage."""


@dataclass(frozen=True, slots=True)
class Settings:
    """What to serve: a port of 127.0.0.1, a directory for the state (None: memory only), the seed of all keys.

    `port_file` is written once requests are taken, for whoever started this process.
    """

    port: int = DEFAULT_PORT
    state_dir: Path | None = None
    seed: str = "local-replica"
    port_file: Path | None = None


def serve(settings: Settings) -> str | None:
    """Serve until a signal comes; returns why it had to end by itself, if it had. Raises StoreError, OSError."""
    listening = listen(settings.port)
    meter = MeteredExecutor(WasmtimeExecutor(code_cache()))
    chain = open_chain(settings, meter)
    gc.freeze()
    gc.set_threshold(*_RARELY)
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        return runner.run(_serve(settings, listening, chain, meter))


def _announce(settings: Settings, port: int, root_key: bytes) -> None:
    where = "memory only" if settings.state_dir is None else f"state in {settings.state_dir}"
    address = f"http://{LOOPBACK}:{port}"
    print(f"local-replica at {address} (root key …{root_key.hex()[-16:]}, {where})", flush=True)  # noqa: T201 - its one line
    if settings.port_file is not None:
        settings.port_file.write_text(f"{port}\n")


def open_chain(settings: Settings, executor: Executor) -> Chain:
    """Create the replica, or load it from the state directory. Raises StoreError."""
    subnets = (SubnetConfig(SubnetKind.NNS), SubnetConfig(SubnetKind.APPLICATION))
    config = ReplicaConfig(subnets, settings.seed.encode(), time.time_ns())
    if settings.state_dir is None:
        return Chain(config, executor)
    return open_stored(settings.state_dir, config, executor)


async def _serve(settings: Settings, listening: socket.socket, chain: Chain, meter: MeteredExecutor) -> str | None:
    node = Node(chain)
    config = uvicorn.Config(
        single_replica(node, meter),
        log_level="warning",
        access_log=False,
        lifespan="off",
        timeout_graceful_shutdown=SECONDS_TO_FINISH,
    )
    server = QuietServer(config)
    node.on_halt = end_on_signals(server)
    node.start_blocks()
    _announce(settings, listening.getsockname()[1], chain.certifier.root_key)
    await server.serve(sockets=[listening])
    reason = node.halted
    await node.close()
    return None if reason is None else str(reason)
