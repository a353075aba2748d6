"""Loopback: which names mean it, and listening on it, for servers that answer small things at once."""

import errno
import socket

LOOPBACK = "127.0.0.1"
BACKLOG = 2048
HIGHEST_PORT = 2**16 - 1


def is_localhost(name: str) -> bool:
    """Whether a name means this machine without being looked up (RFC 6761, section 6.3)."""
    return name == "localhost" or name.endswith(".localhost")


def listen(port: int, host: str = LOOPBACK) -> socket.socket:
    """Listen on a port (0: any free one). Raises OSError, which names the address.

    The protocol is named, as asyncio turns Nagle's algorithm off for sockets that say they are TCP and for no others;
    left on, it holds back each answer's second segment for 40 ms.
    """
    address = f"{host}:{port}"
    if not 0 <= port <= HIGHEST_PORT:
        raise OSError(errno.EINVAL, f"ports are 0 to {HIGHEST_PORT}", address)
    listening = socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    try:
        listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listening.bind((host, port))
        listening.listen(BACKLOG)
    except OSError as error:
        listening.close()
        error.filename = address
        raise
    return listening
