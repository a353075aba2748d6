"""A platform with two organisations, people of every role and a ticket, as most canister tests begin."""

from typing import Any

import candid
from support.platform import (
    ADMIN,
    AGENT,
    AUDITOR,
    CUSTOMER,
    LEAD,
    OTHER_ADMIN,
    OTHER_CUSTOMER,
    RIVAL,
    Platform,
    ok,
)

ROLES = {"customer": CUSTOMER, "agent": AGENT, "lead": LEAD, "admin": ADMIN, "auditor": AUDITOR}


class Desk:
    """`organisation` with its people, two teams (1, 2), shard and a ticket of CUSTOMER.

    `rival` is another tenant on the same shard.
    """

    def __init__(self, platform: Platform, **settings: int) -> None:
        self.platform = platform
        platform.configure(**settings)
        self.organisation = platform.organisation("acme", ADMIN)
        self.rival = platform.organisation("rival", OTHER_ADMIN)
        people = {"customer": CUSTOMER, "agent": AGENT, "lead": LEAD, "auditor": AUDITOR}
        self.people = platform.members(self.organisation, ADMIN, **people)
        self.people["other"] = platform.members(self.organisation, ADMIN, customer=OTHER_CUSTOMER)["customer"]
        self.people["rival"] = platform.members(self.rival, OTHER_ADMIN, agent=RIVAL)["agent"]
        for name in ("First line", "Second line"):
            request = platform.token() | {"organisation": self.organisation, "name": name}
            ok(platform.users.update("create_team", request, caller=ADMIN))
        self.shard: Any = platform.placed_shard(self.organisation, CUSTOMER)
        ok(platform.place(self.rival, RIVAL))
        self.ticket: int = self.created(CUSTOMER)

    def created(self, caller: candid.Principal, **changed: Any) -> int:
        """Create a ticket at the shard; its id."""
        request = self.platform.new_ticket(self.organisation, **changed)
        return int(ok(self.shard.update("create_ticket", request, caller=caller))["ticket"])

    def state(self) -> Any:
        """What a refused call must leave as it was: everything in stable memory, and the certified head."""
        platform = self.platform
        canisters = [platform.users, platform.index, self.shard]
        return [canister.system.stable.content() for canister in canisters], self.shard.query("audit_head")
