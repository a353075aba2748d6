"""Garbage: what a rebuild made is set aside, and full collections run on a timer, in a message of their own."""

import gc

from kybra import ic

FULL_COLLECTION_SECONDS = 3_600


def set_aside() -> None:
    """Exempt what is on the heap now from collections, where the interpreter can (Kybra's cannot)."""
    if hasattr(gc, "freeze"):
        gc.freeze()


def collect_by_timer() -> None:
    """Run a full collection every hour; armed at every start of the canister."""
    ic.set_timer_interval(FULL_COLLECTION_SECONDS, _collect)


def _collect() -> None:
    gc.collect()
