"""The section `limits` of a configuration: what an organisation lets itself do in a time, and its quotas.

What is not named is not limited: nothing is counted for it.
"""

from typing import Any

from vex_domain.limits.rate_sketch import Rate

NO_LIMITS: dict[str, Any] = {}
UPDATES_MOST = 10_000_000
BYTES_MOST = 10**12
QUOTA_MOST = 10**15
PEOPLE_MOST = 4_000_000
ONE_REQUEST_BYTES = 2_097_152
BOUNDS = {"updates_per_minute": (1, UPDATES_MOST), "bytes_per_minute": (ONE_REQUEST_BYTES, BYTES_MOST)}
"""Fewer bytes than the largest request has would refuse that one for ever."""

PERSON = 0
PERSON_BYTES = 1
ORGANISATION = 2
ORGANISATION_BYTES = 3
TICKET = 4
API_KEY = 5


class LimitRules:
    """Rates by what they are of (None: no limit), and quotas: tickets and bytes of texts at each shard, people."""

    __slots__ = ("people", "rates", "storage_bytes", "tickets")

    def __init__(
        self, rates: dict[int, Rate], tickets: int | None, storage_bytes: int | None, people: int | None
    ) -> None:
        self.rates = rates
        self.tickets = tickets
        self.storage_bytes = storage_bytes
        self.people = people

    @property
    def limited(self) -> bool:
        """Whether there is anything to count or compare at a shard."""
        return bool(self.rates) or self.tickets is not None or self.storage_bytes is not None


def compile_limits(document: Any, _rules: Any) -> LimitRules:
    """The limits that a section's document (a `DocumentReader`) says. Raises Invalid."""
    document.only("person", "organisation", "ticket", "quotas")
    rates: dict[int, Rate] = {}
    for name, updates, octets in (("person", PERSON, PERSON_BYTES), ("organisation", ORGANISATION, ORGANISATION_BYTES)):
        part = document.member_or(name, {})
        part.only("updates_per_minute", "bytes_per_minute")
        _read_rate(part, "updates_per_minute", rates, updates)
        _read_rate(part, "bytes_per_minute", rates, octets)
    ticket = document.member_or("ticket", {})
    ticket.only("updates_per_minute")
    _read_rate(ticket, "updates_per_minute", rates, TICKET)
    quotas = document.member_or("quotas", {})
    quotas.only("tickets", "storage_bytes", "people")
    return LimitRules(
        rates,
        quotas.member("tickets").whole(0, QUOTA_MOST) if quotas.has("tickets") else None,
        quotas.member("storage_bytes").whole(0, QUOTA_MOST) if quotas.has("storage_bytes") else None,
        quotas.member("people").whole(1, PEOPLE_MOST) if quotas.has("people") else None,
    )


def _read_rate(part: Any, name: str, rates: dict[int, Rate], kind: int) -> None:
    if part.has(name):
        least, most = BOUNDS[name]
        rates[kind] = Rate(part.member(name).whole(least, most))
