"""How a call runs at a shard: await who the caller is, then one slice."""

from collections.abc import Callable
from typing import Any

from kybra import ic

from shard_canister.admission import admit, learn_people, names_somebody
from shard_canister.service.roster_cache import ensure_roster, needs_roster
from shard_canister.shard_fleet import report_when_due, require_index
from shard_canister.tickets.bulk_updates import bulk_update
from vex_canister.answers import Steps
from vex_canister.incoming_call import ANONYMOUS, IncomingCall
from vex_canister.sessions import grants_of, known_grants
from vex_canister.token_memory import once
from vex_domain.access import Access
from vex_domain.permissions import names_of
from vex_domain.refusals import AnonymousCaller, NotFound
from vex_domain.token_window import check_token

Ask = Callable[[Any, IncomingCall, int], Steps]


def organisation_of(env: Any, ticket_id: int) -> int:
    """The organisation in the ticket's header, which an index on the heap repeats. Raises NotFound."""
    position = ticket_id - env.start
    if not 0 <= position < env.count:
        raise NotFound("ticket")
    organisation: int = env.index.organisations[position]
    return organisation


def change(
    env: Any,
    call: IncomingCall,
    request: dict[str, Any],
    operation: Callable[[Any, Access, dict[str, Any]], list[int]],
) -> Steps:
    """The record `TicketReceipt` of a change. Awaits grants when not cached; nothing is awaited after the check."""
    numbers = yield from numbers_of(env, call, request, operation)
    return {"ticket": numbers[0], "version": numbers[1], "comment": numbers[2] or None, "event": numbers[3]}


def numbers_of(
    env: Any,
    call: IncomingCall,
    request: dict[str, Any],
    operation: Callable[[Any, Access, dict[str, Any]], list[int]],
) -> Steps:
    """The numbers of a change, made now or by the same call before.

    The organisation is that of the stored header, or for a new ticket the one that the shard was opened for.
    """
    _require_origin(env, call)
    check_token(request["client_token"], request["created_at"], env.now())
    organisation = organisation_of(env, request["ticket"]) if "ticket" in request else _opened(env, request)
    if needs_roster(env, organisation):
        yield from ensure_roster(env, organisation)
    cached = known_grants(env, call, organisation) or (yield from grants_of(env, call, organisation))
    if names_somebody(request) and (yield from learn_people(env, cached, request)):
        cached = yield from grants_of(env, call, organisation)

    def admitted() -> list[int]:
        admit(env, cached, call, request)
        return operation(env, cached.access, request)

    numbers = once(env.tokens, env.now(), call, request, admitted)
    report_when_due(env)
    return numbers


def bulk(env: Any, call: IncomingCall, request: dict[str, Any]) -> Steps:
    """The records `BulkResult`. Awaits roster and grants when not cached. Raises NotFound, Invalid, TooLarge."""
    check_token(request["client_token"], request["created_at"], env.now())
    _require_origin(env, call)
    organisation = _opened(env, request)
    if needs_roster(env, organisation):
        yield from ensure_roster(env, organisation)
    cached = known_grants(env, call, organisation) or (yield from grants_of(env, call, organisation))
    cached.access.require_member("organisation")
    if names_somebody(request) and (yield from learn_people(env, cached, request)):
        cached = yield from grants_of(env, call, organisation)
    return bulk_update(env, cached, call, request)


def access_to(env: Any, call: IncomingCall, ask: Ask, organisation: int) -> Steps:
    """The caller's Access in an organisation. Raises as `grants_in`."""
    cached = yield from grants_in(env, call, ask, organisation)
    return cached.access


def grants_in(env: Any, call: IncomingCall, ask: Ask, organisation: int) -> Steps:
    """The caller's CachedGrants in an organisation. Raises AnonymousCaller, NotFound and what `ask` raises.

    Of an organisation that this shard is not opened for it asks nobody: nobody outside makes it and `users` work.
    """
    _require_origin(env, call)
    _opened(env, {"organisation": organisation})
    return (yield from ask(env, call, organisation))


def access_to_ticket(env: Any, call: IncomingCall, ask: Ask, ticket_id: int) -> Steps:
    """The caller's Access in the organisation of the stored header. Raises NotFound besides."""
    return (yield from access_to(env, call, ask, organisation_of(env, ticket_id)))


def session(env: Any, call: IncomingCall, organisation: int) -> Steps:
    """The record `Session`; warms the cache. Raises AnonymousCaller, NotFound for a stranger, Unavailable."""
    _require_origin(env, call)
    _opened(env, {"organisation": organisation})
    cached = yield from grants_of(env, call, organisation)
    cached.access.require_member("organisation")
    return {
        "person": cached.access.person,
        "roles": cached.roles,
        "teams": list(cached.access.teams),
        "permissions": names_of(cached.access.permissions),
        "epoch": cached.epoch,
        "expires": cached.expires,
    }


def _require_origin(env: Any, call: IncomingCall) -> None:
    if call.via_facade:
        require_index(env, ic.caller())
    if call.caller.bytes == ANONYMOUS:
        raise AnonymousCaller


def _opened(env: Any, request: dict[str, Any]) -> int:
    env.require_lease()
    organisation: int = request["organisation"]
    if organisation not in env.opened:
        raise NotFound("organisation")
    return organisation
