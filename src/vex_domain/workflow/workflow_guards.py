"""Whether a person may move a ticket to a state now."""

from collections.abc import Callable
from typing import Any

from vex_domain import permissions
from vex_domain.access import Access
from vex_domain.refusals import ChildrenOpen, FieldRequired, Forbidden, Invalid, ReopenWindowOver
from vex_domain.workflow.workflow_model import AGENT, TicketLife, Transition

Filled = Callable[[str], bool]


def require_move(life: TicketLife, access: Access, ticket: dict[str, Any], target: str, now: int) -> list[Transition]:
    """The transitions by which the person may move `ticket` (kind, status, requester, solved_at) at `now` (ns).

    Raises Invalid (no such transition), Forbidden, ReopenWindowOver.
    """
    ways = life.workflow_of(ticket["kind"]).between(ticket["status"], target)
    if not ways:
        raise Invalid("status", "cannot go from " + ticket["status"] + " to " + target)
    own = ticket["requester"] == access.person
    open_ways = [way for way in ways if (way.who == AGENT or own) and access.may(way.permission)]
    if not open_ways:
        raise Forbidden(permissions.NAMES[ways[0].permission])
    require_window(life, ticket, target, now)
    return open_ways


def require_filled(ways: list[Transition], filled: Filled) -> None:
    """One of the transitions has all that it requires; `filled` tells of a field whether it has a value once the
    change is made. Raises FieldRequired.
    """
    missing = ""
    for way in ways:
        if not way.required:
            return
        missing = next((field for field in way.required if not filled(field)), "")
        if not missing:
            return
    raise FieldRequired(missing)


def require_window(life: TicketLife, ticket: dict[str, Any], target: str, now: int) -> None:
    """A settled ticket goes back to work only within the workflow's window. Raises ReopenWindowOver."""
    if not life.is_settled(ticket["status"]) or life.is_settled(target):
        return
    window = life.workflow_of(ticket["kind"]).reopen_ns
    if window is not None and ticket["solved_at"] is not None and now > ticket["solved_at"] + window:
        raise ReopenWindowOver


def require_no_open_children(life: TicketLife, ticket: dict[str, Any], target: str, open_children: int) -> None:
    """A parent is settled only after its children, unless its workflow says otherwise. Raises ChildrenOpen."""
    if not open_children or life.is_settled(ticket["status"]) or not life.is_settled(target):
        return
    if life.workflow_of(ticket["kind"]).parent_waits_for_children:
        raise ChildrenOpen(open_children)


def may_follow(life: TicketLife, kind: str, source: str, target: str) -> bool:
    """Whether the kind's workflow has any transition between the two: what automations ask, who are nobody."""
    return life.workflow_of(kind).between(source, target) != []


def check_reclassified(life: TicketLife, kind: str, status: str) -> None:
    """A ticket takes another kind when that one's workflow has the ticket's state. Raises Invalid."""
    check_kind(life, kind)
    if status not in life.workflow_of(kind).states:
        raise Invalid("kind", kind + " has no state " + status)


def check_kind(life: TicketLife, kind: str) -> None:
    """Raises Invalid unless the organisation has this kind."""
    if kind not in life.kinds:
        raise Invalid("kind", "is not one of " + ", ".join(life.kinds))
