"""Triggers run in order, each once, and never leave the workflow."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from support.service_documents import facts_of, header, rules_with
from vex_domain.refusals import Refusal
from vex_domain.triggers.actions import TicketDraft, act
from vex_domain.triggers.trigger_rules import STEPS_MOST, TRIGGERS_MOST, pull


def trigger(word: str, actions: list[Any], on: tuple[str, ...] = ("updated",), **conditions: Any) -> dict[str, Any]:
    return {"id": word, "on": list(on), "conditions": conditions, "actions": actions}


class Pulled:
    """The outcome of pulling triggers over a ticket."""

    def __init__(self, triggers: list[dict[str, Any]], **parts: Any) -> None:
        rules = rules_with(triggers={"triggers": triggers})
        self.ticket = header(**parts)
        self.values: dict[str, Any] = {}
        self.told: list[tuple[str, Any]] = []
        draft = TicketDraft(self.ticket, lambda: self.values)
        draft.notify = lambda name, whom: self.told.append((name, whom))
        draft.keep_values = lambda values: setattr(self, "values", values)
        facts = facts_of(rules, self.ticket, header(), None, ("updated",))
        facts.fields = lambda _before: self.values
        self.tries = 0

        def do(actions: list[Any]) -> bool:
            self.tries += 1
            return act(actions, draft, rules.workflow, rules.fields)

        self.ran = pull(rules.triggers.in_order, facts, do)


def test_a_change_lets_earlier_triggers_run_that_waited_for_it() -> None:
    outcome = Pulled(
        [
            trigger("second", [{"notify": "hot"}], all=[{"field": "priority", "is": "urgent"}]),
            trigger("first", [{"set": "priority", "to": "urgent"}]),
        ]
    )
    assert outcome.ran == ["first", "second"]
    assert outcome.told == [("hot", [])]


def test_two_triggers_that_undo_each_other_end() -> None:
    outcome = Pulled(
        [
            trigger("up", [{"set": "priority", "to": "high"}], all=[{"field": "priority", "is": "low"}]),
            trigger("down", [{"set": "priority", "to": "low"}], all=[{"field": "priority", "is_not": "low"}]),
        ]
    )
    assert outcome.ran == ["down", "up"]


def test_other_events_leave_a_trigger_alone() -> None:
    assert Pulled([trigger("quiet", [{"notify": "x"}], on=("created",))]).ran == []


@given(
    st.permutations(range(6)), st.lists(st.sampled_from(("low", "normal", "high", "urgent")), min_size=6, max_size=6)
)
def test_any_set_of_triggers_ends_and_runs_each_at_most_once(order: list[int], targets: list[str]) -> None:
    triggers = [
        trigger("t" + str(number), [{"set": "priority", "to": targets[number]}, {"add_tags": ["n" + str(number)]}])
        for number in order
    ]
    outcome = Pulled(triggers)
    assert sorted(outcome.ran) == ["t" + str(number) for number in range(6)]
    assert outcome.tries == 6


def test_the_most_triggers_that_are_allowed_stay_within_the_steps() -> None:
    chain = [
        trigger("t" + str(n), [{"add_tags": ["n" + str(n)]}], all=[{"field": "tags", "includes": "n" + str(n + 1)}])
        for n in range(TRIGGERS_MOST - 1)
    ]
    chain.append(trigger("last", [{"add_tags": ["n" + str(TRIGGERS_MOST - 1)]}]))
    outcome = Pulled(chain)
    assert len(outcome.ran) <= TRIGGERS_MOST
    assert STEPS_MOST >= 3 * TRIGGERS_MOST
    assert outcome.ran[0] == "last"


def test_an_action_that_the_workflow_forbids_is_left_undone() -> None:
    assert Pulled([trigger("solve", [{"set": "status", "to": "solved"}])]).ticket["status"] == "new"
    done = Pulled([trigger("solve", [{"set": "field.cause", "to": "jam"}, {"set": "status", "to": "solved"}])])
    assert done.ticket["status"] == "solved"
    assert done.values == {"cause": {"Text": "jam"}}


def test_a_closed_ticket_is_told_of_and_not_changed() -> None:
    outcome = Pulled([trigger("late", [{"set": "priority", "to": "low"}, {"notify": "late"}])], status="closed")
    assert outcome.ticket["priority"] == "normal"
    assert outcome.told == [("late", [])]


def test_tags_are_added_once_and_taken_away() -> None:
    outcome = Pulled([trigger("tags", [{"add_tags": ["a", "b"]}, {"remove_tags": ["b", "c"]}])], tags=["a", "c"])
    assert outcome.ticket["tags"] == ["a"]


def test_too_many_tags_are_not_added() -> None:
    outcome = Pulled([trigger("tags", [{"add_tags": ["x"]}])], tags=["t" + str(n) for n in range(10)])
    assert len(outcome.ticket["tags"]) == 10


@pytest.mark.parametrize(
    "actions",
    [
        [],
        [{"set": "status", "to": "asleep"}],
        [{"set": "status", "to": "new"}],
        [{"set": "status", "to": None}],
        [{"set": "status"}],
        [{"set": "priority", "to": "huge"}],
        [{"set": "team", "to": 77}],
        [{"set": "subject", "to": "x"}],
        [{"set": "field.colour", "to": "red"}],
        [{"set": "field.product", "to": "car"}],
        [{"set": "field.cost", "to": "1.234"}],
        [{"add_tags": []}],
        [{"add_tags": ["a", "a"]}],
        [{"add_tags": "a"}],
        [{"add_tags": ["a"], "remove_tags": ["b"]}],
        [{"add_tags": ["a"], "to": "x"}],
        [{"notify": "Not An Id"}],
        [{"notify": "x", "to": ["everybody"]}],
        [{"assign": False}],
        [{"explode": True}],
        ["assign"],
    ],
)
def test_actions_that_an_organisation_cannot_do_are_refused(actions: list[Any]) -> None:
    with pytest.raises(Refusal) as refused:
        rules_with(triggers={"triggers": [trigger("t", actions)]})
    assert "triggers.triggers[0].actions" in str(refused.value)


def test_a_move_that_the_pinned_state_has_no_way_for_is_refused() -> None:
    actions = [{"set": "status", "to": "pending"}]
    with pytest.raises(Refusal):
        rules_with(triggers={"triggers": [trigger("t", actions, all=[{"field": "status", "is": "solved"}])]})
    rules_with(triggers={"triggers": [trigger("t", actions, all=[{"field": "status", "in": ["new", "open"]}])]})


@pytest.mark.parametrize(
    "change",
    [
        {"id": "Bad Id"},
        {"on": []},
        {"on": ["exploded"]},
        {"on": "created"},
        {"conditions": []},
        {"active": "yes"},
        {"label": ""},
        {"label": {"xx1": "x"}},
        {"colour": "red"},
        {"actions": None},
    ],
)
def test_a_trigger_that_is_not_one_is_refused(change: dict[str, Any]) -> None:
    good = trigger("good", [{"notify": "x"}])
    with pytest.raises(Refusal):
        rules_with(triggers={"triggers": [dict(good, **change)]})
    with pytest.raises(Refusal):
        rules_with(triggers={"triggers": [good, good]})
    assert rules_with(triggers={"triggers": [dict(good, active=False)]}).triggers.in_order == []
