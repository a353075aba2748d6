"""What is taken from outside, and what it weighs."""

import pytest

from local_replica.cycles import costs
from local_replica.ingress import BadIngress, Ingress, Refused
from local_replica.ingress_filter import envelope_bytes
from support.replicas import ANONYMOUS, created, install, installed, manage, new_replica, query, update
from support.small_modules import COUNTER, DOORMAN

CANISTER = bytes(10)


@pytest.mark.parametrize(("arg", "size"), [(b"", 126), (b"a", 127), (b"a" * 1000, 1128), (b"a" * 100_000, 100_130)])
def test_an_envelope_weighs_what_pocketics_weighs(arg: bytes, size: int) -> None:
    assert envelope_bytes(Ingress(ANONYMOUS, CANISTER, "empty", arg)) == size


def test_a_message_beyond_two_mebibytes_is_no_message() -> None:
    replica = new_replica()
    counter = installed(replica, COUNTER)
    with pytest.raises(BadIngress, match="Message byte size 2097311 is larger than the max allowed 2097152"):
        replica.submit_ingress(Ingress(ANONYMOUS, counter, "inc", bytes(2_097_151)))


def test_a_message_is_known_until_it_expires_and_never_run_again() -> None:
    replica = new_replica()
    counter = installed(replica, COUNTER)
    expiry_ns = replica.time_ns + 400 * 10**9
    message = Ingress(ANONYMOUS, counter, "inc", message_id=bytes(32), expiry_ns=expiry_ns)
    replica.call(message)
    replica.set_time(expiry_ns)
    replica.run_round()
    assert replica.submit_ingress(message) == bytes(32)
    replica.set_time(expiry_ns + 1)
    replica.run_round()
    assert replica.ingress_status(bytes(32)) is None
    with pytest.raises(BadIngress, match="expired before a block"):
        replica.submit_ingress(message)
    assert query(replica, counter, "get")[:4] == b"\1\0\0\0"


def test_inspect_message_decides_who_comes_in() -> None:
    replica = new_replica()
    doorman = installed(replica, DOORMAN)
    assert update(replica, doorman, "open") == b""
    with pytest.raises(Refused, match="rejected the message"):
        update(replica, doorman, "closed")


def test_a_frozen_canister_takes_nothing_until_it_is_topped_up() -> None:
    replica = new_replica()
    counter = created(replica, 4 * 10**11)
    install(replica, counter, COUNTER)
    manage(replica, "update_settings", canister_id=counter, settings={"freezing_threshold": 2**60})
    with pytest.raises(Refused, match="out of cycles"):
        update(replica, counter, "inc")
    manage(replica, "provisional_top_up_canister", canister_id=counter, amount=10**30)
    assert len(update(replica, counter, "inc")) == 12


def test_only_controllers_learn_how_much_is_missing() -> None:
    replica = new_replica()
    poor = created(replica, 1)
    with pytest.raises(Refused, match="at least"):
        update(replica, poor, "inc")
    with pytest.raises(Refused) as stranger:
        replica.submit_ingress(Ingress(b"\1\1", poor, "inc"))
    assert "at least" not in stranger.value.reject.message


def test_a_message_costs_its_reception_and_its_execution() -> None:
    replica = new_replica()
    doorman = installed(replica, DOORMAN)
    before = replica.cycles(doorman)
    update(replica, doorman, "open")
    spent = before - replica.cycles(doorman) - costs.Fees().ingress(125) - costs.UPDATE_EXECUTION
    assert 0 < spent < 10_000


PRICED = """
(module
  (import "ic0" "cost_call" (func $cost (param i64 i64 i32)))
  (import "ic0" "accept_message" (func $accept))
  (import "ic0" "msg_reply" (func $reply))
  (memory 1)
  (func $ask
    (call $cost (i64.const 1) (i64.const 2) (i32.const 0))
    (if (i32.eqz (i32.load (i32.const 0))) (then unreachable)))
  (func (export "canister_init") (call $ask))
  (func (export "canister_pre_upgrade") (call $ask))
  (func (export "canister_post_upgrade") (call $ask))
  (func (export "canister_inspect_message") (call $ask) (call $accept))
  (func (export "canister_update any") (call $ask) (call $reply)))
"""


def test_prices_are_told_everywhere() -> None:
    replica = new_replica()
    canister = installed(replica, PRICED)
    install(replica, canister, PRICED, "upgrade")
    assert update(replica, canister, "any") == b""
