"""Telling users and every shard of an organisation its orders about privacy, one after the other, until they know."""

from typing import Any

from kybra import Principal

from index_canister.index_env import USERS
from vex_canister.answers import Steps, all_of, ok_of
from vex_canister.peer_services import ShardPeer, UsersPeer
from vex_canister.timed_work import run_later


def tell_soon(env: Any) -> None:
    """Let a timer of its own message tell whom orders are new to; armed at every start of the canister too."""
    if not env.orders.timer_set:
        env.orders.timer_set = True
        run_later(env, "privacy", tell_all)


def tell_all(env: Any) -> Steps:
    """Tell users and every shard what they do not know; who does not answer is told again. Raises the last refusal."""
    env.orders.timer_set = False
    yield from all_of(
        tell(env, organisation, whom)
        for organisation in env.orders.organisations()
        for whom in [USERS, *env.placed.get(organisation, [])]
    )


def tell(env: Any, organisation: int, whom: int) -> Steps:
    """Tell one shard, or users, the organisation's orders that it does not know, one after the other."""
    number = env.orders.acknowledged(organisation, whom) + 1
    while number <= env.orders.count(organisation):
        order = env.orders.get(organisation, number)
        message = {field: order[field] for field in ("kind", "subject_kind", "subject", "ordered_at")}
        message.update({"organisation": organisation, "number": number})
        peer = UsersPeer(Principal(env.users)) if whom == USERS else ShardPeer(Principal(env.canister_of(whom)))
        yield from ok_of(peer.push_privacy(message), "users" if whom == USERS else "the shard")
        env.orders.acknowledge(organisation, whom, number)
        number += 1
