"""Telling shards of changed grants and rosters, with retries until no cache can hold the old ones."""

from collections.abc import Callable
from typing import Any

from kybra import Principal

from users_canister.push_outbox import THE_INDEX
from users_canister.rosters import roster_change
from vex_canister.answers import Steps
from vex_canister.grant_cache import EVERY_ORGANISATION, EVERYONE
from vex_canister.peer_services import ShardPeer
from vex_canister.timed_work import AGAIN_SECONDS, run_later

ROSTER_LIFETIME = 3_600_000_000_000
"""How long (ns) after it asked a shard is told of changes in a roster."""


def announce(env: Any, organisation: int, identities: list[bytes]) -> int:
    """Raise the epoch for somebody's changed grants and queue the pushes; returns the epoch.

    Every push has an epoch of its own: a receiver confirms all up to one.
    """
    epoch = raise_epoch(env)
    for identity in identities:
        change = {"organisation": organisation, "subject": Principal(identity), "epoch": epoch, "at": env.now()}
        env.outbox.add(change, len(env.shards), env.settings["grant_lifetime"], env.now())
        if identity != identities[-1]:
            epoch = raise_epoch(env)
    _send_soon(env, env.outbox, "push_grants", push_grants)
    return epoch


def raise_epoch(env: Any) -> int:
    """The number of a new change."""
    epoch: int = env.epoch + 1
    env.change_settings({"epoch": epoch})
    return epoch


def announce_to_all_members(env: Any, organisation: int) -> int:
    """As `announce`, for everybody of the organisation: one push, however many they are."""
    return announce(env, organisation, [EVERYONE])


def announce_identity(env: Any, identity: bytes) -> int:
    """As `announce`, for one principal in every organisation."""
    return announce(env, EVERY_ORGANISATION, [identity])


def announce_work(env: Any, organisation: int, person: int) -> None:
    """Queue what shards have to know of somebody who may be assigned, or no longer may."""
    raise_epoch(env)
    change = roster_change(env, organisation, person)
    change["at"] = env.now()
    env.roster_outbox.add(change, len(env.shards), ROSTER_LIFETIME, env.now())
    _send_soon(env, env.roster_outbox, "push_roster", push_rosters)


def _send_soon(env: Any, outbox: Any, name: str, push: Callable[[Any], Steps]) -> None:
    if len(outbox) and not outbox.timer_set:
        outbox.timer_set = True
        run_later(env, name, push)


def push_grants(env: Any) -> Steps:
    """Send changed grants, receiver by receiver; one that does not answer is tried again later."""
    outbox = env.outbox
    outbox.timer_set = False
    outbox.drop_older(env.now() - env.settings["grant_lifetime"])
    failed = False
    for shard in outbox.shards_waiting():
        batch = outbox.batch(shard)
        if batch:
            result = yield _peer(env, shard).push_grants(batch)
            if result.Err is None:
                outbox.sent(shard, batch[-1]["epoch"])
            else:
                failed = True
    if failed:
        run_later(env, "push_grants", push_grants, AGAIN_SECONDS)


def push_rosters(env: Any) -> Steps:
    """Send changes of rosters, oldest first; a shard that does not answer is tried again later."""
    outbox = env.roster_outbox
    outbox.timer_set = False
    outbox.drop_older(env.now() - ROSTER_LIFETIME)
    failed = False
    for shard in outbox.shards_waiting():
        for change in outbox.batch(shard):
            result = yield _peer(env, shard).push_roster(change)
            if result.Err is not None:
                failed = True
                break
            outbox.sent(shard, change["epoch"])
    if failed:
        run_later(env, "push_roster", push_rosters, AGAIN_SECONDS)


def _peer(env: Any, shard: int) -> ShardPeer:
    canister = env.settings["index"] if shard == THE_INDEX else env.stores.shards.get(shard)["canister"]
    return ShardPeer(Principal(canister))
