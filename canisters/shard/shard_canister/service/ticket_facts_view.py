"""A ticket under change as conditions and actions see it."""

from typing import Any

from shard_canister.service.ticket_clocks import TicketClocksPart
from shard_canister.tickets.ticket_parts import field_values
from vex_domain import permissions
from vex_domain.time_units import NS
from vex_domain.triggers.ticket_facts import TicketFacts, Values

SYSTEM = 0


def values_of(env: Any, work: Any, *, before: bool = False) -> Values:
    """The values of the organisation's own fields, now or before the change."""
    part = field_values(env, work)
    return part.former if before else part.values


def facts_of(env: Any, work: Any) -> TicketFacts:
    """The ticket as it stands in the change; what happened is told by `happened`, which triggers alone ask for."""
    rules = work.rules
    facts = TicketFacts(rules.workflow, work.header, work.before, lambda before: values_of(env, work, before=before))
    facts.fits = rules.fields.fits
    facts.now = work.now // NS
    facts.moment = lambda name: moment(env, work, name)
    return facts


def moment(env: Any, work: Any, name: str) -> int:
    """The second of a moment of the ticket, 0 for never."""
    header = work.header
    if name == "created":
        return int(header["opened_at"] // NS)
    if name == "updated":
        return int((work.now if is_by_people(work) else header["changed_at"]) // NS)
    if name == "solved":
        return int((header["solved_at"] or 0) // NS)
    state = clocks_of(env, work).state
    if name == "status":
        return state.status_since
    return {"assigned": state.assigned_since, "requester": state.requester_at, "staff": state.staff_at}[name]


def clocks_of(env: Any, work: Any) -> TicketClocksPart:
    """The part `clocks`."""
    part: TicketClocksPart = work.part(env, "clocks", TicketClocksPart)
    return part


def happened(work: Any) -> tuple[str, ...]:
    """The names of what happened to the ticket in this change, as triggers know them."""
    names = [event["kind"] for event in work.events]
    if "commented" in names:
        comments = [event for event in work.events if event["kind"] == "commented"]
        names += ["staff_replied" if by_staff(work, event) else "requester_commented" for event in comments]
    header, before = work.header, work.before
    if header["assignee"] is not None and (before is None or header["assignee"] != before["assignee"]):
        names.append("assigned")
    return tuple(names)


def is_by_people(work: Any) -> bool:
    """Whether somebody changes the ticket, and not the shard by itself."""
    return bool(work.access.person != SYSTEM)


def by_staff(work: Any, event: dict[str, Any]) -> bool:
    """Whether a comment is an answer: not the requester's own, by somebody who may answer."""
    answers: bool = event["author"] != work.header["requester"] and work.access.may(permissions.TICKET_COMMENT)
    return answers


def is_settled(work: Any, header: dict[str, Any]) -> bool:
    """Whether the ticket is solved or closed in a header's state."""
    return bool(work.rules.workflow.is_settled(header["status"]))
