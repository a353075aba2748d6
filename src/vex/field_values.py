"""An organisation's own fields in Python's types: Decimal, date, bool, texts, chosen ids."""

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Any

__all__ = ["Choice", "FieldValue", "entries_of", "values_of"]


class Choice(str):
    """The id of a choice, where a plain text would be the value of a text field."""

    __slots__ = ()


FieldValue = str | Decimal | date | bool | list[str] | None
"""None takes a value away; a list of ids is for fields of several choices."""


def entries_of(values: Mapping[str, FieldValue] | None) -> list[dict[str, Any]] | None:
    """The records `FieldEntry` of values by field."""
    if values is None:
        return None
    return [{"field": field, "value": _variant(value)} for field, value in values.items()]


def _variant(value: FieldValue) -> dict[str, Any]:
    if value is None or isinstance(value, bool):
        return {"Empty": None} if value is None else {"Checkbox": value}
    if isinstance(value, Decimal):
        return {"Number": format(value, "f")}
    if isinstance(value, date):
        return {"Date": value.isoformat()}
    if isinstance(value, list):
        return {"Choices": value}
    return {"Choice": str(value)} if isinstance(value, Choice) else {"Text": value}


def values_of(entries: list[dict[str, Any]]) -> dict[str, FieldValue]:
    """Values by field from records `FieldEntry`."""
    return {entry["field"]: _value(*next(iter(entry["value"].items()))) for entry in entries}


def _value(tag: str, content: Any) -> FieldValue:
    if tag == "Number":
        return Decimal(content)
    if tag == "Date":
        return date.fromisoformat(content)
    value: FieldValue = Choice(content) if tag == "Choice" else content
    return value
