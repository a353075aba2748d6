"""Choosing an assignee: in office, in working hours, with the skills, below capacity; then in turn or by load."""

from collections.abc import Callable
from typing import Any

from vex_domain.configuration.labels import check_label
from vex_domain.configuration.reader import DocumentReader
from vex_domain.triggers.condition_values import LARGEST_TEAM, Known
from vex_domain.triggers.conditions import Conditions, read_conditions
from vex_domain.triggers.ticket_facts import TicketFacts

MANUAL = "manual"
ROUND_ROBIN = "round_robin"
BALANCED = "balanced"
METHODS = (MANUAL, ROUND_ROBIN, BALANCED)
TEAMS_MOST = 64
NEEDS_MOST = 16
SKILLS_MOST = 8
SKILL_CHARACTERS = 32
NO_ASSIGNMENT: dict[str, Any] = {"teams": []}


class Member:
    """Somebody who may be assigned tickets. `out_until` is in seconds, 0 in office; `calendar` None: always there."""

    __slots__ = ("calendar", "capacity", "out_until", "person", "skills", "teams")

    def __init__(self, person: int, teams: frozenset[int], skills: frozenset[str], capacity: int) -> None:
        self.person = person
        self.teams = teams
        self.skills = skills
        self.capacity = capacity
        self.out_until = 0
        self.calendar: str | None = None


class TeamRule:
    """How tickets of a team find their assignee."""

    __slots__ = ("anyone_outside_hours", "method", "needs", "team")

    def __init__(self, team: int, method: str, anyone_outside_hours: bool) -> None:
        self.team = team
        self.method = method
        self.anyone_outside_hours = anyone_outside_hours
        self.needs: list[tuple[Conditions, frozenset[str]]] = []

    def skills_for(self, facts: TicketFacts) -> frozenset[str]:
        """The skills that a ticket asks for."""
        wanted: frozenset[str] = frozenset()
        for conditions, skills in self.needs:
            if conditions.hold(facts):
                wanted |= skills
        return wanted


class AssignmentRules:
    """The compiled section: rules by team, and the team of new tickets that name none (0: none).

    `automatic`: whether any team's tickets are given out without a person doing it.
    """

    __slots__ = ("automatic", "default_team", "teams")

    def __init__(self, teams: dict[int, TeamRule], default_team: int) -> None:
        self.teams = teams
        self.default_team = default_team
        self.automatic = any(rule.method != MANUAL for rule in teams.values())


def compile_assignment(document: DocumentReader, rules: Any) -> AssignmentRules:
    """The section `assignment`: every team that configuration may name. Raises Invalid, TooLarge."""
    document.only("teams", "default_team")
    known = Known(rules.workflow, rules.fields, frozenset())
    teams: dict[int, TeamRule] = {}
    for entry in document.member_or("teams", []).items(TEAMS_MOST):
        entry.only("team", "label", "method", "outside_hours", "needs")
        team = entry.member("team").whole(1, LARGEST_TEAM)
        if team in teams:
            raise entry.member("team").refuse("stands there twice")
        check_label(entry.member_or("label", "team"))
        outside = entry.member_or("outside_hours", "wait").word(("wait", "anyone"))
        teams[team] = TeamRule(team, entry.member_or("method", MANUAL).word(METHODS), outside == "anyone")
        for need in entry.member_or("needs", []).items(NEEDS_MOST):
            need.only("conditions", "skills")
            conditions = read_conditions(need.member("conditions"), known, lasting=True)
            skills = [skill.text(SKILL_CHARACTERS) for skill in need.member("skills").items(SKILLS_MOST, 1)]
            teams[team].needs.append((conditions, frozenset(skills)))
    default_team = 0
    if document.has("default_team"):
        default_team = document.member("default_team").whole(1, LARGEST_TEAM)
        if default_team not in teams:
            raise document.member("default_team").refuse("is not one of the teams")
    return AssignmentRules(teams, default_team)


def may_take(member: Member, skills: frozenset[str], now: int, is_open: Callable[[str], bool] | None) -> bool:
    """Whether somebody is there (`is_open` says of a calendar whether its hours are on; None: hours do not matter)."""
    if member.out_until > now or not skills <= member.skills:
        return False
    return is_open is None or member.calendar is None or is_open(member.calendar)


def next_assignee(members: list[Member], method: str, loads: Callable[[int], int], last: int) -> int | None:
    """Whom of those who may take it the ticket goes to; None when all are at capacity.

    In turn: the next person id after `last`, who got one before. Balanced: who has the smallest share of their
    capacity taken; among equals who is next in turn, so that equals get equally many.
    """
    best: Member | None = None
    best_load = 0
    for member in sorted(members, key=lambda each: (each.person <= last, each.person)):
        load = loads(member.person)
        if load >= member.capacity:
            continue
        if best is None or (method == BALANCED and load * best.capacity < best_load * member.capacity):
            best, best_load = member, load
    return None if best is None else best.person
