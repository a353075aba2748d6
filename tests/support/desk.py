"""A platform with two organisations, people of every role and a ticket, as most canister tests begin."""

from typing import Any

import candid
from canister_runtime.host.native import NativeCanister
from canister_runtime.host.native.message import Message
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
        """What a refused call must leave as it was: everything in stable memory, and the certified head.

        A map lays itself out when it is first asked, also by a call that is refused then; so all are asked before.
        """
        canisters: list[Any] = [self.platform.users, self.platform.index, self.shard]
        for canister in canisters:
            _lay_out_maps(canister)
        return [canister.system.stable.content() for canister in canisters], self.shard.query("audit_head")


def _lay_out_maps(canister: NativeCanister) -> None:
    host = canister.module("kybra").__dict__["_kybra_ic"]
    asked = canister.run(
        Message("update", canister.id.bytes),
        lambda: [host.stable_b_tree_map_len(declared.memory_id) for declared in canister.model.maps],
    )
    assert asked.trap is None, asked.trap
