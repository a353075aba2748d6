"""How a call runs at `users`: seed, then one slice that is remembered under its token."""

from collections.abc import Callable
from typing import Any

from users_canister import directory, invitations, people_changes, people_reads, rosters
from users_canister.membership import counted_organisation, member_of
from users_canister.platform_settings import require_index
from users_canister.push_outbox import THE_INDEX
from vex_canister.answers import Steps
from vex_canister.incoming_call import ANONYMOUS, IncomingCall
from vex_canister.operators import require_operator
from vex_canister.seeding import ensure_seeded
from vex_canister.token_memory import once
from vex_domain.refusals import AnonymousCaller, Invalid
from vex_domain.token_window import check_token

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


def repeatable(
    env: Any, call: IncomingCall, request: dict[str, Any], operation: Callable[[Any, bytes, dict[str, Any]], Any]
) -> Steps:
    """What an operation answers that has the same effect however often it is carried out.

    Its token is checked and not remembered: whoever makes principals and people cannot fill the window with it.
    """
    if call.caller.bytes == ANONYMOUS:
        raise AnonymousCaller
    check_token(request["client_token"], request["created_at"], env.now())
    yield from ensure_seeded(env)
    return operation(env, call.caller.bytes, request)


def update_profile(env: Any, call: IncomingCall, request: dict[str, Any]) -> Steps:
    """The record `Person` of the caller."""
    person = yield from repeatable(env, call, request, people_changes.update_profile)
    return people_reads.person_view(env, person)


def accept_invitation(env: Any, call: IncomingCall, request: dict[str, Any]) -> Steps:
    """The record `Membership` that the code gave."""
    caller = call.caller.bytes
    numbers = yield from change(env, call, request, lambda: invitations.accept(env, caller, request))
    organisation = request["organisation"]
    member = member_of(env, organisation, numbers[0])
    if member is None:
        raise Invalid("organisation", "is another than the token's")
    return {
        "person": numbers[0],
        "organisation": organisation,
        "roles": directory.standing_roles(env, organisation, member),
        "teams": member["teams"],
        "epoch": numbers[1],
    }


def roster(env: Any, caller: bytes, organisation: int) -> dict[str, Any]:
    """The record `Roster`; who asks is told of changes for an hour. Raises Forbidden, NotFound."""
    shard = _fleet_number(env, caller)
    counted_organisation(env, organisation)
    env.roster_outbox.note_asker(organisation, shard, env.now())
    return rosters.roster(env, organisation)


def known_people(env: Any, caller: bytes, organisation: int, people: list[int]) -> dict[str, Any]:
    """The record `KnownPeople`. Raises Forbidden, Invalid."""
    _fleet_number(env, caller)
    return people_reads.known_people(env, organisation, people)


def set_people_limit(env: Any, caller: bytes, organisation: int, most: int | None) -> None:
    """How many members an organisation may have from now on. Raises Forbidden, NotFound."""
    require_index(env, caller)
    record = directory.organisation_record(env, organisation)
    record["people_most"] = most
    env.stores.organisations.insert(organisation, record)


def _fleet_number(env: Any, caller: bytes) -> int:
    shard: int | None = env.shards.get(caller)
    if shard is not None:
        return shard
    require_index(env, caller)
    return THE_INDEX


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
    shard = THE_INDEX if caller == env.settings["index"] else env.shards.get(caller)
    if shard is not None and env.stores.organisations.contains_key(organisation):
        env.outbox.note_asker(organisation, shard, env.now())
    return found


def push_backlog(env: Any, caller: bytes) -> dict[str, Any]:
    """The record `PushBacklog`. Raises Forbidden."""
    require_operator(env, caller)
    return {"waiting": len(env.outbox) + len(env.roster_outbox), "failures": env.failures.texts()}
