"""A long installation takes several rounds before its caller is told."""

import pytest

from local_replica.ingress import Ingress
from local_replica.management import canister as management
from local_replica.replica import Replica
from support.replicas import ANONYMOUS, created, encoded, new_replica
from support.small_modules import compiled

BUSY = """
(module
  (func (export "canister_init") (local $i i32)
    (loop $again
      (local.set $i (i32.add (local.get $i) (i32.const 1)))
      (br_if $again (i32.lt_u (local.get $i) (i32.const 100000))))))
"""


@pytest.fixture
def replica(monkeypatch: pytest.MonkeyPatch) -> Replica:
    monkeypatch.setattr(management, "SLICE_INSTRUCTIONS", 400_000)
    return new_replica()


def submitted(replica: Replica) -> bytes:
    canister = created(replica)
    argument = {"canister_id": canister, "mode": {"install": None}, "wasm_module": compiled(BUSY), "arg": b""}
    arg = encoded("install_code", argument)
    return replica.submit_ingress(Ingress(ANONYMOUS, b"", "install_code", arg, effective_id=canister))


def test_the_caller_waits_until_its_instructions_fit_the_rounds(replica: Replica) -> None:
    message = submitted(replica)
    before = replica.height
    replica.run_until_answered(message)
    assert replica.height - before == 4


def test_who_waits_for_too_few_rounds_hears_nothing(replica: Replica) -> None:
    message = submitted(replica)
    with pytest.raises(TimeoutError):
        replica.run_until_answered(message, rounds=3)


def test_a_replica_with_an_answer_to_give_is_not_idle(replica: Replica) -> None:
    message = submitted(replica)
    replica.run_round()
    assert not replica.is_idle()
    assert replica.is_due()
    replica.run_until_answered(message)
    assert replica.is_idle()


def test_the_answer_survives_a_restart(replica: Replica) -> None:
    message = submitted(replica)
    replica.run_round()
    again = Replica.load(replica.config, replica.network.executor, None, replica.dump())
    assert again.run_until_answered(message).reply is not None
