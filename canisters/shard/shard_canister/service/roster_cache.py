"""Who may be assigned tickets: asked of `users` before a change when an organisation gives tickets out by itself."""

from typing import Any

from kybra import Principal, ic

from shard_canister.service.service_state import Roster
from vex_canister.answers import Steps
from vex_canister.peer_services import UsersPeer
from vex_domain.assignment.assignment_rules import Member
from vex_domain.refusals import Forbidden
from vex_domain.time_units import NS

KEPT_FOR = 1_800 * NS
"""Shorter than the hour for which `users` pushes changes to a shard that has asked."""
ASKED_AGAIN_AFTER = 10 * NS


def needs_roster(env: Any, organisation: int) -> bool:
    """Whether the organisation's tickets are given out by themselves."""
    return bool(env.rules_of(organisation).assignment.automatic)


def ensure_roster(env: Any, organisation: int) -> Steps:
    """Await `users.roster` unless it is known. Without an answer tickets stay with their team."""
    known = env.service.rosters.get(organisation)
    now = env.now()
    if known is not None and now < known.asked_at + KEPT_FOR:
        return
    asked = env.service.asked.get(organisation, 0)
    if now < asked + ASKED_AGAIN_AFTER:
        return
    env.service.asked[organisation] = now
    result = yield UsersPeer(Principal(env.users)).roster(organisation)
    if result.Err is None and "Ok" in result.Ok:
        answer = result.Ok["Ok"]
        roster = Roster(now, answer["epoch"])
        for record in answer["members"]:
            roster.members[record["person"]] = _member(record)
        pushed = env.service.rosters.get(organisation)
        if pushed is None or pushed.epoch <= roster.epoch:
            env.service.rosters[organisation] = roster
        env.service.asked.pop(organisation, None)


def push_roster(env: Any, change: dict[str, Any]) -> None:
    """Take a change of a roster that is kept here. Callers: users. Raises Forbidden."""
    if ic.caller().bytes != env.users:
        raise Forbidden("fleet.users")
    roster = env.service.rosters.get(change["organisation"])
    if roster is None:
        # Who is asking now may get an answer from before this change: it is asked again.
        env.service.asked.pop(change["organisation"], None)
        return
    roster.epoch = max(roster.epoch, change["epoch"])
    member = change["member"]
    if change["gone"]:
        roster.members.pop(member["person"], None)
    else:
        roster.members[member["person"]] = _member(member)


def _member(record: dict[str, Any]) -> Member:
    skills = frozenset(record["skills"])
    member = Member(record["person"], frozenset(record["teams"]), skills, record["capacity"])
    member.out_until = -(-record["out_until"] // NS)
    member.calendar = record["calendar"]
    return member
