"""Putting a ticket into a state, by a person or by the shard itself."""

from typing import Any


def put_in_state(env: Any, work: Any, target: str) -> None:
    """Set the state and say what that means; nothing but a retired state is refused. Raises Unavailable."""
    header, life = work.header, work.rules.workflow
    env.retirements.require_entry(header["organisation"], header["kind"], target)
    was, becomes = life.state_of(header["status"]), life.state_of(target)
    work.events.append({"kind": "moved", "former": header["status"]})
    if becomes.is_solved and not was.is_solved:
        work.events.append({"kind": "solved"})
    if was.is_solved and not becomes.is_solved:
        work.events.append({"kind": "reopened"})
    header["status"] = work.change["status"] = target
