"""`deployed_once`: every test starts from the deployment, whichever server runs it."""

import struct

import ic
import pytest
from pocket_ic import PocketIC

from local_replica import pytest_plugin
from local_replica.pytest_plugin import deployed_once
from support.small_modules import COUNTER, compiled

deployments: list[int] = []


@deployed_once
def counter(pic: PocketIC) -> tuple[PocketIC, ic.Principal]:
    """A counter at one."""
    deployments.append(1)
    canister_id = pic.create_canister()
    pic.add_cycles(canister_id, 10**13)
    pic.install_code(canister_id, compiled(COUNTER), [])
    pic.update_call(canister_id, "inc", b"")
    return pic, canister_id


def count(reply: list[int]) -> int:
    return struct.unpack("<3I", bytes(reply))[0]


@pytest.mark.parametrize("_", range(3))
def test_each_test_starts_right_after_the_deployment(counter: tuple[PocketIC, ic.Principal], _: int) -> None:
    pic, canister_id = counter
    assert count(pic.query_call(canister_id, "get", b"")) == 1
    for expected in (2, 3):
        assert count(pic.update_call(canister_id, "inc", b"")) == expected
    pic.set_sender(ic.Principal(b"\1\2"))


def test_the_sender_of_one_test_is_not_that_of_the_next(counter: tuple[PocketIC, ic.Principal]) -> None:
    assert counter[0].sender == ic.Principal.anonymous() or str(counter[0].sender) == "2vxsx-fae"


def test_our_replica_deploys_once(counter: tuple[PocketIC, ic.Principal]) -> None:
    assert len(deployments) == 1 or pytest_plugin._take_snapshot(counter[0]) is None


def test_canisters_made_in_a_test_are_gone_in_the_next(counter: tuple[PocketIC, ic.Principal]) -> None:
    pic, canister_id = counter
    later = ic.Principal(canister_id.bytes[:7] + bytes([canister_id.bytes[7] + 1]) + canister_id.bytes[8:])
    assert not pic.check_canister_exists(later)
    assert pic.create_canister().bytes == later.bytes


def test_and_their_ids_are_given_out_again(counter: tuple[PocketIC, ic.Principal]) -> None:
    test_canisters_made_in_a_test_are_gone_in_the_next(counter)


def test_a_server_without_snapshots_gets_a_new_deployment_each_time(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pytest_plugin, "_take_snapshot", lambda _: None)
    numbers: list[int] = []
    deployment = pytest_plugin.Deployment(lambda pic: numbers.append(pic.instance_id) or len(numbers))
    assert [deployment.fresh(), deployment.fresh()] == [1, 2]
    assert numbers[0] != numbers[1]
    deployment.end()
