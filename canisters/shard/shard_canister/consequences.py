"""What follows from a change of a ticket, in this order; each is a function of the shard's state and the work.

A consequence changes the work, adds to its events, writes what is its own. It refuses nothing: all was checked before.
"""

from collections.abc import Callable
from typing import Any

from shard_canister.report_figures import count_change

CONSEQUENCES: tuple[Callable[[Any, Any], None], ...] = (count_change,)
