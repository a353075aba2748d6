"""HTTP gateways: one more port each, with one instance's IC HTTP API and its canisters' web pages."""

import asyncio
import errno
import ipaddress
import secrets
import socket
from dataclasses import asdict, dataclass
from pathlib import Path

import uvicorn
from starlette.types import ASGIApp

from local_replica.http.application import single_replica
from local_replica.http.ending import SECONDS_TO_FINISH
from local_replica.http.gateway.resolving import DOMAIN
from local_replica.http.listening import LOOPBACK, is_localhost, listen
from local_replica.http.quiet_server import QuietServer
from local_replica.rest.errors import CreationError
from local_replica.rest.instances import Instance
from local_replica.rest.wishes import GatewayWish, HttpsWish


@dataclass(slots=True)
class _Gateway:
    number: int
    instance: int
    port: int
    wish: GatewayWish
    server: QuietServer
    task: "asyncio.Task[None]"


class Gateways:
    """The gateways of one server."""

    def __init__(self) -> None:
        self._running: dict[int, _Gateway] = {}
        self._made = 0

    async def open(self, number: int, instance: Instance, wish: GatewayWish) -> tuple[int, int]:
        """Serve an instance on a port; returns number and port. Raises CreationError."""
        host = wish.address or LOOPBACK
        try:
            listening = listen(wish.port, _loopback(host))
        except OSError as error:
            raise CreationError(f"Failed to bind to address {host}:{wish.port}: {_reason(error)}", 502) from error
        served = single_replica(instance.node, domains=wish.domains or (DOMAIN,))
        server = QuietServer(_config(served, wish.https, listening))
        task = asyncio.get_running_loop().create_task(server.serve(sockets=[listening]))
        gateway = _Gateway(self._made, number, listening.getsockname()[1], wish, server, task)
        self._running[gateway.number] = gateway
        self._made += 1
        return gateway.number, gateway.port

    def describe(self) -> list[dict[str, object]]:
        """List the gateways."""
        return [
            {
                "instance_id": one.number,
                "port": one.port,
                "forward_to": {"PocketIcInstance": one.instance},
                "domains": one.wish.domains,
                "https_config": None if one.wish.https is None else asdict(one.wish.https),
            }
            for one in self._running.values()
        ]

    async def close(self, number: int) -> None:
        """Close a gateway; one that is not there is closed already."""
        gateway = self._running.pop(number, None)
        if gateway is not None:
            gateway.server.should_exit = True
            await gateway.task

    async def close_all(self) -> None:
        """Close all gateways."""
        for number in list(self._running):
            await self.close(number)


def _config(served: ASGIApp, https: HttpsWish | None, listening: socket.socket) -> uvicorn.Config:
    """How the gateway is served. Raises CreationError where certificate or key are none, and listens no more then."""
    config = uvicorn.Config(served, log_level="warning", lifespan="off", timeout_graceful_shutdown=SECONDS_TO_FINISH)
    if https is not None:
        config.ssl_certfile, config.ssl_keyfile = (str(Path(path)) for path in (https.cert_path, https.key_path))
        config.ssl_keyfile_password = secrets.token_hex()  # OpenSSL would ask the terminal for that of an encrypted key
    try:
        config.load()
    except (OSError, ValueError) as error:  # an SSLError, too; a ValueError for what is no path
        listening.close()
        raise CreationError(f"TLS config could not be created: {error}", 502) from error
    return config


def _loopback(host: str) -> str:
    """The address of `host`; no name is looked up. Raises OSError for one that others could reach."""
    if is_localhost(host):
        return LOOPBACK
    try:
        address = ipaddress.ip_address(host)
    except ValueError:
        raise socket.gaierror(socket.EAI_NONAME, "Name or service not known") from None
    if not address.is_loopback:
        raise OSError(errno.EADDRNOTAVAIL, "a local replica serves loopback addresses only")
    return host


def _reason(error: OSError) -> str:
    if isinstance(error, socket.gaierror):
        return f"failed to lookup address information: {error.strerror}"
    return f"{error.strerror} (os error {error.errno})"
