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
    open_ways = _open_ways(ways, access, ticket)
    if not open_ways:
        raise Forbidden(permissions.NAMES[ways[0].permission])
    require_window(life, ticket, target, now)
    return open_ways


def _open_ways(ways: list[Transition], access: Access, ticket: dict[str, Any]) -> list[Transition]:
    own = ticket["requester"] == access.person
    return [way for way in ways if (way.who == AGENT or own) and access.may(way.permission)]


def open_moves(life: TicketLife, access: Access, ticket: dict[str, Any], now: int) -> list[str]:
    """The states to which the person may move `ticket` at `now` (ns), as `require_move` would let them."""
    kind = life.kinds.get(ticket["kind"])
    if kind is None:
        return []
    is_over = _window_is_over(life, ticket, now)
    return [
        target
        for target, ways in kind.workflow.ways_from(ticket["status"])
        if not (is_over and not life.is_settled(target)) and _open_ways(ways, access, ticket)
    ]


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
    if _window_is_over(life, ticket, now) and not life.is_settled(target):
        raise ReopenWindowOver


def _window_is_over(life: TicketLife, ticket: dict[str, Any], now: int) -> bool:
    if not life.is_settled(ticket["status"]):
        return False
    window, solved_at = life.workflow_of(ticket["kind"]).reopen_ns, ticket["solved_at"]
    return window is not None and solved_at is not None and bool(now > solved_at + window)


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
