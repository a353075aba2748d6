"""`pocket-ic-local`: a server of PocketIC's REST API, started as the `pocket-ic` client starts the genuine one.

A second start for the same port file finds the first and ends at once, so that look comes before heavy imports.
"""

import argparse
import socket
import sys
from collections.abc import Sequence
from pathlib import Path

LOOPBACK = "127.0.0.1"


def main(arguments: Sequence[str] | None = None) -> None:
    """Run until the time to live is over, the client is gone, or a signal comes. Without its port it exits with 1."""
    options = _options(arguments)
    port_file: Path | None = options.port_file
    if port_file is not None and not _claim(port_file):
        return
    from local_replica.rest.process import run  # noqa: PLC0415 - heavy, and most starts end above

    try:
        run(_listening(options.port), port_file, options.ttl)
    finally:
        if port_file is not None:
            port_file.unlink(missing_ok=True)


def _listening(port: int) -> socket.socket:
    from local_replica.http.listening import listen  # noqa: PLC0415 - as above

    try:
        return listen(port)
    except OSError as error:
        sys.exit(f"pocket-ic-local: {error}")


def _options(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="pocket-ic-local", description="Serve PocketIC's REST API on loopback.")
    parser.add_argument("--port", type=int, default=0, help="port to listen on; 0 takes a free one")
    parser.add_argument("--port-file", type=Path, help="file that the port is written to")
    parser.add_argument(
        "--ttl", type=float, help="seconds to live on without a request; by default, until the client ends"
    )
    parser.add_argument("--version", action="version", version="pocket-ic-local 10.0.0 (local replica)")
    known, unknown = parser.parse_known_args(arguments)
    if unknown:
        sys.stderr.write(f"pocket-ic-local: ignored {' '.join(unknown)}\n")
    return known


def _claim(port_file: Path) -> bool:
    """Create the port file, empty. False: a server of this client has it."""
    try:
        port_file.touch(exist_ok=False)
    except FileExistsError:
        if _answers(port_file):
            return False
        port_file.unlink(missing_ok=True)
        return _claim(port_file)
    return True


def _answers(port_file: Path) -> bool:
    """Whether the server of a port file lives, or is just starting."""
    text = port_file.read_text().strip()
    if not text:
        return True
    try:
        socket.create_connection((LOOPBACK, int(text)), timeout=5).close()
    except (OSError, ValueError):
        return False
    return True


if __name__ == "__main__":
    main()
