"""What follows from a change of a ticket, in this order; each is a function of the shard's state and the work.

A consequence changes the work (and adds to its events), never a store, and refuses nothing: the change was accepted.
"""

from collections.abc import Callable
from typing import Any

CONSEQUENCES: tuple[Callable[[Any, Any], None], ...] = ()
