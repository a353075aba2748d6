"""A compiled workflow: what the rest asks about states, kinds and transitions."""

from hashlib import sha256
from typing import Any

CATEGORIES = ("new", "open", "pending", "hold", "solved", "closed")
SETTLED = ("solved", "closed")
AGENT = "agent"
REQUESTER = "requester"
WHO = (AGENT, REQUESTER)
STATES_MOST = 64
KINDS_MOST = 32
NUMBER_BYTES = 7


def number_of(*words: str) -> int:
    """The number under which lists on the heap keep a word: from its text, so that no edit or upgrade changes it."""
    return int.from_bytes(sha256("/".join(words).encode()).digest()[:NUMBER_BYTES], "big")


class State:
    """A state of tickets. `pauses_sla`: clocks of the requester's wait stand still in it.

    `is_solved`: the requester's matter is settled here (solved or closed); `is_closed`: nothing changes any more.
    """

    __slots__ = ("category", "id", "is_closed", "is_solved", "label", "number", "pauses_sla")

    def __init__(self, word: str, label: Any, category: str, pauses_sla: bool) -> None:
        self.id = word
        self.label = label
        self.category = category
        self.pauses_sla = pauses_sla
        self.number = number_of(word)
        self.is_solved = category in SETTLED
        self.is_closed = category == "closed"


class Transition:
    """A way from one state to another: who may go it with which permission (a bit), what has to be filled in."""

    __slots__ = ("permission", "required", "source", "target", "who")

    def __init__(self, source: str, target: str, who: str, permission: int, required: tuple[str, ...]) -> None:
        self.source = source
        self.target = target
        self.who = who
        self.permission = permission
        self.required = required


class Workflow:
    """States in order and the transitions between them. `reopen_ns`: how long after solving a ticket may reopen."""

    __slots__ = ("_ways", "_ways_from", "id", "initial", "parent_waits_for_children", "reopen_ns", "states")

    def __init__(
        self,
        word: str,
        initial: str,
        transitions: list[Transition],
        reopen_ns: int | None,
        parent_waits_for_children: bool,
    ) -> None:
        self.id = word
        self.initial = initial
        self.reopen_ns = reopen_ns
        self.parent_waits_for_children = parent_waits_for_children
        self._ways: dict[tuple[str, str], list[Transition]] = {}
        states = {initial: None}
        for transition in transitions:
            self._ways.setdefault((transition.source, transition.target), []).append(transition)
            states[transition.source] = None
            states[transition.target] = None
        self.states = tuple(states)
        self._ways_from: dict[str, list[tuple[str, list[Transition]]]] = {}
        for (source, target), ways in self._ways.items():
            self._ways_from.setdefault(source, []).append((target, ways))

    def between(self, source: str, target: str) -> list[Transition]:
        """The transitions from one state to another, one for each who."""
        return self._ways.get((source, target), [])

    def targets(self, source: str) -> list[str]:
        """The states that can follow, in the order of the document."""
        return [target for target, _ in self.ways_from(source)]

    def ways_from(self, source: str) -> list[tuple[str, list[Transition]]]:
        """The states that can follow, each with its transitions, in the order of the document."""
        return self._ways_from.get(source, [])

    def transitions(self) -> list[Transition]:
        """All of them."""
        return [transition for ways in self._ways.values() for transition in ways]


class Kind:
    """A type of tickets and the workflow that they follow."""

    __slots__ = ("id", "label", "number", "workflow")

    def __init__(self, word: str, label: Any, workflow: Workflow) -> None:
        self.id = word
        self.label = label
        self.workflow = workflow
        self.number = number_of("kind", word)


class TicketLife:
    """The compiled section `workflow`: the states of all workflows by id, and the kinds with theirs."""

    __slots__ = ("_standings", "kinds", "states", "workflows")

    def __init__(self, states: dict[str, State], workflows: dict[str, Workflow], kinds: dict[str, Kind]) -> None:
        self.states = states
        self.workflows = workflows
        self.kinds = kinds
        self._standings = {
            (kind.id, state): number_of(kind.id, state) for kind in kinds.values() for state in kind.workflow.states
        }

    def state_of(self, status: str) -> State:
        """The state by its id. One that no workflow has (none can hold a ticket) counts as open, with no way on."""
        return self.states.get(status) or State(status, status, "open", pauses_sla=False)

    def category(self, status: str) -> str:
        """The category of a state that tickets can be in."""
        return self.state_of(status).category

    def is_settled(self, status: str) -> bool:
        """Whether tickets in this state are solved or closed."""
        state = self.states.get(status)
        return state is not None and state.is_solved

    def closing_state(self, kind: str) -> str | None:
        """The state in which a merged ticket of this kind ends: a closed one, else a solved one."""
        states = self.workflow_of(kind).states
        for category in ("closed", "solved"):
            for state in states:
                if self.category(state) == category:
                    return state
        return None

    def workflow_of(self, kind: str) -> Workflow:
        """The workflow that tickets of this kind follow."""
        return self.kinds[kind].workflow

    def standing(self, kind: str, state: str) -> int:
        """The number under which the tickets of one kind in one state are counted."""
        return self._standings.get((kind, state)) or number_of(kind, state)

    def standings(self) -> list[tuple[str, str]]:
        """All (kind, state) that a ticket can have."""
        return list(self._standings)

    def standings_with(self, kind: str | None, state: str | None, category: str | None) -> list[int]:
        """The numbers of the standings of one kind, state, category; None: of any."""
        return [
            number
            for (each, word), number in self._standings.items()
            if kind in {None, each} and state in {None, word} and category in {None, self.states[word].category}
        ]
