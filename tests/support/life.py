"""An organisation with a workflow, fields and macros of its own, for tests of a ticket's life."""

import json
from typing import Any

from support.desk import Desk
from support.platform import ADMIN, ok

WORKFLOW: dict[str, Any] = {
    "include": ["support"],
    "states": [
        {"id": "received", "category": "new", "label": {"en": "Received", "de": "Eingegangen"}},
        {"id": "checking", "category": "open"},
        {"id": "waiting", "category": "pending", "pauses_sla": True},
        {"id": "settled", "category": "solved"},
        {"id": "filed", "category": "closed"},
    ],
    "workflows": [
        {
            "id": "claims",
            "initial": "received",
            "reopen_hours": 48,
            "transitions": [
                {"from": ["received", "waiting", "settled"], "to": "checking"},
                {"from": "checking", "to": "waiting"},
                {"from": ["received", "checking"], "to": "settled", "required": ["assignee", "amount"]},
                {"from": "settled", "to": "filed"},
                {"from": "settled", "to": "checking", "who": "requester", "permission": "ticket.reopen_own"},
            ],
        }
    ],
    "kinds": [
        {"id": "claim", "label": "Claim", "workflow": "claims"},
        *({"id": word, "workflow": "support"} for word in ("question", "incident", "problem", "task")),
    ],
}
FIELDS: dict[str, Any] = {
    "fields": [
        {"id": "policy", "type": "text", "pattern": "[A-Z]{2}\\d{6}", "kinds": ["claim"], "required_in": ["received"]},
        {"id": "amount", "type": "number", "decimals": 2, "least": "0", "kinds": ["claim"]},
        {"id": "seen", "type": "date", "required_in": ["waiting"]},
        {"id": "area", "type": "choice", "choices": [{"id": "car"}, {"id": "house"}]},
        {"id": "parts", "type": "multi_choice", "choices": [{"id": "roof"}, {"id": "door"}]},
        {"id": "fraud", "type": "checkbox", "requester": "hidden"},
    ]
}
MACROS: dict[str, Any] = {
    "macros": [
        {
            "id": "ask",
            "status": "pending",
            "assignee": "me",
            "add_tags": ["asked"],
            "comment": {"en": "About {{ticket.subject}}: please tell more.", "de": "Zu {{ticket.id}}: bitte mehr."},
        },
        {"id": "suspect", "fields": [{"field": "fraud", "value": True}], "comment": "Look at @2", "internal": True},
        {"id": "reopen", "status": "open"},
    ]
}


def configure(desk: Desk, section: str, document: dict[str, Any], *, told: bool = True) -> Any:
    """Set a section of the desk's organisation and, with `told`, let its shards hear of it; the answer."""
    index = desk.platform.index
    version = ok(index.query("get_configuration", desk.organisation, caller=ADMIN))["version"]
    request = {
        **desk.platform.token(),
        "organisation": desk.organisation,
        "version": version,
        "section": section,
        "document": json.dumps(document),
    }
    answer = index.update("set_configuration", request, caller=ADMIN)
    if told:
        desk.platform.advance(1)
    return answer


def with_claims(desk: Desk) -> Desk:
    """The desk with workflow, fields and macros set."""
    # The workflow names fields and fields name states: the fields come first without, then with what they refer to.
    bare = [{key: entry[key] for key in entry if key not in ("kinds", "required_in")} for entry in FIELDS["fields"]]
    sections = {"workflow": WORKFLOW, "fields": FIELDS, "macros": MACROS}
    ok(configure(desk, "fields", {"fields": bare}, told=False))
    for section, document in sections.items():
        ok(configure(desk, section, document, told=section == "macros"))
    return desk


def field(word: str, tag: str, content: Any) -> dict[str, Any]:
    """An entry of `fields`."""
    return {"field": word, "value": {tag: content}}


POLICY = field("policy", "Text", "AB123456")


def life(desk: Desk, ticket: int, caller: Any) -> dict[str, Any]:
    """What a ticket shows of its life, with its status and version."""
    shown = ok(desk.shard.query("get_ticket", ticket, caller=caller))
    view: dict[str, Any] = {**shown["life"], "status": shown["summary"]["status"]}
    view["version"] = shown["summary"]["version"]
    view["fields"] = {entry["field"]: entry["value"] for entry in view["fields"]}
    return view
