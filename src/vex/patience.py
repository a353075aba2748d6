"""Waits and asks again while the answer is that there is none yet."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import TypeVar

from vex.errors import Refused, Rejected, Unreachable
from vex_domain.refusals import RateLimited, Unavailable

__all__ = ["ATTEMPTS", "patiently"]

ATTEMPTS = 12
SYS_TRANSIENT = 2
"""Reject code of what passes by itself (interface specification, "Reject codes")."""
T = TypeVar("T")


async def patiently(attempt: Callable[[], Awaitable[T]]) -> T:
    """Await `attempt`, again after a growing pause when it is Unreachable, Unavailable, over its rate or
    rejected for what passes by itself.

    Only for what may be sent twice: reads, and writes with a client token. Raises the last error after 12 attempts.
    """
    for number in range(ATTEMPTS - 1):
        try:
            return await attempt()
        except Unreachable:
            pass
        except Rejected as error:
            if error.reject_code != SYS_TRANSIENT:
                raise
        except Refused as error:
            if error.code not in {RateLimited.code, Unavailable.code}:
                raise
        await asyncio.sleep(min(0.1 * 2**number, 3))
    return await attempt()
