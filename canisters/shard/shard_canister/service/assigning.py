"""Giving tickets of a team to somebody of it, as the organisation's section `assignment` says."""

from typing import Any

from shard_canister.service.ticket_facts_view import facts_of, happened, is_settled
from vex_domain.assignment.assignment_rules import MANUAL, Member, may_take, next_assignee
from vex_domain.service_levels.business_hours import BusinessCalendar
from vex_domain.time_units import NS


def assign(env: Any, work: Any) -> None:
    """Give a ticket that has come to a team to somebody of it, as the team's rule says."""
    rules, header = work.rules.assignment, work.header
    if not rules.teams:
        return
    if work.is_new and header["team"] is None and rules.default_team:
        header["team"] = work.change["team"] = rules.default_team
    came = work.is_new or header["team"] != work.before["team"] or "reopened" in happened(work)
    if came:
        give(env, work)


def give(env: Any, work: Any) -> bool:
    """Look for an assignee of a ticket that has none; whether one was found."""
    header = work.header
    rule = work.rules.assignment.teams.get(header["team"])
    roster = env.service.rosters.get(header["organisation"])
    if rule is None or rule.method == MANUAL or header["assignee"] is not None or is_settled(work, header):
        return False
    if roster is None:
        return False
    organisation, now = header["organisation"], work.now // NS
    skills = rule.skills_for(facts_of(env, work)) if rule.needs else frozenset()
    team = [member for member in roster.members.values() if rule.team in member.teams]
    there = [member for member in team if _is_there(work, member, skills, now, rule.anyone_outside_hours)]
    key = organisation << 32 | rule.team
    last = env.service.given.get(key, 0)
    person = next_assignee(there, rule.method, lambda each: env.service.load(organisation, each), last)
    if person is None:
        work.events.append({"kind": "unassigned", "team": rule.team})
        return False
    env.service.given[key] = person
    header["assignee"] = work.change["assignee"] = person
    return True


def _is_there(work: Any, member: Member, skills: frozenset[str], now: int, anyone: bool) -> bool:
    calendars: dict[str, BusinessCalendar] = work.rules.calendars.by_id

    def is_open(word: str) -> bool:
        calendar = calendars.get(word)
        return calendar is None or calendar.is_open(now)

    return may_take(member, skills, now, None if anyone else is_open)
