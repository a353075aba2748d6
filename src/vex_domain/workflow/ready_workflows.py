"""Workflows to begin with, as data in the form of the documents: support, incident, service request, complaint."""

from typing import Any

from vex_domain.texts import words


def _state(word: str, category: str, pauses_sla: bool = False) -> dict[str, Any]:
    return {"id": word, "label": words.STATES[word], "category": category, "pauses_sla": pauses_sla}


def _way(sources: list[str], target: str, who: str = "agent", required: tuple[str, ...] = ()) -> dict[str, Any]:
    permission = "ticket.update"
    if who == "requester":
        permission = "ticket.solve_own" if target == "solved" else "ticket.reopen_own"
    return {"from": sources, "to": target, "who": who, "permission": permission, "required": list(required)}


STATES: dict[str, dict[str, Any]] = {
    state["id"]: state
    for state in (
        _state("new", "new"),
        _state("open", "open"),
        _state("pending", "pending", pauses_sla=True),
        _state("hold", "hold", pauses_sla=True),
        _state("investigating", "open"),
        _state("identified", "open"),
        _state("monitoring", "hold"),
        _state("approval", "hold", pauses_sla=True),
        _state("fulfilling", "open"),
        _state("declined", "solved"),
        _state("acknowledged", "open"),
        _state("in_review", "open"),
        _state("offered", "pending", pauses_sla=True),
        _state("solved", "solved"),
        _state("closed", "closed"),
    )
}

_WORKING = ["new", "open", "pending", "hold"]
SUPPORT: dict[str, Any] = {
    "initial": "new",
    "transitions": [
        _way(["new", "pending", "hold", "solved"], "open"),
        _way(["new", "open", "hold"], "pending"),
        _way(["new", "open", "pending"], "hold"),
        _way(_WORKING, "solved"),
        _way(["solved"], "closed"),
        _way(_WORKING, "solved", "requester"),
        _way(["solved"], "open", "requester"),
    ],
}
INCIDENT: dict[str, Any] = {
    "initial": "new",
    "transitions": [
        _way(["new", "identified", "monitoring", "pending", "solved"], "investigating"),
        _way(["new", "investigating", "monitoring"], "identified"),
        _way(["investigating", "identified"], "monitoring"),
        _way(["new", "investigating", "identified"], "pending"),
        _way(["investigating", "identified", "monitoring", "pending"], "solved", required=("assignee",)),
        _way(["solved"], "closed"),
        _way(["new", "pending"], "solved", "requester"),
        _way(["solved"], "investigating", "requester"),
    ],
}
SERVICE_REQUEST: dict[str, Any] = {
    "initial": "new",
    "transitions": [
        _way(["new", "pending"], "approval"),
        _way(["new", "approval", "pending", "solved"], "fulfilling"),
        _way(["new", "approval", "fulfilling"], "pending"),
        _way(["new", "approval"], "declined"),
        _way(["fulfilling"], "solved"),
        _way(["declined"], "approval"),
        _way(["solved", "declined"], "closed"),
        _way(["new", "approval", "pending"], "solved", "requester"),
        _way(["solved"], "fulfilling", "requester"),
    ],
}
COMPLAINT: dict[str, Any] = {
    "initial": "new",
    "transitions": [
        _way(["new"], "acknowledged", required=("assignee",)),
        _way(["acknowledged", "offered", "hold", "solved"], "in_review"),
        _way(["in_review"], "hold"),
        _way(["in_review"], "offered"),
        _way(["in_review", "offered"], "solved"),
        _way(["solved"], "closed"),
        _way(["new", "acknowledged", "in_review", "offered"], "solved", "requester"),
        _way(["solved", "offered"], "in_review", "requester"),
    ],
}
READY = {"support": SUPPORT, "incident": INCIDENT, "service_request": SERVICE_REQUEST, "complaint": COMPLAINT}


def _kind(word: str, workflow: str) -> dict[str, Any]:
    return {"id": word, "label": words.KINDS[word], "workflow": workflow}


DEFAULT: dict[str, Any] = {
    "include": ["support"],
    "kinds": [
        _kind("question", "support"),
        _kind("incident", "support"),
        _kind("problem", "support"),
        _kind("task", "support"),
    ],
}
"""The section of an organisation that has set none: every kind follows the support workflow."""
