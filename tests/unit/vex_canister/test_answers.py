"""Work that awaits several others: each gets its turn, whatever became of those before."""

import pytest

from vex_canister.answers import Steps, all_of
from vex_domain.refusals import NotFound, Refusal, Unavailable


def run(steps: Steps) -> list[str]:
    """What was awaited, up to the end or to a refusal, which is the last entry."""
    awaited: list[str] = []
    try:
        awaited.extend(steps)
    except Refusal as refusal:
        awaited.append(type(refusal).__name__)
    return awaited


def call(whom: str, refusal: Refusal | None = None) -> Steps:
    yield whom
    if refusal is not None:
        raise refusal


def test_one_that_is_refused_holds_up_no_other_and_the_last_refusal_is_told() -> None:
    calls = [call("first", NotFound("ticket")), call("second", Unavailable("it did not answer")), call("third")]
    assert run(all_of(calls)) == ["first", "second", "third", "Unavailable"]


def test_nothing_is_told_where_nothing_was_refused() -> None:
    assert run(all_of(call(whom) for whom in ("first", "second"))) == ["first", "second"]


def test_a_failure_that_is_no_refusal_is_not_held_back() -> None:
    def broken() -> Steps:
        yield "first"
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        run(all_of([broken(), call("second")]))
