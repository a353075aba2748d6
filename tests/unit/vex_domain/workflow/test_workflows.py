"""Workflows: documents compile or say what is wrong, moves are guarded, edits name what they would strand."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vex_domain import permissions
from vex_domain.access import Access
from vex_domain.refusals import ChildrenOpen, FieldRequired, Forbidden, Invalid, Refusal, ReopenWindowOver
from vex_domain.workflow.ready_workflows import DEFAULT, READY
from vex_domain.workflow.workflow_edits import check_edit
from vex_domain.workflow.workflow_guards import (
    check_reclassified,
    open_moves,
    require_filled,
    require_move,
    require_no_open_children,
)
from vex_domain.workflow.workflow_model import TicketLife
from vex_domain.workflow.workflow_reading import HOUR_NS, compile_life

STATES = [
    {"id": "new", "category": "new"},
    {"id": "doing", "category": "open"},
    {"id": "asked", "category": "pending", "pauses_sla": True},
    {"id": "done", "category": "solved"},
    {"id": "gone", "category": "closed"},
]
WAYS = [
    {"from": ["new", "asked", "done"], "to": "doing"},
    {"from": "doing", "to": "asked"},
    {"from": ["new", "doing"], "to": "done", "required": ["assignee"]},
    {"from": "done", "to": "gone"},
    {"from": "doing", "to": "done", "who": "requester"},
]
KINDS = [{"id": "job", "label": "Job", "workflow": "mine"}]


def document(**changed: Any) -> dict[str, Any]:
    workflow = {"id": "mine", "initial": "new", "transitions": WAYS, "reopen_hours": 24}
    whole: dict[str, Any] = {"states": STATES, "workflows": [workflow | changed.pop("workflow", {})], "kinds": KINDS}
    return whole | changed


LIFE = compile_life(document())
AGENT = Access(7, 1, permissions.AGENT)
REQUESTER = Access(3, 1, permissions.CUSTOMER)
OTHER = Access(4, 1, permissions.CUSTOMER)


def ticket(status: str, **changed: Any) -> dict[str, Any]:
    return {"kind": "job", "status": status, "requester": 3, "solved_at": None} | changed


def test_the_ready_made_workflows_are_sound() -> None:
    life = compile_life({"include": list(READY), "kinds": [{"id": word, "workflow": word} for word in READY]})
    assert life.workflow_of("incident").targets("identified") == ["investigating", "monitoring", "pending", "solved"]
    assert life.states["approval"].pauses_sla
    assert life.category("declined") == "solved"


BEFORE: dict[str, tuple[str, ...]] = {
    "new": ("open", "pending", "hold", "solved"),
    "open": ("pending", "hold", "solved"),
    "pending": ("open", "hold", "solved"),
    "hold": ("open", "pending", "solved"),
    "solved": ("open", "closed"),
    "closed": (),
}
"""What tickets could do before organisations had workflows."""


@pytest.mark.parametrize("access", [AGENT, REQUESTER, OTHER], ids=["agent", "requester", "other"])
@pytest.mark.parametrize("old", BEFORE)
@pytest.mark.parametrize("new", BEFORE)
def test_the_support_workflow_is_what_tickets_had_before(access: Access, old: str, new: str) -> None:
    own = access is REQUESTER and (new == "solved" or (old, new) == ("solved", "open"))
    expected = Invalid if new not in BEFORE[old] else None if access is AGENT or own else Forbidden
    refusal = refusal_of(lambda: require_move(compile_life(DEFAULT), access, ticket(old, kind="task"), new, 0))
    assert (refusal and refusal[0]) == expected


def refusal_of(work: Any) -> Any:
    try:
        work()
    except Refusal as refusal:
        return type(refusal), str(refusal)
    return None


@pytest.mark.parametrize(
    ("changed", "place", "reason"),
    [
        ({"workflow": {"initial": None}}, "workflow.workflows[0]", "no initial state"),
        ({"workflow": {"initial": "start"}}, "workflow.workflows[0].initial", "start is not a state"),
        ({"workflow": {"initial": "done"}}, "workflow.mine", "settled already"),
        (
            {"workflow": {"transitions": [*WAYS, {"from": "asked", "to": "lost"}]}},
            "workflow.workflows[0].transitions[5].to",
            "lost is not a state",
        ),
        (
            {"workflow": {"transitions": [*WAYS, {"from": "doing", "to": "doing"}]}},
            "workflow.workflows[0].transitions[5]",
            "to itself",
        ),
        (
            {"workflow": {"transitions": [*WAYS, {"from": "doing", "to": "asked"}]}},
            "workflow.workflows[0].transitions[5]",
            "there already",
        ),
        (
            {"workflow": {"transitions": [*WAYS, {"from": "gone", "to": "doing"}]}},
            "workflow.mine",
            "closed for good",
        ),
        (
            {"workflow": {"transitions": [*WAYS, {"from": "doing", "to": "asked", "permission": "root"}]}},
            "workflow.workflows[0].transitions[5].permission",
            "not a permission",
        ),
        ({"workflow": {"transitions": WAYS[1:]}}, "workflow.mine", "has the state doing, which no ticket can reach"),
        (
            {"workflow": {"transitions": [{"from": ["new", "asked"], "to": "doing"}, WAYS[1]]}},
            "workflow.mine",
            "cycle with no exit: doing, asked",
        ),
        (
            {"workflow": {"transitions": [{"from": "new", "to": ["doing"]}]}},
            "workflow.workflows[0].transitions[0].to",
            "not a text",
        ),
        (
            {"workflow": {"transitions": [{"from": "new", "to": "done"}, {"from": "new", "to": "doing"}]}},
            "workflow.mine",
            "the state doing, from which no solved state",
        ),
        ({"workflow": {"reopen_hours": 0}}, "workflow.workflows[0].reopen_hours", "not in 1.."),
        ({"workflow": {"reopen_hours": True}}, "workflow.workflows[0].reopen_hours", "whole number"),
        ({"workflow": {"colour": "red"}}, "workflow.workflows[0]", "unknown key colour"),
        ({"states": [*STATES, STATES[0]]}, "workflow.states[5].id", "there already"),
        ({"states": [{"id": "new", "category": "fresh"}]}, "workflow.states[0].category", "not one of"),
        ({"states": [{"id": "New", "category": "new"}]}, "workflow.states[0].id", "a-z"),
        ({"include": ["itil"]}, "workflow.include[0]", "not one of support"),
        ({"include": ["support"]}, "workflow.states[0].id", "there already"),
        ({"kinds": []}, "workflow.kinds", "are none"),
        ({"kinds": [*KINDS, *KINDS]}, "workflow.kinds[1].id", "there already"),
        ({"kinds": [{"id": "job", "workflow": "yours"}]}, "workflow.kinds[0].workflow", "yours is not a workflow"),
        ({"colour": 1}, "workflow", "unknown key colour"),
    ],
)
def test_a_wrong_workflow_is_refused_with_the_place_and_the_reason(changed: Any, place: str, reason: str) -> None:
    with pytest.raises(Refusal) as refused:
        compile_life(document(**changed))
    detail = refused.value.detail
    assert detail is not None
    assert detail["Invalid"]["field"] == place
    assert reason in detail["Invalid"]["reason"]


@st.composite
def graphs(draw: st.DrawFn) -> dict[str, Any]:
    """A workflow of up to six states with any transitions."""
    count = draw(st.integers(2, 6))
    words = [f"s{number}" for number in range(count)]
    categories = st.sampled_from(["open", "pending", "solved", "closed"])
    states = [{"id": word, "category": draw(categories)} for word in words]
    pairs = st.tuples(st.sampled_from(words), st.sampled_from(words)).filter(lambda pair: pair[0] != pair[1])
    ways = [{"from": old, "to": new} for old, new in draw(st.sets(pairs, min_size=1, max_size=12))]
    workflow = {"id": "any", "initial": "s0", "transitions": ways}
    return {"states": states, "workflows": [workflow], "kinds": [{"id": "k", "workflow": "any"}]}


@given(graphs())
def test_a_workflow_is_accepted_exactly_when_every_ticket_can_be_solved(whole: dict[str, Any]) -> None:
    categories = {state["id"]: state["category"] for state in whole["states"]}
    ways = [(way["from"], way["to"]) for way in whole["workflows"][0]["transitions"]]
    used = {"s0", *(old for old, _ in ways), *(new for _, new in ways)}

    def ahead(state: str) -> set[str]:
        found = {state}
        for _ in used:
            found |= {new for old, new in ways if old in found}
        return found

    sound = (
        categories["s0"] not in ("solved", "closed")
        and ahead("s0") == used
        and not any(categories[old] == "closed" for old, _ in ways)
        and all(categories[s] == "closed" or any(categories[a] == "solved" for a in ahead(s)) for s in used)
    )
    assert (refusal_of(lambda: compile_life(whole)) is None) == sound


def test_a_transition_is_for_those_that_it_names() -> None:
    require_move(LIFE, AGENT, ticket("doing"), "done", 0)
    require_move(LIFE, REQUESTER, ticket("doing"), "done", 0)
    with pytest.raises(Forbidden):
        require_move(LIFE, OTHER, ticket("doing"), "done", 0)
    with pytest.raises(Forbidden, match=r"ticket\.update"):
        require_move(LIFE, REQUESTER, ticket("new"), "done", 0)
    with pytest.raises(Invalid, match="cannot go from asked to done"):
        require_move(LIFE, AGENT, ticket("asked"), "done", 0)


def test_a_transition_asks_for_its_fields_and_another_way_may_ask_for_none() -> None:
    with pytest.raises(FieldRequired, match="assignee is required"):
        require_filled(require_move(LIFE, AGENT, ticket("doing"), "done", 0), lambda _: False)
    require_filled(require_move(LIFE, AGENT, ticket("doing"), "done", 0), lambda field: field == "assignee")
    require_filled(require_move(LIFE, REQUESTER, ticket("doing"), "done", 0), lambda _: False)


def test_a_solved_ticket_opens_again_within_the_window_only() -> None:
    solved = ticket("done", solved_at=1_000)
    require_move(LIFE, AGENT, solved, "doing", 1_000 + 24 * HOUR_NS)
    with pytest.raises(ReopenWindowOver):
        require_move(LIFE, AGENT, solved, "doing", 1_001 + 24 * HOUR_NS)
    require_move(LIFE, AGENT, solved, "gone", 1_001 + 24 * HOUR_NS)


@given(
    st.sampled_from([AGENT, REQUESTER, OTHER, Access(7, 1, permissions.AUDITOR)]),
    st.sampled_from([state["id"] for state in STATES] + ["unknown"]),
    st.sampled_from(["job", "unknown"]),
    st.sampled_from([None, 1_000]),
    st.sampled_from([1_000 + 24 * HOUR_NS, 1_001 + 24 * HOUR_NS]),
)
def test_the_moves_shown_are_those_that_would_not_be_refused(
    access: Access, status: str, kind: str, solved_at: int | None, now: int
) -> None:
    shown = ticket(status, kind=kind, solved_at=solved_at)
    targets = LIFE.workflow_of(kind).targets(status) if kind in LIFE.kinds else []
    accepted = [
        target
        for target in targets
        if refusal_of(lambda target=target: require_move(LIFE, access, shown, target, now)) is None
    ]
    assert open_moves(LIFE, access, shown, now) == accepted


def test_a_parent_waits_for_its_children_unless_the_workflow_says_otherwise() -> None:
    with pytest.raises(ChildrenOpen, match="2 open children"):
        require_no_open_children(LIFE, ticket("doing"), "done", 2)
    require_no_open_children(LIFE, ticket("doing"), "asked", 2)
    require_no_open_children(LIFE, ticket("doing"), "done", 0)
    free = compile_life(document(workflow={"parent_waits_for_children": False}))
    require_no_open_children(free, ticket("doing"), "done", 2)


def test_a_ticket_takes_another_kind_only_with_its_state() -> None:
    kinds = [*KINDS, {"id": "task", "workflow": "support"}]
    states = [state | {"id": "my_" + str(state["id"])} for state in STATES]
    ways = [
        way | {"from": ["my_" + s for s in ([way["from"]] if isinstance(way["from"], str) else way["from"])]}
        for way in WAYS
    ]
    ways = [way | {"to": "my_" + str(way["to"])} for way in ways]
    mixed = document(
        include=["support"], states=states, kinds=kinds, workflow={"initial": "my_new", "transitions": ways}
    )
    life = compile_life(mixed)
    check_reclassified(life, "task", "open")
    with pytest.raises(Invalid, match="job has no state open"):
        check_reclassified(life, "job", "open")
    with pytest.raises(Invalid, match="kind is not one of job, task"):
        check_reclassified(life, "rant", "open")


def edited(**changed: Any) -> TicketLife:
    return compile_life(document(**changed))


def test_an_edit_names_the_states_in_which_no_ticket_may_be() -> None:
    assert check_edit(LIFE, LIFE) == []
    assert check_edit(LIFE, edited(workflow={"reopen_hours": 1})) == []
    short = [{"from": "new", "to": "doing"}, {"from": ["new", "doing"], "to": "done"}, {"from": "done", "to": "gone"}]
    assert check_edit(LIFE, edited(workflow={"transitions": short})) == [("job", "asked")]
    recast = [state | ({"category": "hold"} if state["id"] == "asked" else {}) for state in STATES]
    assert check_edit(LIFE, edited(states=recast)) == [("job", "asked")]
    renamed = check_edit(LIFE, edited(kinds=[{"id": "work", "workflow": "mine"}]))
    assert sorted(renamed) == [("job", state) for state in sorted(("new", "doing", "asked", "done", "gone"))]


def test_numbers_of_states_and_standings_do_not_change_with_edits() -> None:
    other = edited(states=list(reversed(STATES)), workflow={"reopen_hours": 5})
    assert {word: state.number for word, state in LIFE.states.items()} == {
        word: state.number for word, state in other.states.items()
    }
    assert len({LIFE.standing(kind, state) for kind, state in LIFE.standings()}) == len(LIFE.standings())
    assert LIFE.standing("job", "asked") == other.standing("job", "asked")
