"""How Candid values look in Python where no built-in type serves."""

from typing import Any, NamedTuple


class Some(NamedTuple):
    """A present `opt` whose content may itself be null (`opt opt T`, `opt null`, `opt reserved`)."""

    value: Any
