"""The clocks of one ticket at a shard: loaded with a change, run by its events, written and queued with it."""

from typing import Any

from vex_domain.service_levels.clock_state import NEVER, TicketClocks, unpacked


class TicketClocksPart:
    """The part `clocks` of a ticket under change; `kept` tells whether stable memory has it already."""

    __slots__ = ("kept", "state")

    def __init__(self, state: TicketClocks | None = None) -> None:
        self.kept = state is not None
        self.state = TicketClocks() if state is None else state

    @classmethod
    def load(cls, env: Any, ticket_id: int) -> "TicketClocksPart":
        """From stable memory, or with nothing in it."""
        packed = env.stores.clocks.get(ticket_id)
        return cls(None if packed is None else unpacked(packed))

    def store(self, env: Any, ticket_id: int) -> None:
        """Into stable memory and the queue of what is due."""
        env.stores.clocks.insert(ticket_id, self.state.packed())
        env.service.set_due(ticket_id - env.start, self.state.due)
        env.service.arm(env)

    def forget(self, env: Any, ticket_id: int) -> None:
        """Take the ticket's clocks away: its organisation measures nothing."""
        self.state.due = NEVER
        if self.kept:
            env.stores.clocks.remove(ticket_id)
        env.service.set_due(ticket_id - env.start, NEVER)
