"""How often wrong codes may be shown, and how many may register in a time: bounded for whoever makes principals."""

from typing import Any

from vex_domain.limits.rate_sketch import Rate, RateSketch
from vex_domain.people.secret_codes import INVITATION, require_usable
from vex_domain.refusals import CodeWrong, RateLimited
from vex_domain.time_units import MINUTE_NS

WRONG_CODES_OF_A_CALLER = Rate(10, 60 * MINUTE_NS)
WRONG_CODES_FOR_A_TARGET = Rate(20, 60 * MINUTE_NS)
REGISTRATIONS = Rate(600, 30 * MINUTE_NS)
"""Sustained 28,800 a day: newcomers cannot fill their half (32,768) of the window of remembered requests."""

CALLER = 0
TARGET = 1


class Attempts:
    """Wrong codes, by who shows them and by whom they are for (an organisation, a person)."""

    def __init__(self, secret: bytes = b"") -> None:
        self._sketch = RateSketch(secret)

    def require_left(self, caller: int, target: int, now: int) -> None:
        """Raises RateLimited."""
        wait = max(
            WRONG_CODES_OF_A_CALLER.wait(self._sketch, self._sketch.key_of(CALLER, caller), now),
            WRONG_CODES_FOR_A_TARGET.wait(self._sketch, self._sketch.key_of(TARGET, target), now),
        )
        if wait:
            raise RateLimited(wait)

    def count_wrong(self, caller: int, target: int, now: int) -> None:
        """A wrong code was shown."""
        WRONG_CODES_OF_A_CALLER.take(self._sketch, self._sketch.key_of(CALLER, caller), now)
        WRONG_CODES_FOR_A_TARGET.take(self._sketch, self._sketch.key_of(TARGET, target), now)


class Newcomers:
    """Registrations of everybody together."""

    def __init__(self) -> None:
        self._sketch = RateSketch(b"", slots=1)

    def take(self, now: int) -> None:
        """Count one. Raises RateLimited."""
        wait = REGISTRATIONS.wait(self._sketch, 0, now)
        if wait:
            raise RateLimited(wait)
        REGISTRATIONS.take(self._sketch, 0, now)


def shown_code(env: Any, caller: bytes, digest: bytes, kinds: tuple[str, ...], target: int) -> dict[str, Any]:
    """The code that a caller shows for a target: an invitation's organisation, else the person whom it is about.

    Raises RateLimited after too many wrong ones, CodeWrong, CodeUsed, CodeExpired, CodeTooEarly.
    """
    caller_key = env.tokens.key_of(caller)
    now = env.now()
    env.attempts.require_left(caller_key, target, now)
    code: dict[str, Any] | None = env.stores.codes.get(digest)
    if code is not None and code["organisation" if INVITATION in kinds else "person"] != target:
        code = None
    try:
        return require_usable(code, kinds, now)
    except CodeWrong:
        env.attempts.count_wrong(caller_key, target, now)
        raise
