"""What a ticket's reader sees beside its header: state, fields, followers, relations, the ways that are open."""

from typing import Any

from shard_canister.tickets.ticket_parts import Extension, FieldValues, Relations
from vex_domain import permissions
from vex_domain.access import Access
from vex_domain.fields.field_changes import shown_values
from vex_domain.workflow.workflow_guards import open_moves

_SHOWN = ("kind", "other", "since", "open")


def life_view(env: Any, access: Access, ticket_id: int, ticket: dict[str, Any]) -> dict[str, Any]:
    """The record `TicketLifeView`. Followers and relations are for those who read all tickets."""
    rules = env.rules_of(ticket["organisation"])
    state = rules.workflow.state_of(ticket["status"])
    by_agent = access.may(permissions.TICKET_READ)
    extension = Extension.load(env, ticket_id).record
    relations = Relations.load(env, ticket_id).all if by_agent else []
    kept = FieldValues.load(env, ticket_id).values if rules.fields.by_id else {}
    values = shown_values(rules.fields, kept, by_agent=by_agent)
    return {
        "category": state.category,
        "pauses_sla": state.pauses_sla,
        "fields": [{"field": word, "value": value} for word, value in values.items()],
        "followers": extension["followers"] if by_agent else [],
        "relations": [{field: relation[field] for field in _SHOWN} for relation in relations],
        "moves": open_moves(rules.workflow, access, ticket, env.now()),
        "merged_into": extension["merged_into"],
        "body_redacted": extension["body_redacted"],
    }
