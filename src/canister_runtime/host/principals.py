"""Principals between Kybra's class and the raw bytes that the system API takes."""

from collections.abc import Callable
from typing import Any

from candid.errors import CandidError
from candid.principal import MAX_LENGTH, from_text

_LONGEST_TEXT = 63


def principal_reader(principal_class: Any) -> Callable[[Any], bytes]:
    """A function from a value that stands for a principal to its raw bytes.

    Kybra asks any object for its text; only an instance of its own class can be read without that detour.
    The function raises TypeError and AttributeError with Kybra's texts.
    """

    def read(value: Any) -> bytes:
        if value.__class__ is principal_class:
            raw = value._bytes  # noqa: SLF001 - the class offers it only through a property, at ten times the price
            if isinstance(raw, bytes) and len(raw) <= MAX_LENGTH:
                return raw
        return _parse(value.to_str())

    return read


def _parse(text: Any) -> bytes:
    if not isinstance(text, str):
        raise TypeError(f"Expected type 'str' but '{type(text).__name__}' found")
    if len(text) > _LONGEST_TEXT:
        raise TypeError("could not convert value to Principal: Text is too long.")
    try:
        return from_text(text)
    except CandidError as error:
        raise TypeError(f"could not convert value to Principal: {error}") from None
