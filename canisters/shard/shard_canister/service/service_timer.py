"""What the shard does for service levels by itself: fires what is due, runs clocks anew after a configuration."""

from typing import Any

from shard_canister.service import clock_consequences
from shard_canister.service.ticket_facts_view import SYSTEM, clocks_of, facts_of
from shard_canister.tickets.ticket_index import ALL, list_key
from shard_canister.tickets.ticket_work import TicketWork, commit
from vex_domain import audit_chain
from vex_domain.access import Access
from vex_domain.service_levels import clock_rules
from vex_domain.service_levels.policy_documents import measures
from vex_domain.time_units import NS

FIRED_AT_ONCE = 16
SWEPT_AT_ONCE = 32
POSTPONED_SECONDS = 3_600
MERGING_SECONDS = 60


def run(env: Any) -> None:
    """One message's worth of what is due; the timer is set for the rest."""
    now = env.now() // NS
    for _ in range(FIRED_AT_ONCE):
        first = env.service.due.first()
        if first is None or first[0] > now:
            break
        # Should this ticket fail, the others still get their turn.
        env.service.due.set(first[1], now + POSTPONED_SECONDS)
        _fire(env, env.start + first[1])
    else:
        env.service.arm(env)
        return
    _sweep(env)
    env.service.arm(env)


def _fire(env: Any, ticket_id: int) -> None:
    if env.locks.is_merging(ticket_id):
        # Its saga goes first; the ticket has its turn once that is over.
        env.service.due.set(ticket_id - env.start, env.now() // NS + MERGING_SECONDS)
        return
    work = _work(env, ticket_id)
    if clock_consequences.fire_due(env, work):
        commit(env, work, audit_chain.TIMED)
    else:
        _run_on(env, work)


def _work(env: Any, ticket_id: int) -> TicketWork:
    header = env.stores.tickets.get(ticket_id)
    return TicketWork(env, Access(SYSTEM, header["organisation"], 0), ticket_id, header)


def _run_on(env: Any, work: TicketWork) -> None:
    """Let a ticket's clocks go on by the rules of now, without any change of the ticket."""
    if not measures(work.rules):
        clocks_of(env, work).forget(env, work.id)
        return
    part = clock_consequences.known_clocks(env, work)
    clock_rules.settle(part.state, work.now // NS, env.service.hours_of(env, work.header["organisation"]))
    clock_consequences.go_on(env, work, part.state, facts_of(env, work))
    part.store(env, work.id)


def _sweep(env: Any) -> None:
    """Let the clocks of an organisation's tickets go on by its new rules, some tickets a message, newest first."""
    if not env.service.sweeps:
        return
    organisation, before = env.service.sweeps[0]
    everything = [list_key(organisation, ALL, 0)]
    positions = env.index.lists.before(everything, before, SWEPT_AT_ONCE)
    if positions:
        env.service.sweeps[0] = (organisation, positions[-1])
    else:
        env.service.swept(env)
    for position in positions:
        work = _work(env, env.start + position)
        if env.rules_of(organisation).workflow.state_of(work.header["status"]).is_closed:
            continue
        _run_on(env, work)
