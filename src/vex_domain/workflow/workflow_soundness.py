"""Whether every ticket of a workflow can come to an end: refusals name the state that cannot."""

from collections.abc import Callable

from vex_domain.refusals import Invalid
from vex_domain.workflow.workflow_model import State, Workflow


def check_sound(path: str, workflow: Workflow, states: dict[str, State]) -> None:
    """Raises Invalid at `path` for an initial state that is settled already, a state that no ticket reaches, a closed
    state with a way out, a cycle without one, and a state from which no solved state can be reached.
    """
    if states[workflow.initial].is_solved:
        raise Invalid(path, "begins in " + workflow.initial + ", where a ticket is settled already")
    reached = reachable(workflow.initial, workflow.targets)
    for state in workflow.states:
        if state not in reached:
            raise Invalid(path, "has the state " + state + ", which no ticket can reach")
        if states[state].is_closed and workflow.targets(state):
            raise Invalid(path, "leads on from " + state + ", which is closed for good")
    for state in workflow.states:
        _check_end(path, state, workflow, states)


def reachable(start: str, follow: Callable[[str], list[str]]) -> list[str]:
    """`start` and what follows from it over any number of steps."""
    reached = [start]
    for state in reached:
        reached += [later for later in dict.fromkeys(follow(state)) if later not in reached]
    return reached


def _check_end(path: str, state: str, workflow: Workflow, states: dict[str, State]) -> None:
    ahead = reachable(state, workflow.targets)
    if states[state].is_closed or any(states[later].category == "solved" for later in ahead):
        return
    for later in ahead:
        circle = reachable(later, workflow.targets)
        if len(circle) > 1 and all(later in reachable(other, workflow.targets) for other in circle):
            raise Invalid(path, "has a cycle with no exit: " + ", ".join(circle))
    raise Invalid(path, "has the state " + state + ", from which no solved state can be reached")
