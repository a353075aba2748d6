"""Erasures and retention by timers: a bounded piece of the lease in each message, from where the last one stopped."""

from typing import Any

from kybra import Principal

from shard_canister.attachments.uploads import drop_of_person, sweep_soon
from shard_canister.privacy.erasing import Erased, authors, concerns, erase_ticket, erase_traces, is_erased
from shard_canister.shard_fleet import require_index
from vex_canister.answers import Steps
from vex_canister.seeding import ensure_seeded
from vex_canister.timed_work import AGAIN_SECONDS, run_every, run_later
from vex_domain.access import Access
from vex_domain.permissions import PRIVACY_ERASE
from vex_domain.privacy.legal_holds import PERSON

RETENTION_SECONDS = 3_600
TICKETS_AT_ONCE = 64
COMMENTS_AT_ONCE = 4_096
"""One ticket with more than that is taken by itself: 65,535 comments are the most that a message looks at."""


def take_order(env: Any, caller: Principal, order: dict[str, Any]) -> Steps:
    """Take an order; a known one changes nothing. Callers: index. Awaits `raw_rand` before the first use."""
    require_index(env, caller)
    yield from ensure_seeded(env)
    if env.privacy.take(order):
        erase_soon(env)


def progress(env: Any, access: Access, _request: dict[str, Any]) -> list[dict[str, Any]]:
    """Records `OrderProgress`. Raises NotFound, Forbidden."""
    access.require_member("organisation")
    access.require(PRIVACY_ERASE)
    found: list[dict[str, Any]] = env.privacy.of(access.organisation)
    return found


def watch(env: Any) -> None:
    """Go on with erasures, and look for tickets whose time is over; armed at every start of the canister."""
    erase_soon(env)
    run_every(env, "retention", lambda env: retain(env, 0), RETENTION_SECONDS)


def erase_soon(env: Any, seconds: int = 0) -> None:
    """Let a timer of its own message go on with an erasure, if there is one to do."""
    if env.privacy.erasing:
        run_later(env, "erase", erase, seconds)


def erase(env: Any) -> Steps:
    """Do the next piece of the first erasure. Awaits `raw_rand` after an upgrade: events are salted."""
    yield from ensure_seeded(env)
    if env.privacy.erasing:
        key = env.privacy.erasing[0]
        locked = _erase_piece(env, key, env.privacy.get(key))
        if locked:
            # A saga that waits for another shard holds up no other erasure.
            env.privacy.erasing.append(env.privacy.erasing.pop(0))
        sweep_soon(env)
        erase_soon(env, AGAIN_SECONDS if locked else 0)


def _erase_piece(env: Any, key: int, order: dict[str, Any]) -> bool:
    """Whether a ticket that a saga holds stopped it."""
    organisation, person = key >> 32, order["subject"]
    if order["position"] == 0:
        order["held"] = 0
    if order["subject_kind"] == PERSON and env.privacy.holds.stops_person(organisation, person):
        order["held"] = 1
        env.privacy.settle(key, order, env.now())
        return False
    if order["position"] == 0:
        drop_of_person(env, organisation, person)
    done = Erased()
    locked = False
    positions, following = _piece(env, organisation, order["position"])
    for position in positions:
        if env.stores.locks.contains_key(env.start + position):
            following, locked = position, True  # a saga is moving its texts: wait for it
            break
        _erase_at(env, env.start + position, order, done)
    for field in Erased.__slots__:
        order[field] += getattr(done, field)
    order["position"] = following
    if following >= env.count:
        env.privacy.settle(key, order, env.now())
    else:
        env.privacy.put(key, order)
    return locked


def _erase_at(env: Any, ticket_id: int, order: dict[str, Any], done: Erased) -> None:
    """Do what an order asks for at one ticket, unless it is held: then the order notes that something is left."""
    person = order["subject"]
    header = env.stores.tickets.get(ticket_id)
    if header["opened_at"] > order["ordered_at"] or is_erased(env, ticket_id, header):
        return
    whole = header["requester"] == person
    if _is_held(env, ticket_id, header, whole=whole):
        order["held"] += concerns(env, ticket_id, header, person)
    elif whole:
        erase_ticket(env, ticket_id, header, done)
    else:
        erase_traces(env, ticket_id, header, person, done)


def _is_held(env: Any, ticket_id: int, header: dict[str, Any], *, whole: bool) -> bool:
    """Whether a hold keeps a ticket; `whole`: from losing all its texts, those of held people among them."""
    organisation, holds = header["organisation"], env.privacy.holds
    if holds.stops_ticket(organisation, ticket_id, header["requester"]):
        return True
    persons = holds.persons(organisation)
    return whole and bool(persons) and not persons.isdisjoint(authors(env, ticket_id, header))


def _piece(env: Any, organisation: int, first: int) -> tuple[list[int], int]:
    """The positions of the organisation's tickets that one message looks at, and where the next one goes on."""
    found: list[int] = []
    organisations = env.index.organisations
    position = first
    comments = 0
    while position < env.count and len(found) < TICKETS_AT_ONCE and comments < COMMENTS_AT_ONCE:
        if organisations[position] == organisation:
            found.append(position)
            comments += env.stores.tickets.get(env.start + position)["comments"]
        position += 1
    return found, position


def retain(env: Any, first: int) -> Steps:
    """Erase closed tickets that are over, a piece of the lease at a time; holds stop that."""
    yield from ensure_seeded(env)
    done = Erased()
    position = first
    while position < min(env.count, first + TICKETS_AT_ONCE) and done.comments < COMMENTS_AT_ONCE:
        rules = env.rules_of(env.index.organisations[position])
        if rules.privacy.keep_closed_ns is not None:
            _retain_ticket(env, env.start + position, rules, done)
        position += 1
    if done.tickets:
        sweep_soon(env)
    if position < env.count:
        run_later(env, "retention", lambda env: retain(env, position))


def _retain_ticket(env: Any, ticket_id: int, rules: Any, done: Erased) -> None:
    header = env.stores.tickets.get(ticket_id)
    is_closed = rules.workflow.category(header["status"]) == "closed"
    over = rules.privacy.is_over(is_closed, header["changed_at"], env.now())
    if not over or is_erased(env, ticket_id, header) or env.stores.locks.contains_key(ticket_id):
        return
    if not _is_held(env, ticket_id, header, whole=True):
        erase_ticket(env, ticket_id, header, done)
