"""The process behind `pocket-ic-local`: serves until a signal, the end of its client, or too long a silence."""

import asyncio
import math
import os
import re
import socket
from collections.abc import Callable
from pathlib import Path

import uvicorn

from local_replica.execution import WasmtimeExecutor
from local_replica.execution.code_cache import code_cache
from local_replica.http.ending import SECONDS_TO_FINISH, end_on_signals
from local_replica.http.quiet_server import QuietServer
from local_replica.rest.connection import Connection
from local_replica.rest.server import RestServer

DEFAULT_TTL_SECONDS = 60
WATCH_SECONDS = 0.5

_CLIENT_OF_PORT_FILE = re.compile(r"pocket_ic_(\d+)\.port")


def run(listening: socket.socket, port_file: Path | None, ttl: float | None) -> None:
    """Serve on a bound socket; its port is written to `port_file`.

    Lives on for `ttl` seconds without a request. None: as long as the process that the port file is named after, and
    without such a one for a minute, as PocketIC does.
    """
    asyncio.run(_serve(listening, port_file, ttl))


async def _serve(listening: socket.socket, port_file: Path | None, ttl: float | None) -> None:
    rest = RestServer(WasmtimeExecutor(code_cache()))
    connection = Connection(rest.application())
    config = uvicorn.Config(
        connection,
        log_level="warning",
        lifespan="off",
        access_log=False,
        timeout_graceful_shutdown=SECONDS_TO_FINISH,
    )
    server = QuietServer(config)
    end = end_on_signals(server, lambda: _remove(port_file))
    client = _client_of(port_file)
    if ttl is None:
        ttl = DEFAULT_TTL_SECONDS if client is None else math.inf
    watcher = asyncio.get_running_loop().create_task(_watch(end, connection.idle_seconds, ttl, client))
    if port_file is not None:
        _write(port_file, listening.getsockname()[1])
    await server.serve(sockets=[listening])
    watcher.cancel()
    await rest.close()


def _write(port_file: Path, port: int) -> None:
    port_file.write_text(f"{port}\n")


def _remove(port_file: Path | None) -> None:
    if port_file is not None:
        port_file.unlink(missing_ok=True)


async def _watch(end: Callable[[], None], idle_seconds: Callable[[], float], ttl: float, client: int | None) -> None:
    """End when nobody asked for `ttl` seconds, or when the client's process is gone."""
    while idle_seconds() < ttl and (client is None or _lives(client)):  # noqa: ASYNC110 - nobody sets an event
        await asyncio.sleep(WATCH_SECONDS)
    end()


def _client_of(port_file: Path | None) -> int | None:
    """The process that the port file is named after, which is the client's, if it lives."""
    match = _CLIENT_OF_PORT_FILE.search(port_file.name) if port_file is not None else None
    client = int(match.group(1)) if match else 0
    return client if client and _lives(client) else None


def _lives(process: int) -> bool:
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True
