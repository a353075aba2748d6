"""Requests that mean harm to a REST server: each is answered, and the server serves the next one."""

import os
import pty
import socket
from pathlib import Path

import cbor2
import httpx
import pytest

from candid.principal import to_text
from local_replica.config import START_OF_TIME_NS
from support.rest_client import ONE_APPLICATION_SUBNET, RestInstance, RestServer, b64
from support.tls_files import tls_files

JSON = {"content-type": "application/json"}
ANY = b"\0\0\0\0\0\0\0\1\1\1"
HUGE = "9" * 5000


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", f"/instances/{HUGE}/read/get_time"),
        ("DELETE", f"/instances/{HUGE}"),
        ("GET", "/instances/%D9%A0/read/get_time"),
        ("GET", f"/instances/{HUGE}/api/v2/status"),
        ("POST", f"/vex/instances/{HUGE}/snapshots"),
        ("POST", f"/vex/instances/0/snapshots/{HUGE}/restore"),
    ],
)
def test_a_number_beyond_all_instances_is_refused(
    server: RestServer, instance: RestInstance, method: str, path: str
) -> None:
    assert server.http.request(method, path).status_code in {400, 404}
    assert instance.time() >= START_OF_TIME_NS


@pytest.mark.parametrize("timeout", [HUGE, "9" * 400, str((1 << 64) - 1), "-1", "x", ""])
def test_any_processing_timeout_is_one_or_none(server: RestServer, instance: RestInstance, timeout: str) -> None:
    path = f"/instances/{instance.number}/update/tick"
    assert server.http.post(path, json={}, headers={"processing-timeout-ms": timeout}).status_code == 200


BODIES = {
    "half a pair in a text": rb'{"sender":"","canister_id":"","effective_principal":"\ud800","method":"","payload":""}',
    "a number of five thousand digits": b'{"nanos_since_epoch":' + HUGE.encode() + b"}",
    "a number with an exponent beyond all": b'{"nanos_since_epoch":1e400}',
    "another encoding": b"\xff\xfe{\0}\0",
    "nothing": b"",
}


@pytest.mark.parametrize("name", BODIES)
@pytest.mark.parametrize("operation", ["read/query", "update/set_time"])
def test_a_body_that_is_no_request_is_refused(
    server: RestServer, instance: RestInstance, operation: str, name: str
) -> None:
    answer = server.http.post(f"/instances/{instance.number}/{operation}", content=BODIES[name], headers=JSON)
    assert answer.status_code in {400, 422}
    assert instance.time() >= START_OF_TIME_NS


@pytest.mark.parametrize("state_dir", ["a\0b", "/dev/null/state", "/proc/nowhere", "/" + "a" * 5000])
def test_a_state_directory_that_cannot_be_is_refused(server: RestServer, state_dir: str) -> None:
    answer = server.http.post("/instances", json={**ONE_APPLICATION_SUBNET, "state_dir": state_dir})
    assert (answer.status_code, list(answer.json())) == (400, ["Error"])


@pytest.mark.parametrize("address", ["a\0b", "a" * 300, "nowhere.test", "10.0.0.1", "::1", "256.0.0.1"])
def test_a_gateway_at_an_address_that_cannot_be_is_refused(
    server: RestServer, instance: RestInstance, address: str
) -> None:
    asked = {"forward_to": {"PocketIcInstance": instance.number}, "ip_addr": address}
    answer = server.http.post("/http_gateway", json=asked)
    assert (answer.status_code, list(answer.json())) == (502, ["Error"])


def gateway(server: RestServer, instance: RestInstance) -> tuple[int, int]:
    """Number and port of a new one."""
    created = server.http.post("/http_gateway", json={"forward_to": {"PocketIcInstance": instance.number}}).json()
    return created["Created"]["instance_id"], created["Created"]["port"]


def test_a_request_that_never_ends_does_not_keep_a_gateway(server: RestServer, instance: RestInstance) -> None:
    number, port = gateway(server, instance)
    with socket.create_connection(("127.0.0.1", port)) as half:
        half.sendall(b"POST /api/v2/canister/aaaaa-aa/query HTTP/1.1\r\nHost: x\r\nContent-Length: 9\r\n\r\nabc")
        assert server.http.post(f"/http_gateway/{number}/stop").status_code == 200
    with pytest.raises(httpx.ConnectError):
        httpx.get(f"http://127.0.0.1:{port}/api/v2/status")


def test_a_gateway_says_that_its_instance_is_gone(server: RestServer, instance: RestInstance) -> None:
    number, port = gateway(server, instance)
    server.http.delete(f"/instances/{instance.number}")
    content = {"request_type": "query", "canister_id": ANY, "method_name": "", "arg": b"", "sender": b"\4"}
    envelope = cbor2.dumps({"content": {**content, "ingress_expiry": 1 << 62}})
    path = f"http://127.0.0.1:{port}/api/v2"
    for answer in (
        httpx.get(f"{path}/status"),
        httpx.post(f"{path}/canister/{to_text(ANY)}/query", content=envelope),
    ):
        assert (answer.status_code, answer.text) == (503, "this instance is gone")
    server.http.post(f"/http_gateway/{number}/stop")


CREATION = (b"", "provisional_create_canister_with_cycles", b"DIDL\1l\0\1\0")


def test_a_directory_of_another_network_is_refused_and_free_afterwards(server: RestServer, tmp_path: Path) -> None:
    config = {**ONE_APPLICATION_SUBNET, "state_dir": str(tmp_path)}
    made = server.create_instance(config)
    canister = made.update(*CREATION)[-10:]
    server.http.delete(f"/instances/{made.number}")
    one = ONE_APPLICATION_SUBNET["subnet_config_set"]
    other = {"subnet_config_set": {**one, "system": one["application"]}, "state_dir": str(tmp_path)}
    refused = server.http.post("/instances", json=other)
    assert (refused.status_code, str(tmp_path) in refused.json()["Error"]["message"]) == (400, True)
    assert server.create_instance(config).post("read/get_cycles", {"canister_id": b64(canister)})["cycles"] > 0


def test_a_time_after_2262_is_stored_like_any_other(server: RestServer, tmp_path: Path) -> None:
    config = {**ONE_APPLICATION_SUBNET, "state_dir": str(tmp_path)}
    made = server.create_instance(config)
    made.post("update/set_time", {"nanos_since_epoch": (1 << 63) + 1})
    canister = made.update(*CREATION)[-10:]
    server.http.delete(f"/instances/{made.number}")
    again = server.create_instance(config)
    assert again.post("read/get_cycles", {"canister_id": b64(canister)})["cycles"] > 0
    assert again.time() > 1 << 63


def test_a_key_with_a_passphrase_is_refused_and_nobody_is_asked_for_it(tmp_path: Path) -> None:
    terminal, other_end = pty.openpty()
    server = RestServer(tmp_path, stdin=other_end, stderr=other_end, start_new_session=True)
    asked = {
        "forward_to": {"PocketIcInstance": server.create_instance().number},
        "https_config": tls_files(tmp_path, passphrase=b"secret"),
    }
    refused = server.http.post("/http_gateway", json=asked)
    server.close()
    os.close(terminal)
    os.close(other_end)
    assert refused.status_code == 502
    assert refused.json()["Error"]["message"].startswith("TLS config could not be created: ")
