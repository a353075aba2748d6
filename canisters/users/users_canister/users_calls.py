"""How a call runs at `users`: seed, then one slice that is remembered under its token."""

from collections.abc import Callable
from typing import Any

from users_canister import people_changes, people_reads
from users_canister.platform_settings import require_index
from vex_canister.answers import Steps
from vex_canister.incoming_call import ANONYMOUS, IncomingCall
from vex_canister.operators import require_operator
from vex_canister.seeding import ensure_seeded
from vex_canister.token_memory import once
from vex_domain.refusals import AnonymousCaller

NEWCOMERS_SHARE = 2
"""Principals cost nothing to make: those who register leave half of the window to those who are known."""


def change(
    env: Any, call: IncomingCall, request: dict[str, Any], operation: Callable[[], list[int]], share: int = 1
) -> Steps:
    """The numbers of a change; `share` as for `once`. Awaits `raw_rand` before the first of this start."""
    if call.caller.bytes == ANONYMOUS:
        raise AnonymousCaller
    yield from ensure_seeded(env)
    return once(env.tokens, env.now(), call, request, operation, share=share)


def register(env: Any, call: IncomingCall, request: dict[str, Any]) -> Steps:
    """The record `Person` of the caller, registered now or by the same call before."""
    caller = call.caller.bytes
    numbers = yield from change(
        env, call, request, lambda: people_changes.register(env, caller, request), NEWCOMERS_SHARE
    )
    return people_reads.person_view(env, numbers[0])


def add_people(env: Any, call: IncomingCall, request: dict[str, Any]) -> Steps:
    """The record `PeopleIds`."""
    caller = call.caller.bytes
    numbers = yield from change(env, call, request, lambda: people_changes.add_people(env, caller, request))
    return {"epoch": numbers[0], "ids": numbers[1:]}


def number(
    env: Any,
    call: IncomingCall,
    request: dict[str, Any],
    operation: Callable[[Any, bytes, dict[str, Any]], list[int]],
) -> Steps:
    """The one number that an operation answers."""
    caller = call.caller.bytes
    numbers = yield from change(env, call, request, lambda: operation(env, caller, request))
    return numbers[0]


def register_organisation(env: Any, caller: bytes, request: dict[str, Any]) -> Steps:
    """Make an organisation. Raises Forbidden unless the caller is the index."""
    require_index(env, caller)
    yield from ensure_seeded(env)
    people_changes.register_organisation(env, request)


def grants(env: Any, caller: bytes, subject: bytes, organisation: int) -> dict[str, Any]:
    """The record `Grants`. Raises Forbidden."""
    people_reads.require_may_ask(env, caller, subject)
    return people_reads.grants(env, subject, organisation)


def request_grants(env: Any, caller: bytes, subject: bytes, organisation: int) -> dict[str, Any]:
    """As `grants`; a shard that asks is told of changes for as long as its answer counts."""
    found = grants(env, caller, subject, organisation)
    shard = env.shards.get(caller)
    if shard is not None and env.stores.organisations.contains_key(organisation):
        env.outbox.note_asker(organisation, shard, env.now())
    return found


def push_backlog(env: Any, caller: bytes) -> dict[str, Any]:
    """The record `PushBacklog`. Raises Forbidden."""
    require_operator(env, caller)
    return {"waiting": len(env.outbox), "failures": env.failures.texts()}
