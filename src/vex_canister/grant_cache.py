"""What a shard knows of grants: cached answers of `users`, refusals too, with epoch floors (design, "Identity")."""

from typing import Any

from vex_domain import permissions
from vex_domain.access import Access
from vex_domain.keyed_index import KeyedIndex

MEMBERS_KEPT = 20_000
STRANGERS_KEPT = 1_024
FLOORS_KEPT = 20_000
WIDE_FLOORS_SWEPT = 1_024
LONGEST_LIFETIME = 3_600_000_000_000
ASKING_LIMIT = 30_000_000_000
EVERYONE = b""
"""The subject of a change for all members: the management canister's principal, which nobody has."""
EVERY_ORGANISATION = 0


class CachedGrants:
    """One answer: whom it is about, what it allows, until when (ns) it counts.

    `known_teams`: the organisation's teams are 1 … this; `updates_per_minute`: the limit of an API key.
    """

    __slots__ = ("access", "caller", "epoch", "expires", "known_teams", "roles", "updates_per_minute")

    def __init__(self, caller: bytes, access: Access, grants: dict[str, Any], expires: int) -> None:
        self.caller = caller
        self.access = access
        self.roles: list[str] = grants["roles"]
        self.epoch: int = grants["epoch"]
        self.known_teams: int | None = grants["known_teams"]
        self.updates_per_minute: int | None = grants["updates_per_minute"]
        self.expires = expires


class GrantCache:
    """Grants by (principal, organisation), keyed with the canister's secret. Strangers have a small room apart."""

    def __init__(self, secret: bytes = b"") -> None:
        self._keys = KeyedIndex(secret)
        self._members: dict[int, CachedGrants] = {}
        self._strangers: dict[int, CachedGrants] = {}
        self._floors: dict[int, tuple[int, int]] = {}
        self._wide_floors: dict[int, tuple[int, int]] = {}
        self._asking: dict[int, int] = {}

    def key(self, caller: bytes, organisation: int) -> int:
        """The key of a pair."""
        return self._keys.key(caller, organisation.to_bytes(8, "big"))

    def find(self, key: int, caller: bytes, organisation: int, now: int) -> CachedGrants | None:
        """The answer that counts at `now` (ns), or None."""
        found = self._members.get(key) or self._strangers.get(key)
        if found is None or found.expires <= now:
            return None
        if found.caller != caller or found.access.organisation != organisation:
            return None
        if self._wide_floors and found.epoch < self._wide_floor(caller, organisation):
            return None
        return found

    def keep(
        self, key: int, caller: bytes, organisation: int, grants: dict[str, Any], asked_at: int
    ) -> CachedGrants | None:
        """Cache an answer, which counts from when it was asked for; None when it is older than the floor."""
        floor = self._floors.get(key)
        if floor is not None and grants["epoch"] < floor[0]:
            return None
        if grants["epoch"] < self._wide_floor(caller, organisation):
            return None
        bits = permissions.bits_of(grants["permissions"])
        access = Access(grants["person"], organisation, bits, tuple(grants["teams"]))
        expires = asked_at + min(grants["lifetime"], LONGEST_LIFETIME)
        cached = CachedGrants(caller, access, grants, expires)
        self._forget(key)
        if bits:
            _put_bounded(self._members, key, cached, MEMBERS_KEPT)
        else:
            _put_bounded(self._strangers, key, cached, STRANGERS_KEPT)
        return cached

    def raise_floor(self, caller: bytes, organisation: int, epoch: int, now: int) -> None:
        """From now on only answers of `epoch` or later count for this pair.

        EVERYONE stands for all callers of the organisation, EVERY_ORGANISATION for all of the caller's.
        """
        if caller == EVERYONE or organisation == EVERY_ORGANISATION:
            self._raise_wide_floor(self.key(caller, organisation), epoch, now)
            return
        key = self.key(caller, organisation)
        floor = self._floors.get(key)
        if floor is not None and floor[0] >= epoch:
            return
        self._forget(key)
        if len(self._floors) >= FLOORS_KEPT:
            self._drop_old_floors(now)
        self._floors[key] = (epoch, now)

    def asking_since(self, key: int, now: int) -> int | None:
        """When `users` was asked about this pair (ns), if that was lately and has not been answered."""
        since = self._asking.get(key)
        return since if since is not None and since + ASKING_LIMIT > now else None

    def ask(self, key: int, now: int) -> None:
        """Note that `users` is being asked about this pair."""
        self._asking[key] = now

    def answered(self, key: int) -> None:
        """Note that `users` has answered, or failed to."""
        self._asking.pop(key, None)

    def _forget(self, key: int) -> None:
        self._members.pop(key, None)
        self._strangers.pop(key, None)

    def _wide_floor(self, caller: bytes, organisation: int) -> int:
        if not self._wide_floors:
            return 0
        of_all = self._wide_floors.get(self.key(EVERYONE, organisation))
        everywhere = self._wide_floors.get(self.key(caller, EVERY_ORGANISATION))
        return max(of_all[0] if of_all is not None else 0, everywhere[0] if everywhere is not None else 0)

    def _raise_wide_floor(self, key: int, epoch: int, now: int) -> None:
        if len(self._wide_floors) >= WIDE_FLOORS_SWEPT:
            oldest = now - LONGEST_LIFETIME - ASKING_LIMIT
            self._wide_floors = {old: floor for old, floor in self._wide_floors.items() if floor[1] >= oldest}
        floor = self._wide_floors.get(key)
        if floor is None or floor[0] < epoch:
            self._wide_floors[key] = (epoch, now)

    def _drop_old_floors(self, now: int) -> None:
        # No answer to a question that is older than the limits is still on its way or cached.
        oldest = now - LONGEST_LIFETIME - ASKING_LIMIT
        self._floors = {key: floor for key, floor in self._floors.items() if floor[1] >= oldest}


def _put_bounded(room: dict[int, CachedGrants], key: int, cached: CachedGrants, most: int) -> None:
    if len(room) >= most:
        del room[next(iter(room))]
    room[key] = cached
