"""Where tickets stand by status, assignee, requester and team: ascending positions on the heap, keyed on ints."""

from array import array
from typing import Any

from vex_domain.sorted_lists import SortedLists
from vex_domain.ticket_proof import ticket_digest
from vex_domain.ticket_rules import STATUSES

ALL = 0
STATUS = 1
ASSIGNEE = 2
REQUESTER = 3
TEAM = 4
KIND_BITS = 3
VALUE_BITS = 64


def list_key(organisation: int, kind: int, value: int) -> int:
    """The key of one list: an organisation's tickets with one value of one kind."""
    return (organisation << VALUE_BITS | value) << KIND_BITS | kind


def keys_of(ticket: dict[str, Any]) -> list[int]:
    """The keys of the lists in which a ticket stands."""
    organisation = ticket["organisation"]
    keys = [
        list_key(organisation, ALL, 0),
        list_key(organisation, STATUS, STATUSES.index(ticket["status"])),
        list_key(organisation, REQUESTER, ticket["requester"]),
    ]
    if ticket["assignee"] is not None:
        keys.append(list_key(organisation, ASSIGNEE, ticket["assignee"]))
    if ticket["team"] is not None:
        keys.append(list_key(organisation, TEAM, ticket["team"]))
    return keys


class TicketIndex:
    """The lists of one shard, and by position the organisation of each ticket, which never changes."""

    def __init__(self) -> None:
        self.lists = SortedLists()
        self.organisations = array("Q")

    def add(self, position: int, ticket: dict[str, Any]) -> None:
        """Put a new ticket, which stands at the next position, into its lists."""
        self.organisations.append(ticket["organisation"])
        for key in keys_of(ticket):
            self.lists.add(key, position)

    def move(self, position: int, before: dict[str, Any], after: dict[str, Any]) -> None:
        """Take a changed ticket from the lists that it left to those that it joined."""
        old = keys_of(before)
        new = keys_of(after)
        for key in old:
            if key not in new:
                self.lists.remove(key, position)
        for key in new:
            if key not in old:
                self.lists.add(key, position)

    def rebuild(self, env: Any) -> None:
        """All lists, the backlog and the tree of leaves, from the stored headers."""
        digests = []
        for position in range(env.count):
            ticket = env.stores.tickets.get(env.start + position)
            self.add(position, ticket)
            env.figures.rebuild(ticket, env.rules_of(ticket["organisation"]))
            settled = env.rules_of(ticket["organisation"]).workflow.states[ticket["status"]].is_solved
            env.service.recount(ticket, settled)
            digests.append(ticket_digest(env.start + position, ticket["leaf"]))
        env.tree.fill(digests)
