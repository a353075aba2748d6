"""Where tickets stand by kind and state, assignee, requester and team: ascending positions, keyed on ints."""

from array import array
from typing import Any

from vex_domain.sorted_lists import SortedLists
from vex_domain.ticket_proof import ticket_digest
from vex_domain.workflow.workflow_model import TicketLife

ALL = 0
STANDING = 1
ASSIGNEE = 2
REQUESTER = 3
TEAM = 4
KIND_BITS = 3
VALUE_BITS = 64
KEY_BITS = KIND_BITS + VALUE_BITS
_PLACES = ("status", "kind", "assignee", "requester", "team")


def list_key(organisation: int, kind: int, value: int) -> int:
    """The key of one list: an organisation's tickets with one value of one kind."""
    return organisation << KEY_BITS | value << KIND_BITS | kind


def keys_of(ticket: dict[str, Any], life: TicketLife) -> list[int]:
    """The keys of the lists in which a ticket stands, each as `list_key` makes it."""
    organisation = ticket["organisation"] << KEY_BITS
    assignee, team = ticket["assignee"], ticket["team"]
    keys = [
        organisation | ALL,
        organisation | life.standing(ticket["kind"], ticket["status"]) << KIND_BITS | STANDING,
        organisation | ticket["requester"] << KIND_BITS | REQUESTER,
    ]
    if assignee is not None:
        keys.append(organisation | assignee << KIND_BITS | ASSIGNEE)
    if team is not None:
        keys.append(organisation | team << KIND_BITS | TEAM)
    return keys


class TicketIndex:
    """The lists of one shard, and by position the organisation of each ticket, which never changes."""

    def __init__(self) -> None:
        self.lists = SortedLists()
        self.organisations = array("Q")
        self._pages: dict[int, int] = {}

    def make_room(self, length: int) -> None:
        """Before the first ticket: `length` positions at once, since an array that grows is moved as a whole."""
        self.organisations = array("Q", bytes(8 * length))

    def standing(self, organisation: int, number: int) -> int:
        """How many tickets of an organisation are of one kind in one state, by the number of that standing."""
        return self.lists.count(list_key(organisation, STANDING, number))

    def add(self, position: int, ticket: dict[str, Any], life: TicketLife) -> None:
        """Put a new ticket, which stands at the next position, into its lists."""
        self.organisations[position] = ticket["organisation"]
        self._count_pages(ticket["organisation"], ticket["pages"])
        for key in keys_of(ticket, life):
            self.lists.add(key, position)

    def move(self, position: int, before: dict[str, Any], after: dict[str, Any], life: TicketLife) -> None:
        """Take a changed ticket from the lists that it left to those that it joined."""
        if after["pages"] != before["pages"]:
            self._count_pages(after["organisation"], after["pages"] - before["pages"])
        for field in _PLACES:
            if after[field] != before[field]:
                self._move(position, keys_of(before, life), keys_of(after, life))
                return

    def _move(self, position: int, old: list[int], new: list[int]) -> None:
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
