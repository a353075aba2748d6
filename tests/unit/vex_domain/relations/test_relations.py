"""Relations of tickets: what is allowed, and sagas that end with both sides changed or neither."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vex_domain.refusals import Invalid, TooLarge
from vex_domain.relations import relation_saga as saga
from vex_domain.relations.relation_rules import (
    COUNTERPARTS,
    LINKS,
    LINKS_BACK,
    RELATIONS_MOST,
    Relation,
    check_addition,
    check_link_kind,
    check_removal,
    check_two,
    open_children,
    told,
)


def relation(kind: str, other: int, *, is_open: bool = False, version: int = 0) -> Relation:
    return {"kind": kind, "other": other, "since": 1, "open": is_open, "version": version}


@pytest.mark.parametrize("kind", [*LINKS, *LINKS_BACK])
def test_the_counterpart_of_a_counterpart_is_the_link_itself(kind: str) -> None:
    check_link_kind(kind)
    assert COUNTERPARTS[COUNTERPARTS[kind]] == kind


def test_other_kinds_and_a_ticket_itself_are_refused() -> None:
    with pytest.raises(Invalid, match="kind is not one of relates"):
        check_link_kind("child")
    with pytest.raises(Invalid, match="the ticket itself"):
        check_two(5, 5)


def test_families_have_two_levels() -> None:
    check_addition([], "parent", 2)
    with pytest.raises(Invalid, match="another one already"):
        check_addition([relation("parent", 3)], "parent", 2)
    with pytest.raises(Invalid, match="has children"):
        check_addition([relation("child", 3)], "parent", 2)
    with pytest.raises(Invalid, match="is a child itself"):
        check_addition([relation("parent", 3)], "child", 2)
    check_addition([relation("child", 3)], "child", 2)


def test_a_relation_stands_once_and_only_what_stands_can_be_taken_away() -> None:
    with pytest.raises(Invalid, match="already"):
        check_addition([relation("blocks", 2)], "blocks", 2)
    check_removal([relation("blocks", 2)], "blocks", 2)
    with pytest.raises(Invalid, match="no such"):
        check_removal([relation("blocks", 2)], "blocked_by", 2)
    with pytest.raises(TooLarge):
        check_addition([relation("relates", number) for number in range(RELATIONS_MOST)], "relates", 999)


@given(st.permutations([(1, True), (2, False), (3, True), (4, False)]), st.data())
def test_whatever_order_a_child_is_heard_in_its_last_word_counts(
    news: list[tuple[int, bool]], data: st.DataObject
) -> None:
    relations = [relation("child", 8, is_open=True), relation("relates", 8)]
    for version, is_open in news:
        for _ in range(data.draw(st.integers(1, 2))):
            told(relations, 8, is_open, version)
    assert open_children(relations) == 0
    assert not told(relations, 9, is_open=True, version=99)


@given(st.sampled_from(saga.KINDS), st.lists(st.sampled_from(["done", "lost", "refused"]), max_size=40))
def test_a_saga_changes_both_tickets_or_neither(kind: str, outcomes: list[str]) -> None:
    step = saga.first_step()
    locked: set[str] = set()
    applied: set[str] = set()
    copied = False
    for outcome in [*outcomes, *["done"] * 9]:
        if step in saga.ENDS:
            break
        refused = outcome == "refused" and saga.can_refuse(step)
        if not refused:
            # A lost reply leaves the effect: the step runs again and finds it.
            side = step.rpartition("_")[2]
            if step.startswith("prepare"):
                locked.add(side)
            elif step.startswith("apply"):
                assert locked >= {"first", "second"} - applied
                locked.discard(side)
                applied.add(side)
            elif step.startswith("cancel"):
                assert not applied
                locked.discard(side)
            copied = copied or step == saga.COPY
        if outcome != "lost":
            step = saga.step_after(kind, step, refused)
    assert step in saga.ENDS
    assert not locked
    assert applied == ({"first", "second"} if step == saga.DONE else set())
    assert copied == (kind == saga.MERGE and step == saga.DONE)
