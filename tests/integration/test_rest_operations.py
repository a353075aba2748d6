"""What the recordings of PocketIC's REST API leave out: long operations, gateways, several subnets, state on disk."""

import gzip
import struct
import time
from pathlib import Path

import cbor2
import ic
from pocket_ic import PocketIC, SubnetConfig

from support.http_client import HttpClient
from support.rest_client import ONE_APPLICATION_SUBNET, RestInstance, RestServer, b64, call_body
from support.small_modules import COUNTER, HANGING, compiled
from vex.certificates import verified_certificate


def count(reply: bytes) -> int:
    return struct.unpack("<3I", reply)[0]


def test_a_long_operation_is_answered_202_and_fetched_later(server: RestServer, instance: RestInstance) -> None:
    canister = instance.deploy(HANGING)
    instance.post("update/submit_ingress_message", call_body(canister, "hang"))
    path = f"/instances/{instance.number}/update/tick"
    started = server.http.post(path, json={}, headers={"processing-timeout-ms": "10"})
    assert started.status_code == 202
    told = started.json()
    deadline = time.monotonic() + 60
    while (finished := server.http.get(f"/read_graph/{told['state_label']}/{told['op_id']}")).status_code != 200:
        assert time.monotonic() < deadline
        time.sleep(0.05)
    assert finished.json() is None


def test_instances_do_not_wait_for_each_other(server: RestServer, instance: RestInstance) -> None:
    canister = instance.deploy(HANGING)
    instance.post("update/submit_ingress_message", call_body(canister, "hang"))
    path = f"/instances/{instance.number}/update/tick"
    assert server.http.post(path, json={}, headers={"processing-timeout-ms": "1"}).status_code == 202
    server.create_instance().tick()
    assert server.http.get("/instances").json()[instance.number].startswith("Busy")


def test_auto_progress_answers_calls_without_ticks(instance: RestInstance) -> None:
    counter = instance.deploy(COUNTER)
    instance.post("auto_progress", {"artificial_delay_ms": None})
    submitted = instance.post("update/submit_ingress_message", call_body(counter, "inc"))
    status = {"raw_message_id": submitted["Ok"], "raw_caller": None}
    deadline = time.monotonic() + 10
    while instance.post("read/ingress_status", status) is None:
        assert time.monotonic() < deadline
        time.sleep(0.02)
    assert abs(instance.time() - time.time_ns()) < 5 * 10**9
    instance.post("stop_progress", {})


def test_a_gateway_serves_agents(server: RestServer, instance: RestInstance) -> None:
    instance.post("auto_progress", {"artificial_delay_ms": None})
    asked = {"forward_to": {"PocketIcInstance": instance.number}}
    gateway = server.http.post("/http_gateway", json=asked).json()["Created"]
    client = HttpClient(f"http://127.0.0.1:{gateway['port']}")
    counter = client.create(compiled(COUNTER))
    assert count(client.call(counter, "inc")) == 1
    assert [one["instance_id"] for one in server.http.get("/http_gateway").json()] == [gateway["instance_id"]]
    server.http.post(f"/http_gateway/{gateway['instance_id']}/stop")
    assert server.http.get("/http_gateway").json() == []


def test_a_gateway_that_others_could_reach_is_refused(server: RestServer, instance: RestInstance) -> None:
    asked = {"forward_to": {"PocketIcInstance": instance.number}, "ip_addr": "0.0.0.0"}
    refused = server.http.post("/http_gateway", json=asked)
    assert refused.status_code == 502
    assert "loopback" in refused.json()["Error"]["message"]


def test_an_application_subnet_beneath_an_nns_has_its_certificates_delegated() -> None:
    pic = PocketIC(SubnetConfig(nns=True, application=1))
    root_key = pic.get_root_key()
    assert root_key is not None
    canister = pic.create_canister()
    content = {"request_type": "read_state", "sender": b"\4", "paths": [[b"canister", canister.bytes, b"controllers"]]}
    body = cbor2.dumps({"content": {**content, "ingress_expiry": 0}})
    for version in ("v2", "v3"):
        url = f"{pic.server.url}/instances/{pic.instance_id}/api/{version}/canister/{canister}/read_state"
        answer = pic.server.request_client.post(url, data=body)
        encoded = cbor2.loads(answer.content)["certificate"]
        assert "delegation" in cbor2.loads(encoded)
        certificate = verified_certificate(encoded, root_key, canister.bytes)
        assert cbor2.loads(certificate.lookup((b"canister", canister.bytes, b"controllers"))) == [b"\4"]


def test_a_canister_is_created_on_the_subnet_that_is_asked_for() -> None:
    pic = PocketIC(SubnetConfig(application=2))
    first, second = pic.topology()
    for subnet in (first, second, second):
        assert pic.get_subnet(pic.create_canister(subnet=subnet)).bytes == subnet.bytes


def test_stable_memory_is_set_from_the_blob_store_also_zipped(server: RestServer, instance: RestInstance) -> None:
    counter = instance.deploy(COUNTER)
    for number, pack, headers in ((7, bytes, {}), (9, gzip.compress, {"content-encoding": "gzip"})):
        blob_id = server.http.post("/blobstore", content=pack(struct.pack("<I", number)), headers=headers).text
        body = {"canister_id": b64(counter), "blob_id": b64(bytes.fromhex(blob_id))}
        assert instance.post("update/set_stable_memory", body) is None
        assert struct.unpack("<3I", instance.update(counter, "inc", b""))[2] == number + 1


def test_an_instance_keeps_its_state_in_a_directory(server: RestServer, tmp_path: Path) -> None:
    config = {**ONE_APPLICATION_SUBNET, "state_dir": str(tmp_path)}
    instance = server.create_instance(config)
    counter = instance.deploy(COUNTER)
    instance.update(counter, "inc", b"")
    refused = server.http.post("/instances", json=config)
    assert refused.status_code == 400
    assert "served by another process" in refused.json()["Error"]["message"]
    server.http.delete(f"/instances/{instance.number}")
    again = server.create_instance(config)
    assert count(again.update(counter, "inc", b"")) == 2


def test_a_snapshot_outlives_restores_and_says_when_it_is_not_there(server: RestServer, instance: RestInstance) -> None:
    counter = instance.deploy(COUNTER)
    path = f"/vex/instances/{instance.number}/snapshots"
    first = server.http.post(path).json()["snapshot"]
    instance.update(counter, "inc", b"")
    second = server.http.post(path).json()["snapshot"]
    for snapshot, expected in ((first, 1), (second, 2), (first, 1), (second, 2)):
        assert server.http.post(f"{path}/{snapshot}/restore").status_code == 200
        assert count(instance.update(counter, "inc", b"")) == expected
    server.http.delete(f"{path}/{first}")
    assert server.http.post(f"{path}/{first}/restore").status_code == 404
    assert server.http.post("/vex/instances/9999/snapshots").status_code == 400


def test_a_principal_of_the_client_library_is_what_we_answer_with(instance: RestInstance) -> None:
    counter = instance.deploy(COUNTER)
    controllers = instance.post("read/get_controllers", {"canister_id": b64(counter)})
    assert controllers == [{"principal_id": b64(ic.Principal.anonymous().bytes)}]
