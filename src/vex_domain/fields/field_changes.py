"""What a change makes of a ticket's field values: each is checked, refusals name the field."""

import json
from collections.abc import Iterable
from typing import Any

from vex_domain.fields.field_definitions import TicketFields
from vex_domain.fields.field_values import Value
from vex_domain.refusals import FieldRequired, Forbidden, Invalid, TooLarge

VALUES_BYTES = 8_000
CHANGES_MOST = 64
SEE = ("read", "write")

Change = tuple[str, Value | None]
"""A field's id and its new value; None takes the value away."""


def changed_values(
    fields: TicketFields, kind: str, values: dict[str, Value], changes: Iterable[Change], by_agent: bool
) -> dict[str, Value]:
    """The values after the changes. Raises Invalid, TooLarge, Forbidden (the requester may not set it)."""
    after = dict(values)
    seen: set[str] = set()
    for word, value in changes:
        path = "fields." + word[:16]
        if word in seen:
            raise Invalid(path, "is given twice")
        seen.add(word)
        if len(seen) > CHANGES_MOST:
            raise TooLarge("fields", CHANGES_MOST, len(seen))
        kept = _kept(fields, kind, (word, value), path, by_agent=by_agent)
        if kept is None:
            after.pop(word, None)
        else:
            after[word] = kept
    size = len(packed(after))
    if size > VALUES_BYTES:
        raise TooLarge("fields", VALUES_BYTES, size)
    return after


def _kept(fields: TicketFields, kind: str, change: Change, path: str, *, by_agent: bool) -> Value | None:
    word, value = change
    field = fields.by_id.get(word)
    if field is None or (not by_agent and field.requester not in SEE):
        raise Invalid(path, "is not a field of this organisation")
    if not by_agent and field.requester != "write":
        raise Forbidden("ticket.update")
    if not field.is_of(kind):
        raise Invalid(path, "is not a field of the kind " + kind)
    if value is None:
        return None
    content = value.get(field.type.tag)
    if content is None:
        raise Invalid(path, "takes " + field.type.tag)
    return {field.type.tag: field.type.kept(path, content)}


def shown_values(fields: TicketFields, values: dict[str, Value], by_agent: bool) -> dict[str, Value]:
    """The values that the reader may see, of fields that are still defined with the same type."""
    fitting = {word: value for word, value in values.items() if fields.fits(word, value)}
    return {word: value for word, value in fitting.items() if by_agent or fields.by_id[word].requester in SEE}


def is_filled(values: dict[str, Value], word: str) -> bool:
    """Whether a field has a value; a checkbox when it is ticked."""
    value = values.get(word)
    return value is not None and value != {"Checkbox": False}


def require_values(fields: TicketFields, kind: str, state: str, values: dict[str, Value]) -> None:
    """What the state requires is filled in. Raises FieldRequired."""
    for word in fields.required(state, kind):
        if not is_filled(values, word):
            raise FieldRequired(word)


def packed(values: dict[str, Value]) -> bytes:
    """The values as they are stored: JSON, keys in order."""
    return json.dumps(values, ensure_ascii=False, separators=(",", ":"), sort_keys=True).encode()


def unpacked(stored: bytes) -> dict[str, Value]:
    """The values that were packed."""
    values: dict[str, Any] = json.loads(stored)
    return values
