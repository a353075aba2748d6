"""What a change means for a ticket's clocks: what was due fires first, then they run on by what happened."""

from typing import Any

from shard_canister.service.ticket_actions import do
from shard_canister.service.ticket_clocks import TicketClocksPart
from shard_canister.service.ticket_facts_view import by_staff, clocks_of, facts_of, is_by_people, is_settled
from vex_domain.id_ranges import sequence_key
from vex_domain.service_levels import clock_rules
from vex_domain.service_levels.clock_rules import ALL_HOURS, Hours, Policy, Standing
from vex_domain.service_levels.clock_state import FIRST_REPLY, METRICS, NEVER, NEXT_REPLY, OPEN, TicketClocks
from vex_domain.service_levels.policy_documents import measures
from vex_domain.time_units import NS
from vex_domain.triggers.automations import Automation, next_automation, still_fired
from vex_domain.triggers.ticket_facts import TicketFacts

FIRED_AT_ONCE = 48
COMMENTS_LOOKED_AT = 200


def fire_overdue(env: Any, work: Any) -> None:
    """Fire what was due before this change, on the ticket as it was: a late timer changes no outcome."""
    if work.is_new:
        return
    due = env.service.due.due_of(work.id - env.start)
    if due is not None and due <= work.now // NS:
        fire_due(env, work)


def fire_due(env: Any, work: Any) -> bool:
    """Fire all that is due, each once, with its actions; whether anything was."""
    if not measures(work.rules):
        return False
    part = known_clocks(env, work)
    fired = False
    for _ in range(FIRED_AT_ONCE):
        if not (_fire_target(env, work, part.state) or _fire_automation(env, work, part.state)):
            break
        fired = True
    return fired


def _fire_target(env: Any, work: Any, state: TicketClocks) -> bool:
    now = work.now // NS
    header = work.header if work.before is None else work.before
    policy = work.rules.service_levels.named(state.policy)
    hours_of = env.service.hours_of(env, header["organisation"])
    firing = clock_rules.due_firing(state, policy, header["priority"], now, hours_of)
    if firing is None:
        return False
    kind = "sla_escalated" if firing.before else "sla_breached"
    event = {"kind": kind, "metric": METRICS[firing.metric], "policy": firing.policy, "due": firing.at}
    event["before_minutes"] = firing.before
    work.events.append(event)
    if not firing.before:
        work.events.append({"kind": "sla", "metric": METRICS[firing.metric], "met": False})
    work.change.setdefault("fired", []).append([kind, METRICS[firing.metric], firing.policy, firing.before, firing.at])
    do(env, work, firing.actions)
    return True


def _fire_automation(env: Any, work: Any, state: TicketClocks) -> bool:
    found = _next(env, work, state, facts_of(env, work)) if work.rules.automations else None
    if found is None or found[0] > work.now // NS:
        return False
    automation = found[1]
    state.automations.append(automation.key)
    work.change.setdefault("fired", []).append(["automated", automation.id])
    work.events.append({"kind": "automated", "automation": automation.id, "due": found[0]})
    do(env, work, automation.actions)
    return True


def _next(env: Any, work: Any, state: TicketClocks, facts: TicketFacts) -> tuple[int, Automation] | None:
    hours_of = env.service.hours_of(env, work.header["organisation"])
    return next_automation(work.rules.automations, state.automations, facts, hours_of)


def run_clocks(env: Any, work: Any) -> None:
    """Count up to now, take in what happened, count on by the policy that is in force from now on."""
    if not measures(work.rules):
        return
    part = known_clocks(env, work)
    state, now = part.state, work.now // NS
    clock_rules.settle(state, now, env.service.hours_of(env, work.header["organisation"]))
    moved = _take_in(work, state, now)
    facts = facts_of(env, work)
    _take_in_relations(env, work, state, facts)
    if state.automations:
        state.automations = still_fired(work.rules.automations, state.automations, facts, moved)
    go_on(env, work, state, facts)
    work.touch("clocks")


def go_on(env: Any, work: Any, state: TicketClocks, facts: TicketFacts) -> None:
    """Choose the policy, resume a settled state, and note when the ticket is due next."""
    header, rules = work.header, work.rules
    stands = rules.workflow.state_of(header["status"])
    policy = rules.service_levels.chosen(facts)
    standing = Standing(stands.category, stands.pauses_sla, header["priority"])
    hours_of = env.service.hours_of(env, header["organisation"])
    clock_rules.resume(state, policy, standing, work.now // NS, hours_of)
    automation = _next(env, work, state, facts) if rules.automations else None
    if automation is not None:
        state.due = min(state.due, automation[0])
    state.due = min(state.due, NEVER)
    state.rules_version = rules.version


def _take_in(work: Any, state: TicketClocks, now: int) -> frozenset[str]:
    """Let the clocks know what happened; the moments that began anew."""
    moved = {"updated"} if is_by_people(work) else set()
    header, before = work.header, work.before
    if before is None:
        clock_rules.created(state, now)
        moved |= {"created", "status", "requester"}
    settled = is_settled(work, header)
    for event in work.events:
        if event["kind"] == "commented":
            if by_staff(work, event):
                category = "solved" if settled else "open"
                _tell_ended(work, state, clock_rules.staff_replied(state, now, category))
                moved.add("staff")
            else:
                clock_rules.requester_commented(state, now)
                moved.add("requester")
    was_settled = before is not None and is_settled(work, before)
    if before is not None and header["status"] != before["status"]:
        state.status_since = now
        moved.add("status")
    if settled and not was_settled:
        _tell_ended(work, state, clock_rules.solved(state))
        moved.add("solved")
    elif was_settled and not settled:
        clock_rules.reopened(state, now)
    if header["assignee"] != (None if before is None else before["assignee"]):
        state.assigned_since = 0 if header["assignee"] is None else now
        moved.add("assigned")
    return frozenset(moved)


def _take_in_relations(env: Any, work: Any, state: TicketClocks, facts: TicketFacts) -> None:
    """Questions that came with a split or a merge wait on with the time that they have waited."""
    now = work.now // NS
    for event in work.events:
        if event["kind"] == "created" and event.get("since", work.now) < work.now:
            first = state.clocks[FIRST_REPLY]
            first.since = event["since"] // NS
            policy = work.rules.service_levels.chosen(facts)
            if policy is not None and FIRST_REPLY in policy.targets:
                hours = _hours(env, work, policy, FIRST_REPLY)
                first.spent = hours.reading(now) - hours.reading(first.since)
        elif event["kind"] == "split":
            policy = work.rules.service_levels.named(state.policy)
            hours = ALL_HOURS if policy is None else _hours(env, work, policy, NEXT_REPLY)
            header = work.header
            numbers = range(header["comments"], 0, -1)
            oldest = _oldest_question(env, work, numbers, (header["requester"],), tuple(event["numbers"]))
            clock_rules.split_off(state, oldest, now, hours)
        elif event["kind"] == "merged":
            _take_in_merged(env, work, state)


def _take_in_merged(env: Any, work: Any, state: TicketClocks) -> None:
    """The comments that a merged ticket brought may hold a question: it waits on here, counted by these hours."""
    header, before, now = work.header, work.before, work.now // NS
    numbers = range(header["comments"], before["comments"], -1)
    if not numbers:
        return
    # The merged ticket's own text comes first, by its requester.
    first = env.stores.comments.get(sequence_key(work.id, before["comments"] + 1))
    since = _oldest_question(env, work, numbers, (header["requester"], first["author"]))
    if since is None:
        return
    policy = work.rules.service_levels.named(state.policy)
    metric = FIRST_REPLY if state.clocks[FIRST_REPLY].phase == OPEN else NEXT_REPLY
    hours = ALL_HOURS if policy is None else _hours(env, work, policy, metric)
    clock_rules.absorbed(state, since, hours.reading(now) - hours.reading(since))


def _hours(env: Any, work: Any, policy: Policy, metric: int) -> Hours:
    if metric not in policy.business:
        return ALL_HOURS
    hours: Hours = env.service.hours_of(env, work.header["organisation"])(policy.calendar)
    return hours


def _oldest_question(
    env: Any, work: Any, numbers: range, requesters: tuple[int, ...], gone: tuple[int, ...] = ()
) -> int | None:
    """When the oldest comment was written that nobody has answered, but for those `gone`; None when there is none.

    `numbers` go down from the newest; 200 are looked at.
    """
    oldest = None
    for number in numbers[:COMMENTS_LOOKED_AT]:
        comment = env.stores.comments.get(sequence_key(work.id, number))
        if comment["internal"]:
            continue
        if comment["author"] not in requesters:
            break
        if number not in gone:
            oldest = comment["written_at"] // NS
    return oldest


def _tell_ended(work: Any, state: TicketClocks, ended: list[Any]) -> None:
    """A promise that was kept; one that was broken has been told when it was."""
    policy = work.rules.service_levels.named(state.policy)
    for metric, clock in ended:
        if policy is not None and metric in policy.targets and not clock.breached:
            work.events.append({"kind": "sla", "metric": METRICS[metric], "met": True})


def known_clocks(env: Any, work: Any) -> TicketClocksPart:
    """The ticket's clocks; of a ticket that is older than its organisation's promises they are made from its past."""
    part = clocks_of(env, work)
    if not part.kept and not work.is_new and part.state.status_since == 0:
        _recover(env, work, part.state)
    return part


def _recover(env: Any, work: Any, state: TicketClocks) -> None:
    """Clocks of a ticket without any: who waits since when is read from its last 200 comments, nothing is counted."""
    header = work.before or work.header
    opened = header["opened_at"] // NS
    clock_rules.created(state, opened)
    state.status_since = header["changed_at"] // NS
    state.settled_at = work.now // NS
    last = header["comments"]
    for number in range(max(1, last - COMMENTS_LOOKED_AT + 1), last + 1):
        comment = env.stores.comments.get(sequence_key(work.id, number))
        if comment is None or comment["internal"]:
            continue
        written = comment["written_at"] // NS
        if comment["author"] == header["requester"]:
            clock_rules.requester_commented(state, written)
        else:
            clock_rules.staff_replied(state, written, "open")
    if last > COMMENTS_LOOKED_AT and state.clocks[FIRST_REPLY].phase == OPEN:
        clock_rules.staff_replied(state, opened, "open")
    if is_settled(work, header):
        clock_rules.solved(state)
