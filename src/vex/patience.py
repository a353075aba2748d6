"""Waits and asks again while the answer is that there is none yet."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import TypeVar

from vex.errors import Refused, Unreachable
from vex_domain.refusals import RateLimited, Unavailable

__all__ = ["ATTEMPTS", "patiently"]

ATTEMPTS = 12
T = TypeVar("T")


async def patiently(attempt: Callable[[], Awaitable[T]]) -> T:
    """Await `attempt`, again after a growing pause when it is Unreachable, Unavailable or over its rate.

    Only for what may be sent twice: reads, and writes with a client token. Raises the last error after 12 attempts.
    """
    for number in range(ATTEMPTS - 1):
        try:
            return await attempt()
        except Unreachable:
            pass
        except Refused as error:
            if error.code not in {RateLimited.code, Unavailable.code}:
                raise
        await asyncio.sleep(min(0.1 * 2**number, 3))
    return await attempt()
