"""A desk with service levels: its configuration is set, its clocks and its outbox are read."""

import json
from typing import Any

from support.desk import Desk
from support.platform import ADMIN, AGENT, AUDITOR, ok


def configure(desk: Desk, **sections: dict[str, Any]) -> None:
    """Set sections of the organisation's configuration and let the shard hear of it."""
    index = desk.platform.index
    for section, document in sections.items():
        version = ok(index.query("get_configuration", desk.organisation, caller=ADMIN))["version"]
        request = {**desk.platform.token(), "organisation": desk.organisation, "version": version}
        request.update({"section": section, "document": json.dumps(document)})
        ok(index.update("set_configuration", request, caller=ADMIN))
    desk.platform.advance(1)


def clocks(desk: Desk, ticket: int) -> dict[str, Any]:
    """The ticket's clocks by metric."""
    answer = ok(desk.shard.query("get_clocks", ticket, caller=AGENT))
    return {clock["metric"]: clock for clock in answer["clocks"]}


def fired(desk: Desk, ticket: int) -> int:
    """How often the shard changed the ticket by itself."""
    wanted = {"organisation": desk.organisation, "ticket": ticket, "cursor": None, "limit": None}
    events = ok(desk.shard.query("list_events", wanted, caller=AUDITOR))["events"]
    return sum(event["block"]["kind"] == "vex.ticket.timed" for event in events)


def outbox(desk: Desk, ticket: int | None = None) -> list[tuple[str, Any]]:
    """The kinds and details of the events in the outbox, of one ticket or of all."""
    wanted = {"organisation": desk.organisation, "after": 0, "limit": None}
    page = ok(desk.shard.query("list_outbox", wanted, caller=ADMIN))
    return [
        (event["kind"], json.loads(event["detail"])) for event in page["events"] if ticket in (None, event["ticket"])
    ]
