"""For whom figures are kept: an organisation, each of its teams, each of its agents."""

from collections.abc import Mapping
from typing import Any

ORGANISATION = 0
TEAM = 1
AGENT = 2
NAMES = ("organisation", "team", "agent")

Scope = tuple[int, int]
"""(kind, id); the id of an organisation's own scope is 0."""


def scopes_of(ticket: Mapping[str, Any]) -> list[Scope]:
    """Where a ticket counts, by its team and assignee."""
    scopes = [(ORGANISATION, 0)]
    if ticket["team"]:
        scopes.append((TEAM, ticket["team"]))
    if ticket["assignee"]:
        scopes.append((AGENT, ticket["assignee"]))
    return scopes
