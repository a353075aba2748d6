"""Orders about privacy in the index's stable memory, and who knows how many of them."""

from typing import Any

from vex_domain.privacy.legal_holds import LegalHolds


class PrivacyLog:
    """Orders by organisation and number from 1; how many there are and which holds follow is on the heap."""

    def __init__(self, orders: Any, acknowledgements: Any) -> None:
        self._orders = orders
        self._acknowledgements = acknowledgements
        self._counts: dict[int, int] = {}
        self.holds = LegalHolds()
        self.timer_set = False

    def rebuild(self, organisations: int) -> None:
        """Count the orders of every organisation, and take the holds from them."""
        for organisation in range(1, organisations + 1):
            order = self._orders.get(organisation << 32 | 1)
            while order is not None:
                self._counts[organisation] = self.count(organisation) + 1
                self._apply(organisation, order)
                order = self._orders.get(organisation << 32 | self.count(organisation) + 1)

    def organisations(self) -> list[int]:
        """The organisations that have orders."""
        return list(self._counts)

    def count(self, organisation: int) -> int:
        """How many orders an organisation has."""
        return self._counts.get(organisation, 0)

    def get(self, organisation: int, number: int) -> dict[str, Any]:
        """An order."""
        order: dict[str, Any] = self._orders.get(organisation << 32 | number)
        return order

    def add(self, organisation: int, order: dict[str, Any]) -> int:
        """Keep an order; its number."""
        number = self.count(organisation) + 1
        self._orders.insert(organisation << 32 | number, order)
        self._counts[organisation] = number
        self._apply(organisation, order)
        return number

    def acknowledged(self, organisation: int, whom: int) -> int:
        """The last order that a shard (or users, 0) knows."""
        return self._acknowledgements.get(organisation << 32 | whom) or 0

    def acknowledge(self, organisation: int, whom: int, number: int) -> None:
        """A shard, or users, knows the orders up to this one."""
        if number > self.acknowledged(organisation, whom):
            self._acknowledgements.insert(organisation << 32 | whom, number)

    def _apply(self, organisation: int, order: dict[str, Any]) -> None:
        if order["kind"] == "hold":
            self.holds.place(organisation, order["subject_kind"], order["subject"])
        elif order["kind"] == "release":
            self.holds.lift(organisation, order["subject_kind"], order["subject"])
