"""Changed grants on their way to the shards that asked lately.

Kept on the heap: a push that is lost with it costs no more than the grants' lifetime, which bounds every cache.
"""

from typing import Any

AT_ONCE = 200
THE_INDEX = -1
"""The number under which the index, which caches grants too, stands among the shards."""


class PushOutbox:
    """Who asked about which organisation and when, and what each shard has still to be told."""

    def __init__(self, restarted_at: int = 0) -> None:
        self._restarted_at = restarted_at
        self._asked: dict[int, dict[int, int]] = {}
        self._asked_anything: dict[int, int] = {}
        self._waiting: dict[int, list[dict[str, Any]]] = {}
        self.timer_set = False

    def note_asker(self, organisation: int, shard: int, now: int) -> None:
        """Remember that a shard asked about a member of the organisation."""
        self._asked.setdefault(organisation, {})[shard] = now
        self._asked_anything[shard] = now

    def add(self, change: dict[str, Any], shards: int, lifetime: int, now: int) -> None:
        """Queue a change for the shards that asked within the lifetime (ns); after a restart, for all `shards`.

        A change of organisation 0 is one of every organisation.
        """
        if self._restarted_at + lifetime > now:
            interested = [*range(shards), THE_INDEX]
        elif change["organisation"] == 0:
            interested = [shard for shard, at in self._asked_anything.items() if at + lifetime > now]
        else:
            asked = self._asked.get(change["organisation"], {})
            interested = [shard for shard, at in asked.items() if at + lifetime > now]
            self._asked[change["organisation"]] = {shard: asked[shard] for shard in interested}
        for shard in interested:
            self._waiting.setdefault(shard, []).append(change)

    def shards_waiting(self) -> list[int]:
        """The shards that have something to be told."""
        return list(self._waiting)

    def batch(self, shard: int) -> list[dict[str, Any]]:
        """The oldest changes for a shard; they stay until `sent`."""
        return self._waiting.get(shard, [])[:AT_ONCE]

    def sent(self, shard: int, epoch: int) -> None:
        """Drop a shard's changes up to an epoch: it has them now. Two that sent the same do no harm."""
        waiting = [change for change in self._waiting.get(shard, []) if change["epoch"] > epoch]
        if waiting:
            self._waiting[shard] = waiting
        else:
            self._waiting.pop(shard, None)

    def drop_older(self, limit: int) -> None:
        """Drop what was queued before `limit` (ns): no cache holds it any more."""
        for shard in list(self._waiting):
            kept = [change for change in self._waiting[shard] if change["at"] >= limit]
            self._waiting[shard] = kept
            if not kept:
                del self._waiting[shard]

    def __len__(self) -> int:
        return sum([len(changes) for changes in self._waiting.values()])
