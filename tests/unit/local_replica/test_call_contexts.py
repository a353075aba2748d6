"""What a canister owes to its callers."""

import pytest

from local_replica.call_context import CallContexts
from local_replica.messages import FromCanister, FromIngress, FromSystem, Origin


@pytest.mark.parametrize(
    ("origin", "owed"),
    [
        (FromCanister(b"caller", 1), 1),
        (FromCanister(b"caller", 1, deadline_ns=5), 0),
        (FromIngress(b"message"), 0),
        (FromSystem(), 0),
    ],
)
def test_answers_with_memory_kept_free_for_them_are_counted_until_given(origin: Origin, owed: int) -> None:
    calls = CallContexts()
    context = calls.open(origin, b"caller", 0)
    assert calls.owed == owed
    context.responded = True
    assert calls.owed == 0
