"""`canister_on_low_wasm_memory` runs once each time that the heap comes near its limit."""

import pytest

from local_replica.replica import Replica
from support.replicas import installed, manage, new_replica, query, update
from support.small_modules import CRAMPED

PAGE = 65_536


@pytest.fixture
def replica() -> Replica:
    return new_replica()


def limited(replica: Replica, pages: int, threshold: int) -> bytes:
    """A canister that may use so many pages and wants to be told when fewer than `threshold` are left."""
    canister = installed(replica, CRAMPED)
    limit(replica, canister, pages, threshold)
    return canister


def limit(replica: Replica, canister: bytes, pages: int, threshold: int) -> None:
    settings = {"wasm_memory_limit": pages * PAGE, "wasm_memory_threshold": threshold * PAGE}
    manage(replica, "update_settings", canister_id=canister, settings=settings)
    replica.run_round()


def told(replica: Replica, canister: bytes) -> int:
    return query(replica, canister, "told")[0]


def test_the_hook_runs_when_too_little_is_left(replica: Replica) -> None:
    canister = limited(replica, pages=4, threshold=2)
    update(replica, canister, "grow")
    assert told(replica, canister) == 0
    update(replica, canister, "grow")
    assert told(replica, canister) == 1


def test_it_runs_once_however_long_that_lasts(replica: Replica) -> None:
    canister = limited(replica, pages=4, threshold=2)
    for _ in range(3):
        update(replica, canister, "grow")
    replica.run_round()
    assert told(replica, canister) == 1


def test_it_runs_again_after_there_was_room(replica: Replica) -> None:
    canister = limited(replica, pages=2, threshold=2)
    assert told(replica, canister) == 1
    limit(replica, canister, pages=10, threshold=2)
    limit(replica, canister, pages=2, threshold=2)
    assert told(replica, canister) == 2


def test_without_a_threshold_it_never_runs(replica: Replica) -> None:
    canister = limited(replica, pages=2, threshold=0)
    update(replica, canister, "grow")
    assert told(replica, canister) == 0


def test_a_stopped_canister_hears_of_it_when_it_runs_again(replica: Replica) -> None:
    canister = installed(replica, CRAMPED)
    manage(replica, "stop_canister", canister_id=canister)
    limit(replica, canister, pages=2, threshold=2)
    assert replica.canister(canister) is not None
    manage(replica, "start_canister", canister_id=canister)
    replica.run_round()
    assert told(replica, canister) == 1


def test_a_snapshot_tells_where_the_hook_stands(replica: Replica) -> None:
    canister = limited(replica, pages=2, threshold=2)
    taken = manage(replica, "take_canister_snapshot", canister_id=canister)
    snapshot = manage(replica, "read_canister_snapshot_metadata", canister_id=canister, snapshot_id=taken["id"])
    assert snapshot["on_low_wasm_memory_hook_status"] == {"executed": None}
