"""What a macro makes of one ticket: the change and the comment that a person could have written by hand."""

from typing import Any

from vex_domain.configuration.labels import chosen
from vex_domain.fields.field_values import Value
from vex_domain.macros.macro_definitions import ME, NOBODY, Macro
from vex_domain.macros.placeholders import filled_in


def macro_change(macro: Macro, ticket: dict[str, Any], person: int) -> dict[str, Any]:
    """The fields of an update that the macro makes of `ticket` for `person`; what it leaves alone is None.

    What the ticket has already is left alone, so that a macro never moves a ticket to the state that it is in.
    """
    change: dict[str, Any] = {"subject": None, "tags": _tags(macro, ticket["tags"])}
    for field in ("status", "kind", "priority"):
        value = getattr(macro, field)
        change[field] = None if value == ticket[field] else value
    team, assignee = macro.team, _assignee(macro, person)
    change["team"] = None if team is None or team == (ticket["team"] or 0) else team
    change["assignee"] = None if assignee is None or assignee == (ticket["assignee"] or 0) else assignee
    change["fields"] = [_entry(word, value) for word, value in macro.fields] or None
    return change


def _entry(word: str, value: Value | None) -> dict[str, Any]:
    return {"field": word, "value": {"Empty": None} if value is None else value}


def _assignee(macro: Macro, person: int) -> int | None:
    if macro.assignee == ME:
        return person
    if macro.assignee == NOBODY:
        return 0
    return None if macro.assignee is None else int(macro.assignee)


def _tags(macro: Macro, tags: list[str]) -> list[str] | None:
    after = [tag for tag in tags if tag not in macro.remove_tags]
    after += [tag for tag in macro.add_tags if tag not in after]
    return None if after == tags else after


def macro_comment(macro: Macro, languages: list[str | None], values: dict[str, str]) -> str | None:
    """The comment in the dearest of `languages` that the macro has, filled in; None when it has none."""
    if not macro.comment:
        return None
    text = macro.comment[""] if "" in macro.comment else chosen(macro.comment, languages)
    return filled_in(text, values)


def placeholder_values(ticket_id: int, ticket: dict[str, Any], fields: dict[str, Value], person: int) -> dict[str, str]:
    """What the placeholders stand for."""
    values = {
        "ticket.id": str(ticket_id),
        "ticket.requester": str(ticket["requester"]),
        "ticket.reference": ticket["requester_reference"] or "",
        "agent.id": str(person),
    }
    for field in ("subject", "kind", "priority", "status"):
        values["ticket." + field] = ticket[field]
    for word, value in fields.items():
        values["fields." + word] = as_text(next(iter(value.values())))
    return values


def as_text(content: Any) -> str:
    """A value for people to read."""
    if isinstance(content, bool):
        return "yes" if content else "no"
    return ", ".join(content) if isinstance(content, list) else str(content)
