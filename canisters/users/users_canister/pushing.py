"""Telling shards of changed grants, with retries until no cache can hold the old ones."""

from typing import Any

from kybra import Principal, ic

from vex_canister.answers import Steps
from vex_canister.failure_journal import guarded
from vex_canister.peer_services import ShardPeer

AGAIN_SECONDS = 5


def announce(env: Any, organisation: int, identity: bytes) -> int:
    """Raise the epoch for a changed member and queue the push; returns the epoch."""
    epoch: int = env.epoch + 1
    env.change_settings({"epoch": epoch})
    change = {"organisation": organisation, "subject": Principal(identity), "epoch": epoch, "at": env.now()}
    env.outbox.add(change, len(env.shards), env.settings["grant_lifetime"], env.now())
    if len(env.outbox) and not env.outbox.timer_set:
        env.outbox.timer_set = True
        ic.set_timer(0, guarded(env.failures, "push_grants", lambda: push_all(env), AGAIN_SECONDS))
    return epoch


def push_all(env: Any) -> Steps:
    """Send what waits, shard by shard; a shard that does not answer is tried again later."""
    env.outbox.timer_set = False
    env.outbox.drop_older(env.now() - env.settings["grant_lifetime"])
    failed = False
    for shard in env.outbox.shards_waiting():
        batch = env.outbox.batch(shard)
        if batch:
            canister = env.stores.shards.get(shard)["canister"]
            result = yield ShardPeer(Principal(canister)).push_grants(batch)
            if result.Err is None:
                env.outbox.sent(shard, batch[-1]["epoch"])
            else:
                failed = True
    if failed:
        ic.set_timer(AGAIN_SECONDS, guarded(env.failures, "push_grants", lambda: push_all(env), AGAIN_SECONDS))
