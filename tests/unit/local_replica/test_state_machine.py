"""Random calls, traps, upgrades, stops, restarts and snapshots against a model of a few numbers."""

import struct
from collections.abc import Callable
from dataclasses import dataclass, replace

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from local_replica.config import ReplicaConfig
from local_replica.ingress import Refused
from local_replica.replica import Replica
from local_replica.state import ReplicaState
from support.replicas import EXECUTOR, install, installed, manage, new_replica, query, update
from support.small_modules import COUNTER, RELAY

COUNTERS = 2
CANISTER_ERROR = b"\5"
which = st.integers(0, COUNTERS - 1)


@dataclass(frozen=True)
class Model:
    """What a counter should say."""

    heap: int = 0
    stable: int = 0
    is_stopped: bool = False
    is_empty: bool = False

    @property
    def works(self) -> bool:
        return not (self.is_stopped or self.is_empty)

    def counted(self) -> "Model":
        return replace(self, heap=self.heap + 1, stable=self.stable + 1)

    def told(self) -> bytes:
        return struct.pack("<III", self.heap, self.heap, self.stable)


class Replicas(RuleBasedStateMachine):
    """Every rule does something to the replica and the same to the model."""

    def __init__(self) -> None:
        super().__init__()
        self.replica = new_replica()
        self.relay = installed(self.replica, RELAY)
        self.ids = [installed(self.replica, COUNTER) for _ in range(COUNTERS)]
        self.models = [Model() for _ in range(COUNTERS)]
        self.snapshot: tuple[ReplicaState, list[Model]] | None = None

    @rule(counter=which)
    def count(self, counter: int) -> None:
        self._outcome(counter, lambda: update(self.replica, self.ids[counter], "inc"))

    @rule(counter=which)
    def count_through_another_canister(self, counter: int) -> None:
        told = update(self.replica, self.relay, "relay", self.ids[counter] + b"inc")
        if self.models[counter].works:
            self.models[counter] = self.models[counter].counted()
            assert told == self.models[counter].told()
        else:
            assert told == CANISTER_ERROR

    @rule(counter=which, directly=st.booleans())
    def count_and_trap(self, counter: int, directly: bool) -> None:
        if directly:
            assert refused(lambda: update(self.replica, self.ids[counter], "inc_and_trap"))
        else:
            assert update(self.replica, self.relay, "relay", self.ids[counter] + b"inc_and_trap") == CANISTER_ERROR

    @rule(counter=which)
    def count_in_a_query(self, counter: int) -> None:
        if self.models[counter].works:
            expected = self.models[counter].counted().told()
            assert query(self.replica, self.ids[counter], "get_and_inc") == expected

    @rule(counter=which)
    def upgrade(self, counter: int) -> None:
        if self.models[counter].is_empty:
            assert refused(lambda: install(self.replica, self.ids[counter], COUNTER, "upgrade"))
        else:
            install(self.replica, self.ids[counter], COUNTER, "upgrade")
            self.models[counter] = replace(self.models[counter], heap=0)

    @rule(counter=which)
    def reinstall(self, counter: int) -> None:
        install(self.replica, self.ids[counter], COUNTER, "reinstall")
        self.models[counter] = Model(is_stopped=self.models[counter].is_stopped)

    @rule(counter=which)
    def uninstall(self, counter: int) -> None:
        manage(self.replica, "uninstall_code", canister_id=self.ids[counter])
        self.models[counter] = Model(is_empty=True, is_stopped=self.models[counter].is_stopped)

    @rule(counter=which)
    def stop(self, counter: int) -> None:
        manage(self.replica, "stop_canister", canister_id=self.ids[counter])
        self.models[counter] = replace(self.models[counter], is_stopped=True)

    @rule(counter=which)
    def start(self, counter: int) -> None:
        manage(self.replica, "start_canister", canister_id=self.ids[counter])
        self.models[counter] = replace(self.models[counter], is_stopped=False)

    @rule()
    def restart_from_disk(self) -> None:
        state = self.replica.dump()
        self.replica.close()
        self.replica = Replica.load(ReplicaConfig(), EXECUTOR, None, state)
        self.snapshot = None

    @rule()
    def take_snapshot(self) -> None:
        self.snapshot = self.replica.snapshot(), list(self.models)

    @precondition(lambda self: self.snapshot is not None)
    @rule()
    def go_back(self) -> None:
        assert self.snapshot is not None
        state, models = self.snapshot
        self.replica.restore(state)
        self.models = list(models)

    def _outcome(self, counter: int, call: Callable[[], bytes | None]) -> None:
        model = self.models[counter]
        if not model.works:
            assert refused(call)
            return
        self.models[counter] = model.counted()
        assert call() == self.models[counter].told()

    @invariant()
    def counters_say_what_the_model_says(self) -> None:
        for canister_id, model in zip(self.ids, self.models, strict=True):
            if model.works:
                assert query(self.replica, canister_id, "get") == model.told()
            else:
                assert refused(lambda one=canister_id: query(self.replica, one, "get"))

    @invariant()
    def nothing_is_left_waiting(self) -> None:
        assert self.replica.is_idle()

    def teardown(self) -> None:
        self.replica.close()


def refused(call: Callable[[], bytes | None]) -> bool:
    """Whether the call ends in a reject."""
    try:
        call()
    except Refused:
        return True
    return False


TestReplicas = Replicas.TestCase
TestReplicas.settings = settings(max_examples=30, stateful_step_count=25, deadline=None)
