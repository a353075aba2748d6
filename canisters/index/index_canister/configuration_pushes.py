"""Telling shards the configuration of their organisations, until every one of them has the last version."""

from typing import Any

from kybra import Principal

from index_canister.configuration_store import configuration_of, documents_of, section_texts
from index_canister.index_env import USERS
from vex_canister.answers import Steps, all_of, ok_of
from vex_canister.peer_services import ShardPeer, UsersPeer
from vex_canister.timed_work import run_later
from vex_domain.configuration.sections import compile_rules


def sections_of(env: Any, organisation: int) -> list[dict[str, str]]:
    """The records `ConfigurationSection` of what was set."""
    texts = section_texts(env, organisation)
    return [{"name": name, "document": text} for name, text in texts.items()]


def push_soon(env: Any) -> None:
    """Let a timer of its own message tell the shards that hold an older version."""
    if env.stale and not env.push_timer_set:
        env.push_timer_set = True
        run_later(env, "push_configuration", push_all)


def push_all(env: Any) -> Steps:
    """Tell every shard that is behind; one that does not answer is told again later. Raises the last refusal."""
    env.push_timer_set = False
    stale = list(env.stale.items())
    yield from all_of(push(env, organisation, shard) for organisation, shards in stale for shard in list(shards))


def push(env: Any, organisation: int, shard: int) -> Steps:
    """Tell one shard the organisation's configuration unless it has it, or `users` its limit of people.

    Raises Unavailable, or what the one who is told says.
    """
    version = configuration_of(env, organisation)["version"]
    if env.acknowledged(organisation, shard) >= version:
        return
    if shard == USERS:
        people = compile_rules(version, documents_of(env, organisation)).limits.people
        yield from ok_of(UsersPeer(Principal(env.users)).set_people_limit(organisation, people), "users")
    else:
        message = {"organisation": organisation, "version": version, "sections": sections_of(env, organisation)}
        peer = ShardPeer(Principal(env.canister_of(shard)))
        yield from ok_of(peer.push_configuration(message), "the shard")
    env.acknowledge(organisation, shard, version)
