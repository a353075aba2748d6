"""From the document of the section `workflow` to what it means; refusals name the place and what is wrong with it."""

from typing import Any

from vex_domain import permissions
from vex_domain.configuration.document_parts import Part
from vex_domain.configuration.reader import DocumentReader
from vex_domain.refusals import Invalid
from vex_domain.time_units import HOUR_NS
from vex_domain.workflow.ready_workflows import READY, STATES
from vex_domain.workflow.workflow_model import (
    AGENT,
    CATEGORIES,
    KINDS_MOST,
    STATES_MOST,
    WHO,
    Kind,
    State,
    TicketLife,
    Transition,
    Workflow,
)
from vex_domain.workflow.workflow_soundness import check_sound

SECTION = "workflow"
WORKFLOWS_MOST = 16
TRANSITIONS_MOST = 200
REQUIRED_MOST = 16
LONGEST_REOPEN_HOURS = 24 * 366


def compile_workflow(document: DocumentReader, rules: Any) -> TicketLife:  # noqa: ARG001  # it refers to no section
    """The section of `OrganisationRules`. Raises as `compile_life`."""
    return compile_life(document.value)


def compile_life(document: dict[str, Any]) -> TicketLife:
    """The compiled section. Raises Invalid and TooLarge with the path of what is wrong.

    `include` names ready-made workflows, which bring their states; `states`, `workflows` and `kinds` are the
    organisation's own. Each workflow is checked to be sound (`workflow_soundness`).
    """
    part = Part(document, SECTION)
    states: dict[str, State] = {}
    workflows: dict[str, Workflow] = {}
    for number, word in enumerate(part.words("include", len(READY))):
        if word not in READY:
            raise Invalid(part.at("include") + "[" + str(number) + "]", "is not one of " + ", ".join(READY))
        ready = READY[word]
        for used in _mentioned(ready):
            states[used] = _state(Part(STATES[used], word + "." + used))
        workflows[word] = _workflow(Part({"id": word, **ready}, word), states)
    _read_states(part, states)
    _read_workflows(part, states, workflows)
    kinds = _kinds(part, workflows)
    part.finish()
    for workflow in workflows.values():
        check_sound(part.path + "." + workflow.id, workflow, states)
    return TicketLife(states, workflows, kinds)


def _mentioned(workflow: dict[str, Any]) -> list[str]:
    words = {workflow["initial"]: None}
    for way in workflow["transitions"]:
        words.update(dict.fromkeys([*way["from"], way["to"]]))
    return list(words)


def _read_states(part: Part, states: dict[str, State]) -> None:
    for entry in part.parts("states", STATES_MOST):
        state = _state(entry)
        if state.id in states:
            raise Invalid(entry.at("id"), state.id + " is there already")
        states[state.id] = state


def _state(part: Part) -> State:
    word = part.word("id")
    label = part.label("label", word)
    state = State(word, label, part.one_of("category", CATEGORIES), part.flag("pauses_sla", default=False))
    part.finish()
    return state


def _read_workflows(part: Part, states: dict[str, State], workflows: dict[str, Workflow]) -> None:
    for entry in part.parts("workflows", WORKFLOWS_MOST):
        workflow = _workflow(entry, states)
        if workflow.id in workflows:
            raise Invalid(entry.at("id"), workflow.id + " is there already")
        workflows[workflow.id] = workflow


def _workflow(part: Part, states: dict[str, State]) -> Workflow:
    word = part.word("id")
    if not part.has("initial"):
        raise Invalid(part.path, "has no initial state")
    initial = _known(part.at("initial"), part.word("initial"), states)
    transitions: list[Transition] = []
    for entry in part.parts("transitions", TRANSITIONS_MOST):
        transitions += _transitions(entry, states, transitions)
    hours = part.optional_number("reopen_hours", 1, LONGEST_REOPEN_HOURS)
    waits = part.flag("parent_waits_for_children", default=True)
    part.finish()
    return Workflow(word, initial, transitions, None if hours is None else hours * HOUR_NS, waits)


def _transitions(part: Part, states: dict[str, State], former: list[Transition]) -> list[Transition]:
    sources = part.words("from", STATES_MOST)
    if not sources:
        raise Invalid(part.at("from"), "is missing")
    target = _known(part.at("to"), part.word("to"), states)
    who = part.one_of("who", WHO, AGENT)
    name = part.text("permission", "ticket.update" if who == AGENT else "ticket.solve_own")
    if name not in permissions.BITS:
        raise Invalid(part.at("permission"), "is not a permission")
    required = part.words("required", REQUIRED_MOST)
    part.finish()
    found = []
    for source in sources:
        _known(part.at("from"), source, states)
        if source == target:
            raise Invalid(part.path, "goes from " + source + " to itself")
        if any((other.source, other.target, other.who) == (source, target, who) for other in former):
            raise Invalid(part.path, "from " + source + " to " + target + " for the " + who + " is there already")
        found.append(Transition(source, target, who, permissions.BITS[name], required))
    return found


def _known(path: str, word: str, states: dict[str, State]) -> str:
    if word not in states:
        raise Invalid(path, word + " is not a state")
    return word


def _kinds(part: Part, workflows: dict[str, Workflow]) -> dict[str, Kind]:
    kinds: dict[str, Kind] = {}
    for entry in part.parts("kinds", KINDS_MOST):
        word = entry.word("id")
        if word in kinds:
            raise Invalid(entry.at("id"), word + " is there already")
        workflow = entry.word("workflow")
        if workflow not in workflows:
            raise Invalid(entry.at("workflow"), workflow + " is not a workflow")
        kinds[word] = Kind(word, entry.label("label", word), workflows[workflow])
        entry.finish()
    if not kinds:
        raise Invalid(part.at("kinds"), "are none")
    return kinds
