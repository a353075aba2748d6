"""Where tickets stand by status, category, assignee, requester and team: ascending positions, keyed on ints."""

from array import array
from typing import Any

from vex_domain.sorted_lists import SortedLists
from vex_domain.ticket_proof import ticket_digest
from vex_domain.workflow.workflow_model import CATEGORIES, TicketLife

ALL = 0
STATUS = 1
ASSIGNEE = 2
REQUESTER = 3
TEAM = 4
CATEGORY = 5
STANDING = 6
KIND_BITS = 3
VALUE_BITS = 64


def list_key(organisation: int, kind: int, value: int) -> int:
    """The key of one list: an organisation's tickets with one value of one kind."""
    return (organisation << VALUE_BITS | value) << KIND_BITS | kind


def keys_of(ticket: dict[str, Any], life: TicketLife) -> list[int]:
    """The keys of the lists in which a ticket stands."""
    organisation = ticket["organisation"]
    state = life.state_of(ticket["status"])
    keys = [
        list_key(organisation, ALL, 0),
        list_key(organisation, STATUS, state.number),
        list_key(organisation, CATEGORY, CATEGORIES.index(state.category)),
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
        self._standing: dict[int, int] = {}
        self._pages: dict[int, int] = {}

    def standing(self, organisation: int, number: int) -> int:
        """How many tickets of an organisation are of one kind in one state, by the number of that standing."""
        return self._standing.get(list_key(organisation, STANDING, number), 0)

    def _count(self, ticket: dict[str, Any], life: TicketLife, step: int) -> None:
        key = list_key(ticket["organisation"], STANDING, life.standing(ticket["kind"], ticket["status"]))
        self._standing[key] = self._standing.get(key, 0) + step

    def add(self, position: int, ticket: dict[str, Any], life: TicketLife) -> None:
        """Put a new ticket, which stands at the next position, into its lists."""
        self.organisations.append(ticket["organisation"])
        self._count_pages(ticket["organisation"], ticket["pages"])
        self._count(ticket, life, 1)
        for key in keys_of(ticket, life):
            self.lists.add(key, position)

    def move(self, position: int, before: dict[str, Any], after: dict[str, Any], life: TicketLife) -> None:
        """Take a changed ticket from the lists that it left to those that it joined."""
        if after["pages"] != before["pages"]:
            self._count_pages(after["organisation"], after["pages"] - before["pages"])
        self._count(before, life, -1)
        self._count(after, life, 1)
        old = keys_of(before, life)
        new = keys_of(after, life)
        for key in old:
            if key not in new:
                self.lists.remove(key, position)
        for key in new:
            if key not in old:
                self.lists.add(key, position)

    def pages_of(self, organisation: int) -> int:
        """How many pages the texts of an organisation's tickets fill."""
        return self._pages.get(organisation, 0)

    def _count_pages(self, organisation: int, pages: int) -> None:
        self._pages[organisation] = self._pages.get(organisation, 0) + pages

    def rebuild(self, env: Any) -> None:
        """All lists, the backlog and the tree of leaves, from the stored headers."""
        digests = []
        rules: dict[int, Any] = {}
        for position in range(env.count):
            ticket = env.stores.tickets.get(env.start + position)
            organisation = ticket["organisation"]
            if organisation not in rules:
                rules[organisation] = env.rules_of(organisation)
            self.add(position, ticket, rules[organisation].workflow)
            env.figures.rebuild(ticket, rules[organisation])
            env.service.recount(ticket, rules[organisation].workflow.is_settled(ticket["status"]))
            digests.append(ticket_digest(env.start + position, ticket["leaf"]))
        env.tree.fill(digests)
