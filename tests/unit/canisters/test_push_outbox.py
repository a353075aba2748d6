"""The outbox of pushes: who is told, what is dropped, and that two senders lose nothing."""

import sys
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest

FOLDER = Path(__file__).parents[3] / "canisters" / "users"
LIFETIME = 60


@pytest.fixture
def outbox(monkeypatch: pytest.MonkeyPatch) -> Any:
    """An empty outbox, long after the canister's start."""
    monkeypatch.syspath_prepend(str(FOLDER))
    yield import_module("users_canister.push_outbox").PushOutbox(restarted_at=-1_000)
    for name in [name for name in sys.modules if name.startswith("users_canister")]:
        del sys.modules[name]


def change(epoch: int, at: int = 0) -> dict[str, Any]:
    return {"organisation": 1, "subject": b"", "epoch": epoch, "at": at}


def test_only_shards_that_asked_lately_are_told(outbox: Any) -> None:
    outbox.note_asker(1, 0, now=0)
    outbox.note_asker(1, 1, now=50)
    outbox.note_asker(2, 2, now=50)
    outbox.add(change(1), 3, LIFETIME, now=70)
    assert outbox.shards_waiting() == [1]


def test_two_that_send_the_same_batch_drop_nothing_else(outbox: Any) -> None:
    outbox.note_asker(1, 0, now=0)
    outbox.add(change(1), 1, LIFETIME, now=0)
    batch = outbox.batch(0)
    outbox.add(change(2), 1, LIFETIME, now=0)
    outbox.sent(0, batch[-1]["epoch"])
    outbox.sent(0, batch[-1]["epoch"])
    assert [waiting["epoch"] for waiting in outbox.batch(0)] == [2]


def test_what_no_cache_can_hold_any_more_is_dropped(outbox: Any) -> None:
    outbox.note_asker(1, 0, now=0)
    for at in (0, 10):
        outbox.add(change(at + 1, at), 1, LIFETIME, now=at)
    outbox.drop_older(5)
    assert [waiting["epoch"] for waiting in outbox.batch(0)] == [11]
    outbox.drop_older(50)
    assert len(outbox) == 0
    assert outbox.shards_waiting() == []
