"""Who the caller is in an organisation: from the cache, or by asking `users` once (design, "Identity")."""

from typing import Any

from kybra import Principal

from vex_canister.answers import Steps
from vex_canister.grant_cache import CachedGrants
from vex_canister.incoming_call import ANONYMOUS, IncomingCall
from vex_canister.peer_services import UsersPeer
from vex_canister.seeding import ensure_seeded
from vex_domain.refusals import AnonymousCaller, SessionRequired, Unavailable

LOOKS_WHILE_ASKED = 12
ANSWERS_OLDER_THAN_FLOOR = 3


def cached_grants(env: Any, call: IncomingCall, organisation: int) -> CachedGrants | None:
    """The cached answer that counts now, or None. Raises AnonymousCaller."""
    caller = call.caller.bytes
    if caller == ANONYMOUS:
        raise AnonymousCaller
    key = env.grants.key(caller, organisation)
    found: CachedGrants | None = env.grants.find(key, caller, organisation, env.now())
    return found


def known_grants(env: Any, call: IncomingCall, organisation: int) -> CachedGrants | None:
    """As `cached_grants`; None before this start of the canister was seeded."""
    return cached_grants(env, call, organisation) if env.salts.seeded else None


def grants_of(env: Any, call: IncomingCall, organisation: int) -> Steps:
    """The caller's CachedGrants. Awaits `raw_rand` before the first use, `users.request_grants` when not cached.

    Raises AnonymousCaller, Unavailable.
    """
    yield from ensure_seeded(env)
    found = cached_grants(env, call, organisation)
    if found is None:
        found = yield from _joined(env, call, organisation)
    if found is None:
        found = yield from _asked(env, call, organisation)
    return found


def _joined(env: Any, call: IncomingCall, organisation: int) -> Steps:
    key = env.grants.key(call.caller.bytes, organisation)
    for _ in range(LOOKS_WHILE_ASKED):
        if env.grants.asking_since(key, env.now()) is None:
            return None
        # Nothing waits on another call's answer but a message of one's own: it comes back a round later.
        yield env.pause()
        found = cached_grants(env, call, organisation)
        if found is not None:
            return found
    return None


def _asked(env: Any, call: IncomingCall, organisation: int) -> Steps:
    caller = call.caller.bytes
    key = env.grants.key(caller, organisation)
    users = UsersPeer(Principal(env.users))
    for _ in range(ANSWERS_OLDER_THAN_FLOOR):
        asked_at = env.now()
        env.grants.ask(key, asked_at)
        result = yield users.request_grants(call.caller, organisation)
        env.grants.answered(key)
        if result.Err is not None or "Ok" not in result.Ok:
            raise Unavailable("users did not answer")
        found = env.grants.keep(key, caller, organisation, result.Ok["Ok"], asked_at)
        if found is not None:
            return found
    raise Unavailable("users answers with an old epoch")


def grants_in_query(env: Any, call: IncomingCall, organisation: int) -> Steps:
    """As `grants_of` in a composite query, which keeps nothing.

    Raises SessionRequired when `users` is out of reach or answers with an epoch that no longer counts here.
    """
    found = known_grants(env, call, organisation)
    if found is not None:
        return found
    if call.caller.bytes == ANONYMOUS:
        raise AnonymousCaller
    result = yield UsersPeer(Principal(env.users)).grants(call.caller, organisation)
    if result.Err is not None:
        raise SessionRequired
    if "Ok" not in result.Ok:
        raise SessionRequired
    key = env.grants.key(call.caller.bytes, organisation)
    found = env.grants.keep(key, call.caller.bytes, organisation, result.Ok["Ok"], env.now())
    if found is None:
        raise SessionRequired
    return found
