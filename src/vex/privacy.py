"""Privacy for an organisation: everything that concerns a person, erasing them, legal holds, how far an order is."""

from collections.abc import AsyncIterator

from pydantic import BaseModel, ConfigDict

from candid import Principal
from vex.helpdesk import Helpdesk, Write
from vex.patience import patiently

__all__ = ["ExportedItem", "OrderProgress", "Privacy"]


class ExportedItem(BaseModel):
    """One thing that concerns a person: a ticket, comment, attachment, survey or event. `at` in ns since 1970-01-01."""

    model_config = ConfigDict(frozen=True)

    kind: str
    ticket: int
    number: int
    at: int
    body: str | None
    fields: list[tuple[str, str]]


class OrderProgress(BaseModel):
    """How far a shard is with an order; `held` counts tickets that a hold kept."""

    model_config = ConfigDict(frozen=True)

    number: int
    kind: str
    subject_kind: str
    subject: int
    ordered_at: int
    done_at: int | None
    tickets: int
    comments: int
    attachments: int
    surveys: int
    held: int


class Privacy:
    """What admins do about persons of one organisation. Raises Refused, Unreachable."""

    def __init__(self, helpdesk: Helpdesk, organisation: int) -> None:
        self._helpdesk = helpdesk
        self._organisation = organisation

    async def export(self, person: int) -> AsyncIterator[ExportedItem]:
        """Everything at the organisation's shards that concerns a person; their record is at `users`."""
        for place in (await self._helpdesk.shards_of(self._organisation)).shards:
            async for item in self._export_at(place.canister, person):
                yield item

    async def _export_at(self, shard: Principal, person: int) -> AsyncIterator[ExportedItem]:
        cursor: str | None = None
        more = True
        while more:
            request = {"organisation": self._organisation, "person": person, "cursor": cursor, "limit": None}
            page = await self._helpdesk.at_shard(shard, self._organisation, "export_person", request)
            for item in page["items"]:
                yield ExportedItem.model_validate(item)
            cursor = page["next"]
            more = cursor is not None

    async def erase(self, person: int, write: Write | None = None) -> int:
        """Order that a person be erased; the order's number."""
        request = (write or Write()).fields(organisation=self._organisation, person=person)
        return int(await patiently(lambda: self._helpdesk.index.call("erase_person", request)))

    async def hold(self, subject_kind: str, subject: int = 0, *, held: bool = True, write: Write | None = None) -> int:
        """Place or lift a hold on a `person`, a `ticket` or the `organisation`; the order's number."""
        named = {"organisation": self._organisation, "subject_kind": subject_kind, "subject": subject, "held": held}
        request = (write or Write()).fields(**named)
        return int(await patiently(lambda: self._helpdesk.index.call("set_hold", request)))

    async def progress(self) -> dict[Principal, list[OrderProgress]]:
        """Every shard's orders, from the first on."""
        found = {}
        request = {"organisation": self._organisation}
        for place in (await self._helpdesk.shards_of(self._organisation)).shards:
            answer = await self._helpdesk.at_shard(place.canister, self._organisation, "list_privacy_orders", request)
            found[place.canister] = [OrderProgress.model_validate(order) for order in answer]
        return found
