"""Retention and legal holds: a hold stops everything beneath it, and nothing else."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vex_domain.configuration.reader import DocumentReader
from vex_domain.privacy.legal_holds import ORGANISATION, PERSON, TICKET, LegalHolds
from vex_domain.privacy.privacy_settings import compile_privacy
from vex_domain.refusals import Invalid
from vex_domain.time_units import DAY_NS

IDS = st.integers(1, 3)
SUBJECT = st.one_of(
    st.tuples(st.just(ORGANISATION), st.just(0)), st.tuples(st.just(PERSON), IDS), st.tuples(st.just(TICKET), IDS)
)


def test_without_a_wish_everything_is_kept() -> None:
    assert not compile_privacy(DocumentReader("privacy", {}), None).is_over(True, 0, 10**30)


def test_only_what_is_closed_long_enough_is_over() -> None:
    settings = compile_privacy(DocumentReader("privacy", {"keep_closed_days": 30}), None)
    assert settings.is_over(True, 0, 30 * DAY_NS)
    assert not settings.is_over(True, 0, 30 * DAY_NS - 1)
    assert not settings.is_over(False, 0, 90 * DAY_NS)


@pytest.mark.parametrize("days", [0, -1, 36_501, "30", True, [30]])
def test_a_wrong_section_is_refused(days: object) -> None:
    with pytest.raises(Invalid):
        compile_privacy(DocumentReader("privacy", {"keep_closed_days": days}), None)


@given(st.lists(st.tuples(st.booleans(), IDS, SUBJECT)), IDS, IDS, IDS)
def test_holds_are_those_placed_last_and_not_lifted(
    history: list[tuple[bool, int, tuple[str, int]]], organisation: int, person: int, ticket: int
) -> None:
    holds = LegalHolds()
    model: set[tuple[int, str, int]] = set()
    for placed, where, (kind, subject) in history:
        if placed:
            holds.place(where, kind, subject)
            model.add((where, kind, subject))
        else:
            holds.lift(where, kind, subject)
            model.discard((where, kind, subject))
    everything = (organisation, ORGANISATION, 0) in model
    held_person = (organisation, PERSON, person) in model
    assert holds.stops_person(organisation, person) == (everything or held_person)
    held_ticket = (organisation, TICKET, ticket) in model
    assert holds.stops_ticket(organisation, ticket, person) == (everything or held_person or held_ticket)
    assert len(holds.of(organisation)) == len([held for held in model if held[0] == organisation])
