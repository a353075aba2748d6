"""Service levels in the real modules: time passes, timers fire, upgrades and stops lose and double nothing."""

from typing import Any

from pocket_ic import PocketIC

from local_replica.pytest_plugin import deployed_once
from support.desk import Desk
from support.platform import ADMIN, AGENT, CUSTOMER, OPERATOR, ok
from support.pocket_platform import PocketPlatform
from support.service_desk import clocks, configure, fired, outbox
from support.service_models import BERLIN
from vex.zones import put_request

HOUR = 3_600
NS = 1_000_000_000
CALENDARS: dict[str, Any] = {"calendars": [{"id": "desk", "zone": "Europe/Berlin", "hours": "always"}]}
POLICIES: dict[str, Any] = {
    "policies": [
        {
            "id": "all",
            "calendar": "desk",
            "targets": {
                "first_reply": {
                    "minutes": 60,
                    "escalations": [{"before_minutes": 20, "actions": [{"add_tags": ["hurry"]}]}],
                    "on_breach": [{"set": "priority", "to": "urgent"}],
                }
            },
        }
    ]
}


def routing(team: int) -> dict[str, Any]:
    """Fires go to the team."""
    route = {
        "id": "route",
        "on": ["created"],
        "conditions": {"all": [{"field": "tags", "includes": "fire"}]},
        "actions": [{"set": "team", "to": team}],
    }
    return {"triggers": [route], "outbox": ["sla_breached", "sla_escalated"]}


@deployed_once
def desk(pic: PocketIC) -> Desk:
    """A desk that promises a reply within an hour, in a zone that the index holds."""
    desk = Desk(PocketPlatform(pic))
    ok(desk.platform.index.update("put_time_zones", put_request([BERLIN]), caller=OPERATOR))
    of = {"organisation": desk.organisation}
    made = desk.platform.users.update("create_team", {**desk.platform.token(), **of, "name": "First"}, caller=ADMIN)
    team = ok(made)
    member = {**desk.platform.token(), **of, "person": desk.people["agent"], "roles": ["agent"], "teams": [team]}
    ok(desk.platform.users.update("set_member", member, caller=ADMIN))
    teams = {"teams": [{"team": team, "method": "round_robin"}]}
    configure(desk, calendars=CALENDARS, service_levels=POLICIES, assignment=teams, triggers=routing(team))
    return desk


def summary(desk: Desk, ticket: int) -> dict[str, Any]:
    found: dict[str, Any] = ok(desk.shard.query("get_ticket", ticket, caller=AGENT))["summary"]
    return found


def upgraded(desk: Desk) -> None:
    platform: Any = desk.platform
    platform.install(desk.shard, "shard", {"upgrade": None}, caller=platform.index.id)


def test_a_ticket_is_routed_given_out_escalated_and_breached_at_its_times(desk: Desk) -> None:
    ticket = desk.created(CUSTOMER)
    assert summary(desk, ticket)["assignee"] == desk.people["agent"]
    desk.platform.advance(39 * 60)
    assert fired(desk, ticket) == 0
    desk.platform.advance(2 * 60)
    assert "hurry" in summary(desk, ticket)["tags"]
    desk.platform.advance(20 * 60)
    assert summary(desk, ticket)["priority"] == "urgent"
    desk.platform.advance(48 * HOUR)
    assert fired(desk, ticket) == 2


def test_an_upgrade_and_a_long_sleep_lose_no_breach_and_double_none(desk: Desk) -> None:
    ticket = desk.created(CUSTOMER)
    desk.platform.advance(41 * 60)
    upgraded(desk)
    desk.platform.advance(7 * 24 * HOUR)
    upgraded(desk)
    desk.platform.advance(HOUR)
    opened = summary(desk, ticket)["opened_at"] // NS
    told = [(kind, detail["due"] - opened) for kind, detail in outbox(desk, ticket)]
    assert told == [("sla_escalated", 40 * 60), ("sla_breached", HOUR)]
    assert clocks(desk, ticket)["first_reply"]["breached"]
