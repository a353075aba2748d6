"""A canister with an id of the mainnet is created on a subnet that stands for the mainnet's, made where missing."""

import base64

import pytest

from local_replica import topology
from local_replica.config import ReplicaConfig, SubnetKind
from local_replica.ingress import BadIngress, Ingress
from local_replica.node import Chain
from local_replica.node.topology import describe
from support.replicas import EXECUTOR, encoded
from vex.certificates import verified_certificate

ANONYMOUS = b"\4"
OF_SUBNET_22 = topology.canister_id((22 << 20) + 5)
OF_FIDUCIARY = topology.canister_id((35 << 20) + 1)


def create(chain: Chain, specified: bytes, effective: bytes | None = None) -> bytes:
    """Create a canister with an id; returns the message's."""
    arg = encoded("provisional_create_canister_with_cycles", {"specified_id": specified})
    method = "provisional_create_canister_with_cycles"
    message = chain.submit(Ingress(ANONYMOUS, b"", method, arg, effective_id=effective))
    while not chain.run_block().ingress:
        pass
    return message


def proven_controllers(chain: Chain, canister_id: bytes) -> object:
    """The canister's controllers as its subnet certifies them, checked against the root's key."""
    path = (b"canister", canister_id, b"controllers")
    subnet_id = chain.replica.subnet_of(canister_id) or b""
    certificate = chain.certifier.certificate(subnet_id, [path])
    return verified_certificate(certificate, chain.certifier.root_key, canister_id).lookup(path)


def test_a_subnet_is_made_for_an_id_of_the_mainnet_and_has_a_range_for_tests_too() -> None:
    chain = Chain(ReplicaConfig(), EXECUTOR)
    before = chain.replica.height
    create(chain, OF_SUBNET_22)
    assert chain.replica.height == before + 2
    canister = chain.replica.canister(OF_SUBNET_22)
    assert canister is not None
    subnet = chain.replica.subnets[canister.subnet_id]
    assert subnet.kind is SubnetKind.APPLICATION
    assert subnet.ranges == (topology.mainnet_range(OF_SUBNET_22), topology.test_range(1))
    assert proven_controllers(chain, OF_SUBNET_22)
    create(chain, topology.canister_id((22 << 20) + 6))
    assert len(chain.replica.subnets) == 2
    chain.close()


def test_its_kind_is_the_mainnets_and_the_topology_tells_of_it() -> None:
    chain = Chain(ReplicaConfig(), EXECUTOR)
    create(chain, OF_FIDUCIARY, effective=OF_FIDUCIARY)
    subnets = describe(chain)["subnet_configs"]
    assert isinstance(subnets, dict)
    application, fiduciary = subnets.values()
    assert (application["subnet_kind"], fiduciary["subnet_kind"]) == ("Application", "Fiduciary")
    first = fiduciary["canister_ranges"][0]["start"]["canister_id"]
    assert base64.b64decode(first) == topology.canister_id(35 << 20)
    chain.close()


def test_a_snapshot_comes_back_with_the_subnets_of_its_time() -> None:
    chain = Chain(ReplicaConfig(), EXECUTOR)
    without = chain.snapshot()
    create(chain, OF_SUBNET_22)
    having = chain.snapshot()
    chain.restore(without)
    assert len(chain.replica.subnets) == len(chain.keys) == 1
    assert chain.replica.canister(OF_SUBNET_22) is None
    chain.run_block()
    chain.restore(having)
    chain.run_block()
    assert proven_controllers(chain, OF_SUBNET_22)
    chain.close()


@pytest.mark.parametrize(
    ("effective", "text"),
    [
        (topology.canister_id(7), "belongs to the NNS or II subnet on the IC mainnet"),
        (topology.canister_id(1024 << 20), "does not belong to an existing subnet and it is not a mainnet canister ID"),
        (b"\4", "The binary representation 04 of effective canister ID 2vxsx-fae should consist of 10 bytes"),
    ],
)
def test_no_subnet_is_made_for_other_ids(effective: bytes, text: str) -> None:
    chain = Chain(ReplicaConfig(), EXECUTOR)
    with pytest.raises(BadIngress, match=text):
        create(chain, effective)
    assert len(chain.replica.subnets) == 1
    chain.close()
