"""Writes the stable memories of a platform with people and tickets, by the code of an older commit.

`scripts/make_state_fixture COMMIT` runs this file with that commit's tree on the path.
"""

import base64
import json
import lzma
import sys
from pathlib import Path
from typing import Any

from support.desk import Desk
from support.native_platform import NativePlatform
from support.platform import ADMIN, AGENT, CUSTOMER, LEAD, ok

TICKETS = 200


def filled() -> tuple[Desk, list[Any]]:
    """Teams, a role of the organisation's own, tickets with comments, changes and notes; the last call, its answer."""
    desk = Desk(NativePlatform(), capacity=512, lease_length=512)
    platform = desk.platform
    for name in ("Printers", "Networks"):
        team = platform.token() | {"organisation": desk.organisation, "name": name}
        ok(platform.users.update("create_team", team, caller=ADMIN))
    role = {"organisation": desk.organisation, "name": "triage", "permissions": ["ticket.read", "note.read"]}
    ok(platform.users.update("define_role", platform.token() | role, caller=ADMIN))
    lead = {"organisation": desk.organisation, "person": desk.people["lead"], "roles": ["lead", "triage"], "teams": [2]}
    ok(platform.users.update("set_member", platform.token() | lead, caller=ADMIN))
    for number in range(1, TICKETS):
        ticket = desk.created(
            CUSTOMER, subject=f"Ticket {number}", body="long " * (number * 7), tags=[f"t{number % 5}"]
        )
        if number % 3 == 0:
            comment = platform.comment(ticket, f"Note on {number}", internal=number % 2 == 0)
            ok(desk.shard.update("add_comment", comment, caller=AGENT))
        if number % 4 == 0:
            version = 2 if number % 3 == 0 else 1
            change = platform.change(ticket, version, status="open", assignee=desk.people["agent"], team=1)
            ok(desk.shard.update("update_ticket", change, caller=LEAD))
    request = platform.comment(desk.ticket, "Once")
    return desk, ["add_comment", request, ok(desk.shard.update("add_comment", request, caller=AGENT))]


def described(canister: Any) -> dict[str, Any]:
    """A canister's stable memory: pages by number."""
    content = canister.system.stable.content()
    written = {str(number): base64.b64encode(page).decode() for number, page in sorted(content.written.items())}
    return {"id": canister.id.bytes.hex(), "pages": content.pages, "written": written}


def main() -> None:
    """Write the file that the one argument names."""
    desk, told = filled()
    canisters = {"users": desk.platform.users, "index": desk.platform.index, "shard": desk.shard}
    state = {name: described(canister) for name, canister in canisters.items()}
    about = {"now": desk.platform.now(), "ticket": desk.ticket, "organisation": desk.organisation, "told": told}
    Path(sys.argv[1]).write_bytes(lzma.compress(json.dumps(about | state).encode(), preset=9))


if __name__ == "__main__":
    main()
