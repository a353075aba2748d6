"""Orders about privacy in stable memory; the holds that follow from them, and erasures to do, on the heap."""

from typing import Any

from vex_domain.privacy.legal_holds import LegalHolds

ERASE = "erase"
HOLD = "hold"
RELEASE = "release"
NOTHING_DONE = {"done_at": None, "position": 0, "tickets": 0, "comments": 0, "attachments": 0, "surveys": 0, "held": 0}


class PrivacyOrders:
    """Orders by organisation and number. `erasing`: keys of erasures to do; `waiting`: those that a hold stops."""

    def __init__(self, store: Any) -> None:
        self._store = store
        self.holds = LegalHolds()
        self.erasing: list[int] = []
        self.waiting: list[int] = []

    def rebuild(self) -> None:
        """Take holds and unfinished erasures from stable memory, in the order in which they were ordered."""
        for key in sorted(self._store.keys()):
            order = self._store.get(key)
            self._apply(key >> 32, order)
            if order["kind"] == ERASE and order["done_at"] is None:
                self.erasing.append(key)

    def take(self, pushed: dict[str, Any]) -> bool:
        """Keep an order of the index; False when it is known. A release lets erasures go on that waited."""
        key = pushed["organisation"] << 32 | pushed["number"]
        if self._store.contains_key(key):
            return False
        order = {field: pushed[field] for field in ("kind", "subject_kind", "subject", "ordered_at")}
        order.update(NOTHING_DONE)
        if order["kind"] != ERASE:
            order["done_at"] = order["ordered_at"]
        self._store.insert(key, order)
        self._apply(pushed["organisation"], order)
        if order["kind"] == ERASE:
            self.erasing.append(key)
        elif order["kind"] == RELEASE:
            self.erasing += [waiting for waiting in self.waiting if waiting >> 32 == pushed["organisation"]]
            self.waiting = [waiting for waiting in self.waiting if waiting >> 32 != pushed["organisation"]]
        return True

    def get(self, key: int) -> dict[str, Any]:
        """An order by its key."""
        order: dict[str, Any] = self._store.get(key)
        return order

    def put(self, key: int, order: dict[str, Any]) -> None:
        """Write how far an erasure is."""
        self._store.insert(key, order)

    def settle(self, key: int, order: dict[str, Any], now: int) -> None:
        """An erasure came to its end: done, or to wait for a release when something was held back."""
        self.erasing.remove(key)
        if order["held"]:
            order["position"] = 0
            self.waiting.append(key)
        else:
            order["done_at"] = now
        self._store.insert(key, order)

    def of(self, organisation: int) -> list[dict[str, Any]]:
        """The organisation's orders as records `OrderProgress`, from the first on."""
        found = []
        number = 1
        order = self._store.get(organisation << 32 | number)
        while order is not None:
            order["number"] = number
            found.append(order)
            number += 1
            order = self._store.get(organisation << 32 | number)
        return found

    def _apply(self, organisation: int, order: dict[str, Any]) -> None:
        if order["kind"] == HOLD:
            self.holds.place(organisation, order["subject_kind"], order["subject"])
        elif order["kind"] == RELEASE:
            self.holds.lift(organisation, order["subject_kind"], order["subject"])
