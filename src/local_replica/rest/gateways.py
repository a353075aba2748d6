"""HTTP gateways: one more port each, on which one instance's IC HTTP API stands under `/api`."""

import asyncio
import errno
import ipaddress
import socket
from dataclasses import dataclass

import uvicorn

from local_replica.http.application import single_replica
from local_replica.http.listening import LOOPBACK, listen
from local_replica.http.quiet_server import QuietServer
from local_replica.rest.errors import CreationError
from local_replica.rest.instances import Instance


@dataclass(slots=True)
class _Gateway:
    number: int
    instance: int
    port: int
    server: QuietServer
    task: "asyncio.Task[None]"


class Gateways:
    """The gateways of one server."""

    def __init__(self) -> None:
        self._running: dict[int, _Gateway] = {}
        self._made = 0

    async def open(self, number: int, instance: Instance, address: str | None, port: int) -> tuple[int, int]:
        """Serve an instance on a port (0: any free one); returns number and port. Raises CreationError."""
        host = address or LOOPBACK
        try:
            listening = listen(port, _loopback(host))
        except OSError as error:
            raise CreationError(f"Failed to bind to address {host}:{port}: {_reason(error)}", 502) from error
        server = QuietServer(uvicorn.Config(single_replica(instance.node), log_level="warning", lifespan="off"))
        task = asyncio.get_running_loop().create_task(server.serve(sockets=[listening]))
        gateway = _Gateway(self._made, number, listening.getsockname()[1], server, task)
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
                "domains": None,
                "https_config": None,
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


def _loopback(host: str) -> str:
    """The address of `host`. Raises OSError for one that others could reach."""
    address = socket.gethostbyname(host)
    if not ipaddress.ip_address(address).is_loopback:
        raise OSError(errno.EADDRNOTAVAIL, "a local replica serves loopback addresses only")
    return address


def _reason(error: OSError) -> str:
    if isinstance(error, socket.gaierror):
        return f"failed to lookup address information: {error.strerror}"
    return f"{error.strerror} (os error {error.errno})"
