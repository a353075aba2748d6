"""What follows from a change of a ticket, in this order; each is a function of the shard's state and the work.

A consequence changes the work, adds to its events, writes what is its own. It refuses nothing: all was checked before.
"""

from collections.abc import Callable
from typing import Any

from shard_canister.relations.family_news import note_settled
from shard_canister.reports.report_figures import count_change
from shard_canister.service.assigning import assign
from shard_canister.service.clock_consequences import fire_overdue, run_clocks
from shard_canister.service.service_consequences import count_loads, pull_triggers, tell

CONSEQUENCES: tuple[Callable[[Any, Any], None], ...] = (
    fire_overdue,
    assign,
    pull_triggers,
    run_clocks,
    count_change,
    tell,
    count_loads,
    note_settled,
)
WITHOUT_SERVICE: tuple[Callable[[Any, Any], None], ...] = (count_change, count_loads, note_settled)
"""Those that are left where an organisation configured nothing for the others (`OrganisationRules.serves`)."""
