"""What every replica does, through the unmodified `pocket-ic` client: ours, or a genuine PocketIC in POCKET_IC_BIN."""

import struct

import ic
import pytest
from ic.candid import Types
from pocket_ic import PocketIC

from support.small_modules import ALARM, COUNTER, DOORMAN, RELAY, compiled

MINUTE_NS = 60 * 10**9
ALICE, BOB = ic.Principal(bytes(range(29))), ic.Principal(bytes(range(1, 30)))
TARGET = Types.Record({"canister_id": Types.Principal})
INSTALL = Types.Record(
    {
        "mode": Types.Variant({"install": Types.Null, "reinstall": Types.Null, "upgrade": Types.Null}),
        "canister_id": Types.Principal,
        "wasm_module": Types.Vec(Types.Nat8),
        "arg": Types.Vec(Types.Nat8),
    }
)


class TestReplica:
    """One class, whichever replica answers."""

    @pytest.fixture
    def pic(self) -> PocketIC:
        return PocketIC()

    @pytest.fixture
    def counter(self, pic: PocketIC) -> ic.Principal:
        return installed(pic, COUNTER)

    def test_an_update_is_seen_by_the_next_query(self, pic: PocketIC, counter: ic.Principal) -> None:
        assert count(pic.update_call(counter, "inc", b"")) == (1, 1, 1)
        assert count(pic.query_call(counter, "get", b"")) == (1, 1, 1)

    def test_a_trap_takes_back_heap_globals_and_stable_memory(self, pic: PocketIC, counter: ic.Principal) -> None:
        pic.update_call(counter, "inc", b"")
        with pytest.raises(ValueError, match=r"(?s)reject code CanisterError, .*enough.*CanisterCalledTrap"):
            pic.update_call(counter, "inc_and_trap", b"")
        assert count(pic.query_call(counter, "get", b"")) == (1, 1, 1)

    def test_an_endless_loop_ends_at_the_instruction_limit(self, pic: PocketIC, counter: ic.Principal) -> None:
        with pytest.raises(ValueError, match="CanisterInstructionLimitExceeded"):
            pic.update_call(counter, "inc_and_hang", b"")
        assert count(pic.query_call(counter, "get", b"")) == (0, 0, 0)

    def test_a_query_leaves_no_trace(self, pic: PocketIC, counter: ic.Principal) -> None:
        assert count(pic.query_call(counter, "get_and_inc", b"")) == (1, 1, 1)
        assert count(pic.query_call(counter, "get", b"")) == (0, 0, 0)

    def test_an_update_method_cannot_be_queried(self, pic: PocketIC, counter: ic.Principal) -> None:
        with pytest.raises(ValueError, match="CanisterMethodNotFound"):
            pic.query_call(counter, "inc", b"")

    def test_a_call_brings_back_the_reply_of_the_other_canister(self, pic: PocketIC, counter: ic.Principal) -> None:
        relay = installed(pic, RELAY)
        assert count(pic.update_call(relay, "relay", counter.bytes + b"inc")) == (1, 1, 1)
        assert count(pic.query_call(counter, "get", b"")) == (1, 1, 1)

    @pytest.mark.parametrize(("method", "code"), [(b"inc_and_trap", 5), (b"no_such_method", 5)])
    def test_a_call_that_fails_reaches_the_reject_callback(
        self, pic: PocketIC, counter: ic.Principal, method: bytes, code: int
    ) -> None:
        relay = installed(pic, RELAY)
        assert pic.update_call(relay, "relay", counter.bytes + method) == [code]
        assert count(pic.query_call(counter, "get", b"")) == (0, 0, 0)

    def test_a_call_to_a_stopped_canister_is_rejected(self, pic: PocketIC, counter: ic.Principal) -> None:
        relay = installed(pic, RELAY)
        managed(pic, "stop_canister", counter)
        assert pic.update_call(relay, "relay", counter.bytes + b"inc") == [5]
        managed(pic, "start_canister", counter)
        assert count(pic.update_call(relay, "relay", counter.bytes + b"inc")) == (1, 1, 1)

    def test_the_global_timer_fires_once_when_it_is_due(self, pic: PocketIC) -> None:
        alarm = installed(pic, ALARM)
        pic.update_call(alarm, "arm_in_a_minute", b"")
        pic.advance_time(MINUTE_NS // 2)
        pic.tick()
        assert pic.query_call(alarm, "rung", b"") == [0]
        pic.advance_time(MINUTE_NS)
        pic.tick()
        pic.tick()
        assert pic.query_call(alarm, "rung", b"") == [1]

    def test_inspect_message_refuses_what_it_does_not_accept(self, pic: PocketIC) -> None:
        doorman = installed(pic, DOORMAN)
        pic.update_call(doorman, "open", b"")
        with pytest.raises(ValueError, match="CanisterRejectedMessage"):
            pic.update_call(doorman, "closed", b"")

    @pytest.mark.parametrize(("mode", "kept"), [("upgrade", (0, 0, 2)), ("reinstall", (0, 0, 0))])
    def test_upgrade_keeps_stable_memory_and_reinstall_nothing(
        self, pic: PocketIC, counter: ic.Principal, mode: str, kept: tuple[int, int, int]
    ) -> None:
        for _ in range(2):
            pic.update_call(counter, "inc", b"")
        install(pic, counter, COUNTER, mode)
        assert count(pic.query_call(counter, "get", b"")) == kept

    def test_only_a_controller_may_install(self, pic: PocketIC) -> None:
        pic.set_sender(ALICE)
        canister_id = pic.create_canister()
        pic.set_sender(BOB)
        with pytest.raises(ValueError, match="CanisterInvalidController"):
            pic.install_code(canister_id, compiled(COUNTER), [])

    def test_cycles_and_stable_memory_are_the_tests_to_set(self, pic: PocketIC, counter: ic.Principal) -> None:
        before = pic.get_cycles_balance(counter)
        assert pic.add_cycles(counter, 1_000) == before + 1_000
        pic.set_stable_memory(counter, struct.pack("<I", 41))
        assert count(pic.update_call(counter, "inc", b""))[2] == 42

    def test_instances_know_nothing_of_each_other(self, pic: PocketIC, counter: ic.Principal) -> None:
        other = PocketIC()
        assert pic.check_canister_exists(counter)
        assert not other.check_canister_exists(counter)


def installed(pic: PocketIC, text: str) -> ic.Principal:
    canister_id = pic.create_canister()
    pic.add_cycles(canister_id, 10**13)
    pic.install_code(canister_id, compiled(text), [])
    return canister_id


def install(pic: PocketIC, canister_id: ic.Principal, text: str, mode: str) -> None:
    value = {"mode": {mode: None}, "canister_id": canister_id.bytes, "wasm_module": compiled(text), "arg": b""}
    pic.update_call(None, "install_code", ic.encode([{"type": INSTALL, "value": value}]))


def managed(pic: PocketIC, method: str, canister_id: ic.Principal) -> None:
    pic.update_call(None, method, ic.encode([{"type": TARGET, "value": {"canister_id": canister_id.bytes}}]))


def count(reply: list[int]) -> tuple[int, int, int]:
    """Heap, global, stable memory."""
    heap, in_global, stable = struct.unpack("<III", bytes(reply))
    return heap, in_global, stable
