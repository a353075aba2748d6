"""What a ticket costs in an organisation that decides everything: 20 fields, 4 policies, 10 triggers."""

import json
from typing import Any

from benchmarks.figures import Figure, typical
from benchmarks.product import created, deployed, ticket_of
from vex.deployment import Modules, shards
from vex.helpdesk import Write
from vex.patience import patiently
from vex.zones import put_request, zone_of

TICKETS = 200
SAMPLES = 60
METRICS = ("first_reply", "next_reply", "periodic_update", "requester_wait", "agent_work", "total_resolution")
OFFICE = [["08:00", "12:00"], ["13:00", "17:30"]]
WEEK = dict.fromkeys(("monday", "tuesday", "wednesday", "thursday", "friday"), OFFICE)


def full_configuration() -> dict[str, dict[str, Any]]:
    """Sections as a large desk has them; every policy and trigger is looked at by every new ticket."""
    targets = {
        metric: {
            "minutes": {"low": 2880, "normal": 480, "high": 240, "urgent": 60},
            "escalations": [{"before_minutes": 30, "actions": [{"add_tags": ["soon"]}]}],
        }
        for metric in METRICS
    }
    policies = [
        {
            "id": f"policy_{number}",
            "calendar": "office",
            "conditions": {"all": [{"field": "tags", "includes": "vip" if number == 3 else f"customer{number}"}]},
            "targets": targets,
        }
        for number in range(4)
    ]
    triggers = [
        {
            "id": f"trigger_{number}",
            "on": ["created", "updated"],
            "conditions": {
                "all": [{"field": "status", "is": "new"}, {"field": "tags", "includes": "vip" if number < 2 else "no"}],
                "any": [{"field": "priority", "is": "high"}, {"field": "channel", "is": "bench"}],
            },
            "actions": [{"add_tags": [f"t{number}"]}],
        }
        for number in range(10)
    ]
    fields = [{"id": f"field_{number}", "type": "text"} for number in range(20)]
    return {
        "fields": {"fields": fields},
        "calendars": {"calendars": [{"id": "office", "zone": "Europe/Berlin", "hours": WEEK}]},
        "service_levels": {"policies": policies},
        "triggers": {"triggers": triggers},
    }


async def measured_service(built: Modules, tickets: int = TICKETS, samples: int = SAMPLES) -> list[Figure]:
    """Creating a ticket without and with a full configuration, in one shard."""
    product = await deployed(built, capacity=4 * tickets)
    await product.helpdesk.create_ticket(ticket_of(product))
    shard = (await shards(product.index))[0].canister
    assert shard is not None  # noqa: S101 - it is open
    for _ in range(tickets):
        await created(product, shard)
    bare = [await created(product, shard) for _ in range(samples)]
    index = product.helpdesk.index
    zones = put_request([zone_of("Europe/Berlin")])
    operator = product.index
    await patiently(lambda: operator.call("put_time_zones", zones))
    version = 0
    for section, document in full_configuration().items():
        request = Write().fields(
            organisation=product.organisation, version=version, section=section, document=json.dumps(document)
        )
        version = await patiently(lambda request=request: index.call("set_configuration", request))
    for _ in range(5):
        await created(product, shard)
    full = [await created(product, shard) for _ in range(samples)]
    return [
        typical("create_ticket_bare", bare, note="no configuration"),
        typical("create_ticket_full", full, note="20 fields, 4 policies with 6 clocks, 10 triggers of which 2 act"),
    ]
