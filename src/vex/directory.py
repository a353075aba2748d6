"""Where tickets are and where new ones go: one copy of the index's answers, shared by all callers of a process."""

import asyncio
from bisect import bisect_right
from collections import defaultdict

from candid import Principal
from vex.canister import Canister
from vex.errors import Unreachable
from vex.models import Placement, ShardPlace
from vex.patience import patiently

__all__ = ["Directory"]

_OPEN = {"Open", "HighWater"}
_HINTS = 4
"""How many full shards `place` lets a client name at once."""


class Directory:
    """Remembers placements by organisation and routes by range until it is told that they are old."""

    def __init__(self) -> None:
        self._placements: dict[int, Placement] = {}
        self._full: dict[int, set[int]] = defaultdict(set)
        self._routes: list[ShardPlace] = []
        self._asking: dict[int, asyncio.Lock] = defaultdict(asyncio.Lock)

    async def place(self, index: Canister, organisation: int, spread: int = 0) -> ShardPlace:
        """An open shard of the organisation; callers with different `spread` share several out.

        Raises Unreachable when the index names none.
        """
        async with self._asking[organisation]:
            placement = self._placements.get(organisation)
            if placement is None:
                request = {"organisation": organisation, "full": sorted(self._full[organisation])[-_HINTS:]}
                placement = Placement.model_validate(await patiently(lambda: index.call("place", request)))
                if not placement.shards:
                    raise Unreachable(f"the index has no shard for organisation {organisation} at the moment")
                self._placements[organisation] = placement
                # The index has looked for itself at what it was told to be full.
                self._full[organisation].clear()
        places = [place for place in placement.shards if place.state in _OPEN] or placement.shards
        return places[spread % len(places)]

    def mark_full(self, organisation: int, place: ShardPlace) -> None:
        """The shard took no more: ask the index for another place next time."""
        self._full[organisation].add(place.shard)
        placement = self._placements.get(organisation)
        if placement is not None and any(known.shard == place.shard for known in placement.shards):
            del self._placements[organisation]

    async def route(self, index: Canister, ticket: int) -> Principal:
        """The shard that holds `ticket`."""
        position = bisect_right(self._routes, ticket, key=lambda place: place.start) - 1
        if position >= 0 and ticket < self._routes[position].end:
            return self._routes[position].canister
        answer = await patiently(lambda: index.call("route", {"ticket": ticket, "epoch": None}))
        place = ShardPlace.model_validate(answer["place"])
        if place not in self._routes:
            self._routes = sorted([*self._routes, place], key=lambda known: known.start)
        return place.canister

    def forget_routes(self) -> None:
        """A shard said `Moved`."""
        self._routes = []
