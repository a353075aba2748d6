"""Futures by key: who waits for what, and how they are told."""

import asyncio
from collections.abc import Hashable, Iterable
from functools import partial
from typing import Any, Generic, TypeVar

from local_replica.ingress import BadIngress, Refused

K = TypeVar("K", bound=Hashable)
V = TypeVar("V")


class Waiting(Generic[K, V]):
    """Any number of futures for each key; a future that is given up is forgotten."""

    def __init__(self) -> None:
        self._futures: dict[K, list[asyncio.Future[V]]] = {}

    def __bool__(self) -> bool:
        return bool(self._futures)

    def expect(self, key: K) -> "asyncio.Future[V]":
        """Return a future that is told with the key."""
        future: asyncio.Future[V] = asyncio.get_running_loop().create_future()
        self._futures.setdefault(key, []).append(future)
        future.add_done_callback(partial(self._forget, key))
        return future

    def _forget(self, key: K, future: "asyncio.Future[V]") -> None:
        others = self._futures.get(key, [])
        if future in others:
            others.remove(future)
        if not others:
            self._futures.pop(key, None)

    def tell(self, key: K, value: V) -> None:
        """Tell all who wait for the key."""
        for future in self._futures.pop(key, ()):
            if not future.done():
                future.set_result(value)

    def fail(self, error: Exception) -> None:
        """Tell all who wait for anything that it will not come."""
        futures, self._futures = self._futures, {}
        fail((future for waiting in futures.values() for future in waiting), error)


def settle(future: "asyncio.Future[bytes]", result: bytes | Refused | BadIngress) -> None:
    """Give a submission its id or its refusal."""
    if future.done():
        return
    if isinstance(result, bytes):
        future.set_result(result)
    else:
        future.set_exception(result)


def fail(futures: "Iterable[asyncio.Future[Any]]", error: Exception) -> None:
    """Let futures raise, those that were not told yet."""
    for future in list(futures):
        if not future.done():
            future.set_exception(error)
            # Marks the exception as seen: some of those who waited are gone.
            future.exception()
