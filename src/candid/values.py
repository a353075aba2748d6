"""How Candid values look in Python where no built-in type serves."""

from collections.abc import Sequence
from typing import Any, NamedTuple


class Some(NamedTuple):
    """A present `opt` whose content may itself be null (`opt opt T`, `opt null`, `opt reserved`)."""

    value: Any


def is_tuple(labels: Sequence[str | int]) -> bool:
    """Whether a record with these labels, in the order of their ids, is a tuple: 0 to n-1, and not none."""
    return bool(labels) and all(label == index for index, label in enumerate(labels))
