"""Whether a change is taken on at all: rates and quotas of the organisation, teams and people that exist.

Everything here is looked at before any work is done, and what is refused has changed nothing but the counts.
"""

from typing import Any

from kybra import Principal

from shard_canister.shard_stores import PAGE_BYTES
from shard_canister.tickets import ticket_index
from shard_canister.tickets.ticket_parts import FOLLOWERS_MOST
from vex_canister.answers import Steps, ok_of
from vex_canister.grant_cache import CachedGrants
from vex_canister.incoming_call import IncomingCall
from vex_canister.peer_services import UsersPeer
from vex_domain import permissions
from vex_domain.access import Access
from vex_domain.limits import limit_rules
from vex_domain.limits.limit_rules import LimitRules
from vex_domain.limits.rate_sketch import Rate
from vex_domain.refusals import Invalid, QuotaExceeded, RateLimited

KNOWN_FOR = 300_000_000_000
PEOPLE_KEPT = 20_000


class KnownPeople:
    """People of whom `users` said lately that they are members, and whether they may be assigned."""

    def __init__(self) -> None:
        self._until: dict[int, tuple[int, bool]] = {}

    def find(self, organisation: int, person: int, now: int) -> bool | None:
        """Whether the person may be assigned; None when it is not known that they are a member."""
        known = self._until.get(organisation << 64 | person)
        return known[1] if known is not None and known[0] > now else None

    def keep(self, organisation: int, person: int, assignable: bool, now: int) -> None:
        """Remember a member for 5 minutes; the oldest of 20,000 makes room."""
        if len(self._until) >= PEOPLE_KEPT:
            del self._until[next(iter(self._until))]
        self._until[organisation << 64 | person] = (now + KNOWN_FOR, assignable)


def names_somebody(request: dict[str, Any]) -> bool:
    """Whether a request names people or a team."""
    named = request.get
    return named("requester") is not None or bool(named("assignee") or named("team") or named("follow"))


def learn_people(env: Any, cached: CachedGrants, request: dict[str, Any]) -> Steps:
    """Ask `users` about requester, assignee and followers of a request, unless they are known; whether it did.

    Raises Unavailable.
    Who lacks the permission to name them makes nobody ask: the operation refuses them.
    """
    access = cached.access
    asked = []
    for field, bit in (
        ("requester", permissions.TICKET_CREATE_FOR_OTHERS),
        ("assignee", permissions.TICKET_ASSIGN),
    ):
        person = request.get(field)
        named = person and person != access.person and access.may(bit)
        if named and env.known_people.find(access.organisation, person, env.now()) is None:
            asked.append(person)
    known, now = env.known_people, env.now()
    asked += [each for each in _followers(access, request) if known.find(access.organisation, each, now) is None]
    if asked:
        call = UsersPeer(Principal(env.users)).known_people(access.organisation, asked)
        answer = yield from ok_of(call, "users")
        for person in answer["people"]:
            env.known_people.keep(access.organisation, person, person in answer["assignable"], env.now())
    return bool(asked)


def _followers(access: Access, request: dict[str, Any]) -> list[int]:
    """Others whom a request lets follow; none when they are so many that the operation refuses them."""
    named = list(dict.fromkeys(request.get("follow") or ()))
    if len(named) > FOLLOWERS_MOST or not access.may(permissions.TICKET_UPDATE):
        return []
    return [person for person in named if person and person != access.person]


def admit(env: Any, cached: CachedGrants, call: IncomingCall, request: dict[str, Any]) -> None:
    """Count a change and look at what it names. Raises RateLimited, QuotaExceeded, Invalid."""
    limits: LimitRules = env.rules_of(cached.access.organisation).limits
    if limits.limited or cached.updates_per_minute is not None:
        _take(env, _counted(env, cached, limits, call, request))
        _check_quotas(env, cached, limits, call, request)
    if names_somebody(request):
        _check_names(env, cached, request)


def _counted(
    env: Any, cached: CachedGrants, limits: LimitRules, call: IncomingCall, request: dict[str, Any]
) -> list[tuple[Rate, int, int]]:
    """What this change counts for: (rate, key, units)."""
    numbers = {
        limit_rules.PERSON: (cached.access.person, 1),
        limit_rules.PERSON_BYTES: (cached.access.person, call.size),
        limit_rules.ORGANISATION: (cached.access.organisation, 1),
        limit_rules.ORGANISATION_BYTES: (cached.access.organisation, call.size),
    }
    if request.get("ticket"):
        numbers[limit_rules.TICKET] = (request["ticket"], 1)
    counted = [
        (limits.rates[kind], env.rates.key_of(kind, number), units)
        for kind, (number, units) in numbers.items()
        if kind in limits.rates
    ]
    if cached.updates_per_minute is not None:
        key = env.grants.key(cached.caller, cached.access.organisation)
        counted.append((Rate(cached.updates_per_minute), key, 1))
    return counted


def _take(env: Any, counted: list[tuple[Rate, int, int]]) -> None:
    now = env.now()
    wait = max([rate.wait(env.rates, key, now, units) for rate, key, units in counted], default=0)
    if wait:
        raise RateLimited(wait)
    for rate, key, units in counted:
        rate.take(env.rates, key, now, units)


def _check_quotas(
    env: Any, cached: CachedGrants, limits: LimitRules, call: IncomingCall, request: dict[str, Any]
) -> None:
    organisation = cached.access.organisation
    # A split names the ticket whose comments become another one.
    makes_one = not request.get("ticket") or bool(request.get("comments"))
    if limits.tickets is not None and makes_one:
        all_of_them = ticket_index.list_key(organisation, ticket_index.ALL, 0)
        if env.index.lists.count(all_of_them) >= limits.tickets:
            raise QuotaExceeded("tickets", limits.tickets)
    most = limits.storage_bytes
    if most is not None and env.index.pages_of(organisation) * PAGE_BYTES + call.size > most:
        raise QuotaExceeded("bytes of texts", most)


def _check_names(env: Any, cached: CachedGrants, request: dict[str, Any]) -> None:
    """Team, requester, followers and assignee are the organisation's, if the caller may name them. Raises Invalid."""
    access = cached.access
    team = request.get("team")
    if team and access.may(permissions.TICKET_ASSIGN) and cached.known_teams is not None and team > cached.known_teams:
        raise Invalid("team", "is none of the organisation's")
    organisation, now = access.organisation, env.now()
    requester = request.get("requester")
    foreign = requester is not None and requester != access.person and access.may(permissions.TICKET_CREATE_FOR_OTHERS)
    if foreign and env.known_people.find(organisation, requester, now) is None:
        raise Invalid("requester", "is no member of the organisation")
    if any(env.known_people.find(organisation, person, now) is None for person in _followers(access, request)):
        raise Invalid("follow", "names somebody who is no member of the organisation")
    assignee = request.get("assignee")
    if not assignee or not access.may(permissions.TICKET_ASSIGN):
        return
    mine = assignee == access.person and access.may(permissions.TICKET_UPDATE)
    if not mine and not env.known_people.find(organisation, assignee, now):
        raise Invalid("assignee", "is nobody who works on the organisation's tickets")
