"""The rest of PocketIC's REST API: gateways made with the instance, canister signatures, fetched results, ticks."""

import hashlib
import time

import cbor2
import httpx
import pytest

from candid.principal import from_text, to_text
from local_replica.certification import CanisterFacts, StateCertifier, SubnetKeys
from local_replica.certification.hash_tree import Fork, Labeled, Leaf, Node
from local_replica.certification.reading import read_tree, subtree
from support.canister_signatures import canister_key
from support.rest_client import ONE_APPLICATION_SUBNET, RestInstance, RestServer, b64

CANISTER = b"\0\0\0\0\0\0\0\1\1\1"
MESSAGE, SEED = b"signed", b"seed"
KEYS = SubnetKeys(b"s" * 32, 1)


def test_a_gateway_may_come_with_the_instance(server: RestServer) -> None:
    config = {**ONE_APPLICATION_SUBNET, "http_gateway_config": {"domains": ["localhost", "example.test"]}}
    created = server.http.post("/instances", json=config).json()["Created"]
    info = created["http_gateway_info"]
    url = f"http://127.0.0.1:{info['port']}"
    assert cbor2.loads(httpx.get(f"{url}/api/v2/status").content)["replica_health_status"] == "healthy"
    (told,) = [one for one in server.http.get("/http_gateway").json() if one["instance_id"] == info["instance_id"]]
    assert told["domains"] == ["localhost", "example.test"]
    assert told["forward_to"] == {"PocketIcInstance": created["instance_id"]}


@pytest.mark.parametrize("domain", ["example.test", "localhost"])
def test_web_pages_stand_beneath_the_gateways_domains(server: RestServer, instance: RestInstance, domain: str) -> None:
    asked = {"forward_to": {"PocketIcInstance": instance.number}, "domains": [domain]}
    port = server.http.post("/http_gateway", json=asked).json()["Created"]["port"]
    causes = {}
    for host in ("localhost", "example.test"):
        header = {"Host": f"{to_text(b'7' * 10)}.{host}:{port}"}
        causes[host] = httpx.get(f"http://127.0.0.1:{port}/", headers=header).headers["x-ic-error-cause"]
    other = {"example.test": "localhost", "localhost": "example.test"}[domain]
    assert causes == {domain: "canister_not_found", other: "unknown_domain"}


REFUSED: dict[str, dict[str, object]] = {
    "system canisters": {"icp_features": {"registry": "DefaultConfig"}},
    "a gateway that others could reach": {"http_gateway_config": {"ip_addr": "0.0.0.0"}},
    "a gateway without its certificate": {"http_gateway_config": {"https_config": {"cert_path": "a", "key_path": "b"}}},
}


@pytest.mark.parametrize("name", REFUSED)
def test_an_instance_that_we_cannot_make_is_refused_and_left_out(server: RestServer, name: str) -> None:
    available = server.http.get("/instances").json().count("Available")
    answer = server.http.post("/instances", json={**ONE_APPLICATION_SUBNET, **REFUSED[name]})
    assert (answer.status_code >= 400, list(answer.json())) == (True, ["Error"])
    assert server.http.get("/instances").json().count("Available") == available


def test_features_that_are_not_wanted_are_no_reason_to_refuse(server: RestServer) -> None:
    config = {**ONE_APPLICATION_SUBNET, "icp_features": {"registry": None}, "icp_config": {"beta_features": None}}
    assert server.http.post("/instances", json=config).status_code == 201


def signed(message: bytes) -> tuple[bytes, bytes]:
    """A canister's signature, and the root key that it rests on."""
    tree = Labeled(b"sig", Labeled(hashlib.sha256(SEED).digest(), Labeled(hashlib.sha256(message).digest(), Leaf(b""))))
    certifier = StateCertifier({KEYS.subnet_id: (KEYS, ((CANISTER, CANISTER),))}, KEYS.subnet_id)
    certifier.tree(KEYS.subnet_id).set_canister(CANISTER, CanisterFacts((), bytes(32), tree.digest))
    certifier.seal(10**18)
    certificate = certifier.data_certificate(KEYS.subnet_id, CANISTER)
    return cbor2.dumps({"certificate": certificate, "tree": tree.encoded()}), certifier.root_key


def test_signatures_of_canisters_are_verified(server: RestServer) -> None:
    signature, root_key = signed(MESSAGE)
    asked = {"sig": b64(signature), "pubkey": b64(canister_key(CANISTER, SEED)), "root_pubkey": b64(root_key)}
    assert server.http.post("/verify_signature", json={**asked, "msg": b64(MESSAGE)}).json() == {"Ok": None}
    for changed, status, told in (
        ({"msg": b64(b"other")}, 406, "Canister signature verification failed: "),
        ({"msg": b64(MESSAGE), "pubkey": "AA==", "root_pubkey": "AA=="}, 400, "Failed to parse DER encoded public key"),
        ({"msg": b64(MESSAGE), "root_pubkey": "AA=="}, 400, "Failed to parse DER encoded root public key: "),
    ):
        refused = server.http.post("/verify_signature", json={**asked, **changed})
        assert (refused.status_code, refused.json()["Err"].startswith(told)) == (status, True)


def test_a_fetched_result_can_be_dropped(server: RestServer, instance: RestInstance) -> None:
    path = f"/instances/{instance.number}/update/tick"
    told = server.http.post(path, json={}, headers={"processing-timeout-ms": "0"}).json()
    where = f"{told['state_label']}/{told['op_id']}"
    deadline = time.monotonic() + 60
    while server.http.get(f"/read_graph/{where}").status_code != 200:
        assert time.monotonic() < deadline
    assert server.http.delete(f"/prune_graph/{where}").status_code == 200
    assert server.http.get(f"/read_graph/{where}").status_code == 404
    assert server.http.delete(f"/prune_graph/{where}").status_code == 404


def test_a_block_may_name_who_made_it_and_who_failed(server: RestServer, instance: RestInstance) -> None:
    subnet = from_text(next(iter(instance.get("_/topology")["subnet_configs"])))
    path = f"/instances/{instance.number}/api/v2/subnet/{to_text(subnet)}/read_state"
    content = {"request_type": "read_state", "sender": b"\4", "ingress_expiry": 2**63, "paths": [[b"subnet"]]}
    answer = server.http.post(path, content=cbor2.dumps({"content": content}))
    tree = read_tree(cbor2.loads(cbor2.loads(answer.content)["certificate"])["tree"])
    found = subtree(tree, (b"subnet", subnet, b"node"))
    assert found is not None
    nodes = labels(found)

    def tick(maker: bytes, *failed: bytes) -> object:
        failing = [{"node_id": b64(one)} for one in failed]
        made = {"subnet": {"subnet_id": b64(subnet)}, "blockmaker": {"node_id": b64(maker)}}
        config = {"blockmakers": {"blockmakers_per_subnet": [{**made, "failed_blockmakers": failing}]}}
        return instance.post("update/tick", config)

    assert tick(nodes[0], nodes[1], nodes[2]) is None
    assert "BlockmakerContainedInFailed" in str(tick(nodes[0], nodes[0]))
    assert "BlockmakerNotFound" in str(tick(b"\1" * 29))
    assert "BlockmakerNotFound" in str(tick(nodes[0], b"\1" * 29))


def labels(tree: Node) -> list[bytes]:
    if isinstance(tree, Labeled):
        return [tree.label]
    return labels(tree.left) + labels(tree.right) if isinstance(tree, Fork) else []


MOCKS: dict[str, tuple[dict[str, object], str]] = {
    "a reject code that is none": (
        {"response": {"CanisterHttpReject": {"reject_code": 7, "message": ""}}},
        "InvalidRejectCode(7)",
    ),
    "a subnet that is none": ({"subnet_id": {"subnet_id": b64(b"\1" * 29)}}, "SubnetNotFound("),
    "a request that is none": ({}, "InvalidCanisterHttpRequestId(("),
    "an answer of another kind": ({"response": {"Other": {}}}, "unknown variant `Other`"),
}


@pytest.mark.parametrize("name", MOCKS)
def test_a_mock_that_fits_no_outcall_is_refused(instance: RestInstance, name: str) -> None:
    changed, told = MOCKS[name]
    subnet = next(iter(instance.get("_/topology")["subnet_configs"]))
    reply = {"CanisterHttpReply": {"status": 200, "headers": [], "body": ""}}
    asked = {"subnet_id": {"subnet_id": b64(from_text(subnet))}, "request_id": 0, "response": reply}
    answer = instance.post("update/mock_canister_http", {**asked, "additional_responses": [], **changed})
    assert told in answer["body"]
