"""What keeps tickets out of a place for a while: locks of sagas, and states that a new workflow will not have."""

from typing import Any

from vex_domain.refusals import Invalid, TooLarge, Unavailable, Underway
from vex_domain.relations.relation_saga import MERGE

PAIRS_MOST = 200


class TicketLocks:
    """Which tickets a saga is changing, by ticket; on the heap what a change asks about, in stable memory the rest."""

    def __init__(self, store: Any) -> None:
        self._store = store
        self._merging: set[int] = set()

    def rebuild(self) -> None:
        """From stable memory: few tickets are locked at any time."""
        self._merging = {ticket for ticket in list(self._store.keys()) if self._store.get(ticket)["change"] == MERGE}

    def get(self, ticket: int) -> dict[str, Any] | None:
        """The lock, or None."""
        lock: dict[str, Any] | None = self._store.get(ticket)
        return lock

    def put(self, ticket: int, lock: dict[str, Any]) -> None:
        """Lock a ticket, or change its lock."""
        self._store.insert(ticket, lock)
        if lock["change"] == MERGE:
            self._merging.add(ticket)

    def drop(self, ticket: int) -> None:
        """Unlock a ticket."""
        self._store.remove(ticket)
        self._merging.discard(ticket)

    def is_merging(self, ticket: int) -> bool:
        """Whether the ticket is being merged."""
        return ticket in self._merging

    def require_free(self, ticket: int) -> None:
        """A ticket that is being merged changes in no other way. Raises Underway."""
        if ticket in self._merging:
            raise Underway


class Retirements:
    """Kinds and states, by organisation, that no ticket may enter until the configuration has changed."""

    def __init__(self, store: Any) -> None:
        self._store = store
        self._pairs: dict[int, set[tuple[str, str]]] = {}

    def rebuild(self) -> None:
        """From stable memory."""
        for organisation in list(self._store.keys()):
            record = self._store.get(organisation)
            self._pairs[organisation] = set(zip(record["kinds"], record["states"], strict=True))

    def begin(self, organisation: int, version: int, kinds: list[str], states: list[str]) -> None:
        """Let no ticket enter these until the configuration has `version`; none ends it. Raises Invalid, TooLarge."""
        if len(kinds) != len(states):
            raise Invalid("states", "are not as many as kinds")
        if len(kinds) > PAIRS_MOST:
            raise TooLarge("kinds", PAIRS_MOST, len(kinds))
        if not kinds:
            self.end(organisation, version)
            return
        self._store.insert(organisation, {"version": version, "kinds": kinds, "states": states})
        self._pairs[organisation] = set(zip(kinds, states, strict=True))

    def end(self, organisation: int, version: int) -> None:
        """The configuration has this version now: a retirement for it or an earlier one is over."""
        if organisation in self._pairs and self._store.get(organisation)["version"] <= version:
            self._store.remove(organisation)
            del self._pairs[organisation]

    def is_retired(self, organisation: int, kind: str, state: str) -> bool:
        """Whether no ticket may enter the state while the workflow is being changed."""
        return (kind, state) in self._pairs.get(organisation, ())

    def require_entry(self, organisation: int, kind: str, state: str) -> None:
        """Raises Unavailable while the workflow is being changed."""
        if organisation in self._pairs and (kind, state) in self._pairs[organisation]:
            raise Unavailable("the organisation's workflow is being changed")
