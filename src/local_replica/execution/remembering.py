"""What was found out about large byte strings, so that one installation does not find it out five times."""

from collections import deque
from collections.abc import Callable
from hashlib import sha256
from typing import Generic, TypeVar

T = TypeVar("T")

_SMALL = 1 << 16
"""Bytes below which finding out again is as quick as remembering, and keeps nothing alive."""


class Remembered(Generic[T]):
    """A function of bytes that remembers the last `kept` large arguments, by identity: bytes never change.

    Any thread may call it.
    """

    def __init__(self, work: Callable[[bytes], T], kept: int) -> None:
        self._work = work
        self._last: deque[tuple[bytes, T]] = deque(maxlen=kept)

    def __call__(self, content: bytes) -> T:
        """What `work` makes of the content. Raises what it raises."""
        for known, result in tuple(self._last):
            if known is content:
                return result
        result = self._work(content)
        if len(content) > _SMALL:
            self._last.append((content, result))
        return result


digest: Remembered[bytes] = Remembered(lambda content: sha256(content).digest(), kept=4)
"""SHA-256."""
