"""What is read of service levels: a ticket's clocks, the outbox; and the outbox's acknowledgement."""

from typing import Any

from shard_canister.service.clock_consequences import known_clocks
from shard_canister.shard_calls import Ask, access_to, access_to_ticket
from shard_canister.tickets.ticket_work import work_on
from vex_canister.answers import Steps
from vex_canister.incoming_call import IncomingCall
from vex_canister.sessions import grants_of
from vex_canister.token_memory import once
from vex_domain import permissions
from vex_domain.access import Access
from vex_domain.cursors import page_size
from vex_domain.refusals import Invalid
from vex_domain.service_levels import clock_rules
from vex_domain.service_levels.clock_state import METRICS, NOT_STARTED, OPEN, Clock
from vex_domain.time_units import NS
from vex_domain.token_window import check_token

EVENTS_MOST = 100


def clocks(env: Any, call: IncomingCall, ask: Ask, ticket_id: int) -> Steps:
    """The record `TicketClocksView`. Raises NotFound, Forbidden."""
    access = yield from access_to_ticket(env, call, ask, ticket_id)
    work = work_on(env, access, ticket_id)
    access.require(permissions.TICKET_READ)
    state = known_clocks(env, work).state
    running = [clock.reading is not None for clock in state.clocks]
    policy = work.rules.service_levels.named(state.policy)
    hours_of = env.service.hours_of(env, work.header["organisation"])
    promised = {} if policy is None else policy.targets
    targets = {metric: each.get(work.header["priority"]) for metric, each in promised.items()}
    dues = {metric: clock_rules.target_due(state, metric, targets[metric], hours_of) for metric in targets}
    clock_rules.settle(state, work.now // NS, hours_of)
    views = []
    for metric, clock in enumerate(state.clocks):
        if clock.phase != NOT_STARTED:
            view = _view(clock, metric, targets.get(metric), dues.get(metric))
            view["state"] = _state_of(clock, running[metric])
            views.append(view)
    name = None if policy is None else policy.name
    return {"ticket": ticket_id, "policy": name, "read_at": work.now, "clocks": views}


def _view(clock: Clock, metric: int, target: int | None, due: int | None) -> dict[str, Any]:
    """The record `TicketClock` but for its state."""
    return {
        "metric": METRICS[metric],
        "since": clock.since * NS,
        "spent": clock.spent,
        "target": target,
        "due": None if due is None else due * NS,
        "breached": clock.breached,
    }


def _state_of(clock: Clock, running: bool) -> str:
    if clock.phase != OPEN:
        return "ended"
    return "running" if running else "paused"


def outbox(env: Any, call: IncomingCall, ask: Ask, request: dict[str, Any]) -> Steps:
    """The record `OutboxPage`. Raises NotFound, Forbidden, Invalid."""
    access = yield from access_to(env, call, ask, request["organisation"])
    _require_deliverer(access)
    limit = page_size(request["limit"], EVENTS_MOST, EVENTS_MOST)
    opening = env.opened[access.organisation]
    first, end = env.service.outbox.bounds(opening)
    events = []
    for sequence, event in env.service.outbox.events(opening, request["after"], limit):
        event["sequence"] = sequence
        events.append(event)
    return {"first": first, "end": end, "events": events}


def acknowledge(env: Any, call: IncomingCall, request: dict[str, Any]) -> Steps:
    """Forget delivered events; the first sequence that is kept. Awaits grants when not cached.

    Raises NotFound, Forbidden, Invalid.
    """
    check_token(request["client_token"], request["created_at"], env.now())
    yield from access_to(env, call, grants_of, request["organisation"])
    cached = yield from grants_of(env, call, request["organisation"])
    numbers = once(env.tokens, env.now(), call, request, lambda: _acknowledge(env, cached.access, request["up_to"]))
    return numbers[0]


def _acknowledge(env: Any, access: Access, up_to: int) -> list[int]:
    _require_deliverer(access)
    opening = env.opened[access.organisation]
    if up_to >= env.service.outbox.bounds(opening)[1]:
        raise Invalid("up_to", "is not the sequence of an event")
    return [env.service.outbox.acknowledge(opening, up_to)]


def _require_deliverer(access: Access) -> None:
    access.require_member("organisation")
    access.require(permissions.OUTBOX_READ)
