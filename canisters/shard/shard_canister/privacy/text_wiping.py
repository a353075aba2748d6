"""Texts that must be gone: overwritten before they are removed, since freed nodes and snapshots keep bytes."""

from typing import Any

from shard_canister.shard_stores import PAGE_BYTES
from vex_domain.id_ranges import sequence_key

NO_SALT = bytes(16)


def wipe_pages(env: Any, ticket: int, first: int, count: int) -> None:
    """Overwrite pages of a ticket, then remove them."""
    keys = [sequence_key(ticket, number) for number in range(first, first + count)]
    wipe(env.stores.pages, keys, bytes(PAGE_BYTES))


def wipe(store: Any, keys: list[int], nothing: bytes) -> None:
    """Overwrite every entry, then remove them from the last one back.

    A removal moves what stands behind it and leaves the place of the last one as it was: so all is nothing by then.
    """
    known = [key for key in keys if store.contains_key(key)]
    for key in known:
        store.insert(key, nothing)
    for key in reversed(known):
        store.remove(key)


def blank(text: str | None) -> str | None:
    """A text of the same length in bytes that says nothing: written first, it leaves nothing of the old one behind."""
    return None if text is None else "x" * len(text.encode())


def wipe_event_salts(env: Any, last: int | None, actor: int | None) -> None:
    """Overwrite the salts of a ticket's events from the last one back, or of those by one actor.

    The chain stays whole: hashes hold commitments, and without their salt nobody can try what they commit to.
    """
    events = env.stores.events
    index = last
    while index is not None:
        event = events.get(index)
        if event["salt"] != NO_SALT and actor in (None, event["actor"]):
            event["salt"] = NO_SALT
            events.insert(index, event)
        index = event["previous"]
