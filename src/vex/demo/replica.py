"""Starts the local replica as a process of its own and stops it again."""

import contextlib
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

from vex.errors import Unreachable

START_SECONDS = 30


@contextlib.contextmanager
def local_replica(folder: Path, *, port: int, seed: int, keep: bool) -> Iterator[str]:
    """Run `local-replica start` with its state in `folder`; yields its URL. With `keep` it is left running."""
    folder.mkdir(parents=True, exist_ok=True)
    port_file = folder / "port"
    port_file.unlink(missing_ok=True)
    command = [
        str(Path(sys.executable).with_name("local-replica")),
        "start",
        f"--port={port}",
        f"--port-file={port_file}",
        f"--state-dir={folder / 'state'}",
        f"--seed={seed}",
    ]
    with (folder / "replica.log").open("wb") as log:
        process = subprocess.Popen(command, stdout=log, stderr=log, start_new_session=True)
    (folder / "pid").write_text(str(process.pid))
    try:
        yield f"http://127.0.0.1:{_port(process, port_file, folder / 'replica.log')}"
    except Exception as error:
        alive = _lives_on(process)
        _stop(process)
        if alive:
            raise
        raise Unreachable(f"the local replica ended: {_end_of(folder / 'replica.log')}") from error
    except BaseException:  # Ctrl-C included: nothing is left running
        _stop(process)
        raise
    if not keep:
        _stop(process)


def _port(process: "subprocess.Popen[bytes]", port_file: Path, log: Path) -> int:
    until = time.monotonic() + START_SECONDS
    while time.monotonic() < until and process.poll() is None:
        if port_file.exists() and (text := port_file.read_text().strip()):
            return int(text)
        time.sleep(0.05)
    raise Unreachable(f"the local replica did not start: {_end_of(log)}")


def _end_of(log: Path) -> str:
    return log.read_text(errors="replace").strip()[-2000:]


def _lives_on(process: "subprocess.Popen[bytes]") -> bool:
    """False when it has ended, or does so within a second: then its log says why calls failed."""
    with contextlib.suppress(subprocess.TimeoutExpired):
        process.wait(timeout=1)
    return process.poll() is None


def _stop(process: "subprocess.Popen[bytes]") -> None:
    process.send_signal(signal.SIGTERM)
    try:
        process.wait(timeout=20)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
