"""Patience waits for what passes, and for nothing else."""

import asyncio
from collections.abc import Iterator

import pytest

from vex.errors import Refused, Rejected, Unreachable, Untrusted, VexError
from vex.patience import ATTEMPTS, patiently
from vex_domain.refusals import ALL_REFUSALS


@pytest.fixture(autouse=True)
def pauses(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """The pauses, in seconds, instead of pausing."""
    taken: list[float] = []

    async def note(seconds: float) -> None:
        taken.append(seconds)

    monkeypatch.setattr(asyncio, "sleep", note)
    return taken


def attempt(*errors: VexError) -> str:
    """What comes of an attempt that meets these errors before it succeeds."""
    waiting: Iterator[VexError] = iter(errors)

    async def once() -> str:
        for error in waiting:
            raise error
        return "done"

    return asyncio.run(patiently(once))


PASSES = [Unreachable("nobody"), Refused(205, "rate"), Refused(402, "soon"), Rejected(2, "queue full")]


@pytest.mark.parametrize("error", PASSES, ids=repr)
def test_what_passes_is_waited_for_with_growing_pauses(error: VexError, pauses: list[float]) -> None:
    assert attempt(*[error] * (ATTEMPTS - 1)) == "done"
    assert pauses == sorted(pauses)
    assert max(pauses) <= 3


@pytest.mark.parametrize("error", PASSES, ids=repr)
def test_patience_ends_with_the_last_error(error: VexError) -> None:
    with pytest.raises(type(error)):
        attempt(*[error] * ATTEMPTS)


DEFINITE = [refusal.code for refusal in ALL_REFUSALS if refusal.code not in {205, 402}]


@pytest.mark.parametrize(
    "error",
    [Untrusted("forged"), Rejected(4, "no"), Rejected(5, "trap"), *(Refused(c, "no") for c in DEFINITE)],
    ids=repr,
)
def test_a_definite_answer_is_raised_at_once(error: VexError, pauses: list[float]) -> None:
    with pytest.raises(type(error)):
        attempt(error)
    assert pauses == []
