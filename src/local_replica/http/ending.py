"""How server processes end: at SIGINT and SIGTERM, in order if possible, and in any case soon."""

import asyncio
import os
import signal
import threading
from collections.abc import Callable

import uvicorn

SECONDS_TO_FINISH = 3
"""How long requests under way may take when the server is asked to end."""

SECONDS_TO_END = 8
"""After this the process is cut off: a canister in an endless loop cannot be asked, and the disk's state is whole."""


def end_on_signals(server: uvicorn.Server, clean_up: Callable[[], None] | None = None) -> Callable[[], None]:
    """Let signals end `server`; returns what ends it without one. `clean_up` runs before the process is cut off."""

    def cut_off() -> None:
        if clean_up is not None:
            clean_up()
        os._exit(1)

    def end() -> None:
        if not server.should_exit:
            server.should_exit = True
            last_resort = threading.Timer(SECONDS_TO_END, cut_off)
            last_resort.daemon = True
            last_resort.start()

    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, end)
    return end
