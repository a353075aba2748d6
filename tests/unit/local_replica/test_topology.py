"""Subnets, their ranges, and where messages without a canister go."""

import pytest

from local_replica import topology
from local_replica.config import ReplicaConfig, SubnetConfig, SubnetKind
from local_replica.ingress import BadIngress, Ingress, Query
from support.replicas import ANONYMOUS, encoded, manage, new_replica


def test_ranges_are_handed_out_by_kind_as_pocketic_does() -> None:
    kinds = (SubnetKind.APPLICATION, SubnetKind.II, SubnetKind.NNS)
    replica = new_replica(ReplicaConfig(subnets=tuple(SubnetConfig(kind) for kind in kinds)))
    starts = [(subnet.kind.value, subnet.allocation[0].hex()) for subnet in replica.subnets.values()]
    assert starts == [
        ("NNS", "ffffffffffe000000101"),
        ("II", "ffffffffffd000000101"),
        ("Application", "ffffffffffc000000101"),
    ]
    assert replica.default_effective_canister_id().hex() == "ffffffffffc000000101"


def test_a_mainnet_id_can_be_asked_for_where_its_subnet_stands() -> None:
    replica = new_replica(ReplicaConfig(subnets=(SubnetConfig(SubnetKind.NNS), SubnetConfig())))
    ledger = topology.canister_id(2)
    made = manage(replica, "provisional_create_canister_with_cycles", specified_id=ledger)
    assert made["canister_id"] == ledger
    assert replica.canister(ledger) is not None


def test_a_canister_of_no_subnet_is_no_message_at_all() -> None:
    nowhere = topology.canister_id(7)
    with pytest.raises(BadIngress, match="does not belong to any subnet"):
        new_replica().submit_ingress(Ingress(ANONYMOUS, nowhere, "x"))
    with pytest.raises(BadIngress, match="does not belong to any subnet"):
        new_replica().query(Query(ANONYMOUS, nowhere, "x"))


def test_a_management_message_goes_to_the_subnet_of_its_canister() -> None:
    replica = new_replica(ReplicaConfig(subnets=(SubnetConfig(), SubnetConfig())))
    first, second = replica.subnets.values()
    arg = encoded("provisional_create_canister_with_cycles", {})
    method = "provisional_create_canister_with_cycles"
    replica.call(Ingress(ANONYMOUS, b"", method, arg, effective_id=second.subnet_id))
    (canister_id,) = second.canisters
    assert not first.canisters
    assert manage(replica, "canister_status", canister_id=canister_id)["status"] == {"running": None}
