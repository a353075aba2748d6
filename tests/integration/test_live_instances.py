"""Instances at work: one operation at a time, blocks and HTTPS outcalls by themselves, gateways over TLS."""

import base64
import json
import ssl
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Any

import cbor2
import httpx
import pytest

from candid import compile_decoder
from candid.principal import from_text, to_text
from local_replica.management import interface
from local_replica.topology import canister_id
from support.http_client import HttpClient
from support.replicas import encoded
from support.rest_client import ONE_APPLICATION_SUBNET, RestInstance, RestServer, b64, call_body
from support.small_modules import HANGING, PROXY
from support.tls_files import tls_files

NOBODY = b"\1" * 29


def test_a_busy_instance_names_the_operation_under_way(server: RestServer, instance: RestInstance) -> None:
    canister = instance.deploy(HANGING)
    instance.post("update/submit_ingress_message", call_body(canister, "hang"))
    path = f"/instances/{instance.number}"
    started = server.http.post(f"{path}/update/tick", json={}, headers={"processing-timeout-ms": "1"})
    assert started.status_code == 202
    assert started.json()["op_id"] == "tick"
    for operation in ("update/tick", "read/get_cycles"):
        refused = server.http.post(f"{path}/{operation}", json={"canister_id": b64(canister)})
        assert (refused.status_code, refused.json()) == (409, started.json())
    assert server.http.get("/instances").json()[instance.number].startswith("Busy(StateLabel(")
    assert "subnet_configs" in server.http.get(f"{path}/read/topology").json()
    assert server.http.get("/instances").json()[instance.number] == "Available"
    instance.tick()


EFFECTIVE: dict[str, tuple[object, str]] = {
    "subnet that is none": (
        {"SubnetId": b64(NOBODY)},
        f'BadIngressMessage("Subnet with ID {to_text(NOBODY)} not found")',
    ),
    "canister that is none": (
        {"CanisterId": b64(b"\0" * 7 + b"\7\1\1")},
        f'BadIngressMessage("Canister {to_text(bytes(7) + bytes((7, 1, 1)))} does not belong to any subnet.")',
    ),
    "too long for a subnet": ({"SubnetId": b64(b"x" * 30)}, 'ConversionError { message: "Bad subnet id" }'),
    "too long for a canister": (
        {"CanisterId": b64(b"x" * 30)},
        'ConversionError { message: "Bad effective canister id" }',
    ),
}


@pytest.mark.parametrize("what", EFFECTIVE)
def test_an_effective_principal_must_lead_to_a_subnet(server: RestServer, instance: RestInstance, what: str) -> None:
    effective, told = EFFECTIVE[what]
    path = f"/instances/{instance.number}"
    canister = instance.deploy(HANGING)
    bodies = {
        "read/query": call_body(canister, "hang", effective),
        "update/submit_ingress_message": call_body(canister, "hang", effective),
        "update/await_ingress_message": {"effective_principal": effective, "message_id": b64(bytes(32))},
    }
    for operation, body in bodies.items():
        refused = server.http.post(f"{path}/{operation}", json=body)
        assert (operation, refused.status_code, refused.json()) == (operation, 400, {"message": told})


def test_block_makers_are_nodes_of_their_subnet(server: RestServer, instance: RestInstance) -> None:
    path = f"/instances/{instance.number}/update/tick"
    subnet = b64(subnet_of(instance))

    def told(subnet_id: str, maker: bytes, failed: list[bytes]) -> str:
        made = {
            "subnet": {"subnet_id": subnet_id},
            "blockmaker": {"node_id": b64(maker)},
            "failed_blockmakers": [{"node_id": b64(one)} for one in failed],
        }
        answer = server.http.post(path, json={"blockmakers": {"blockmakers_per_subnet": [made]}})
        assert answer.status_code == 400
        return str(answer.json()["message"])

    assert told(subnet, NOBODY, [NOBODY]) == f"BlockmakerContainedInFailed({to_text(NOBODY)})"
    assert told(b64(NOBODY), NOBODY, []) == f"SubnetNotFound({to_text(NOBODY)})"
    assert told(subnet, NOBODY, [b"\2" * 29]) == f"BlockmakerNotFound({to_text(bytes((2,)) * 29)})"


def subnet_of(instance: RestInstance) -> bytes:
    (subnet,) = instance.get("read/topology")["subnet_configs"]
    return from_text(subnet)


def test_configuration_flags_are_read(server: RestServer) -> None:
    config = {**ONE_APPLICATION_SUBNET, "icp_config": {"canister_backtrace": "Disabled", "beta_features": None}}
    instance = server.create_instance(config)
    canister = instance.deploy('(module $m (func $deep (export "canister_update t") unreachable))')
    with pytest.raises(ValueError, match="Canister trapped: unreachable") as caught:
        instance.update(canister, "t", b"")
    assert "Backtrace" not in str(caught.value)
    wrong = {**ONE_APPLICATION_SUBNET, "icp_config": {"canister_backtrace": "Maybe"}}
    refused = server.http.post("/instances", json=wrong)
    assert refused.status_code == 422
    assert "icp_config.canister_backtrace: unknown variant `Maybe`, expected `Disabled` or `Enabled`" in refused.text


class Answering(BaseHTTPRequestHandler):
    """Answers what it was asked, with the headers that came."""

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["content-length"]))
        content = f"{self.path} {self.headers['x-test']} {self.headers['user-agent']} ".encode() + body
        self.send_response(201)
        self.send_header("x-answered", "yes")
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, *_args: object) -> None:
        """Say nothing."""


@pytest.fixture
def outside() -> Iterator[int]:
    """The port of a web server on loopback."""
    with HTTPServer(("127.0.0.1", 0), Answering) as web:
        thread = threading.Thread(target=web.serve_forever)
        thread.start()
        yield web.server_port
        web.shutdown()
        thread.join()


def begun(instance: RestInstance, proxy: bytes, url: str, **more: Any) -> object:
    """Submit a call that makes an outcall; returns what it is awaited by."""
    request = {
        "url": url,
        "method": {"post": None},
        "headers": [{"name": "x-test", "value": "seen"}],
        "body": b"hello",
        **more,
    }
    method = "http_request"
    head = bytes((0, len(method))).ljust(8, b"\0") + (10**13).to_bytes(8, "little")
    packed = head.ljust(64, b"\0") + bytes(32) + method.encode().ljust(96, b"\0") + encoded(method, request)
    return instance.post("update/submit_ingress_message", call_body(proxy, "call", payload=packed))["Ok"]


def asked(instance: RestInstance, proxy: bytes, url: str, **more: Any) -> tuple[int, bytes]:
    """Code and content of a canister's outcall."""
    submitted = begun(instance, proxy, url, **more)
    while "Ok" not in (answer := instance.post("update/await_ingress_message", submitted)):
        assert "after 100 rounds" in answer["body"]
    reply = base64.b64decode(answer["Ok"])
    return reply[0], reply[9:]


def test_outcalls_of_a_live_instance_reach_servers_on_loopback(instance: RestInstance, outside: int) -> None:
    proxy = instance.deploy(PROXY)
    instance.post("auto_progress", {})
    code, content = asked(instance, proxy, f"http://localhost:{outside}/path?q=1")
    assert code == 0
    (response,) = compile_decoder(interface.METHODS["http_request"].results, interface.ENV)(content)
    assert response["status"] == 201
    assert bytes(response["body"]) == b"/path?q=1 seen ic/1.0 hello"
    assert {"name": "x-answered", "value": "yes"} in response["headers"]
    code, content = asked(instance, proxy, f"http://127.0.0.1:{outside}/", max_response_bytes=20)
    assert (code, content) == (1, b"Header size exceeds specified response size limit 20")


def test_an_outcall_is_mocked_by_its_id_for_one_node_or_all(instance: RestInstance) -> None:
    begun(instance, instance.deploy(PROXY), "http://localhost/")
    while not (waiting := instance.get("read/get_canister_http")):
        instance.tick()
    reject = {"CanisterHttpReject": {"reject_code": 2, "message": ""}}
    one = {"subnet_id": waiting[0]["subnet_id"], "request_id": waiting[0]["request_id"], "response": reject}

    def told(**changed: object) -> object:
        answer = instance.post("update/mock_canister_http", {**one, "additional_responses": [], **changed})
        return answer if answer is None else json.loads(answer["body"])["message"]

    assert told(additional_responses=[reject]) == "InvalidMockCanisterHttpResponses((2, 13))"
    subnet = to_text(subnet_of(instance))
    assert told(request_id=7, additional_responses=[reject]) == f"InvalidCanisterHttpRequestId(({subnet}, 7))"
    assert told() is None
    instance.tick()
    assert told() == f"InvalidCanisterHttpRequestId(({subnet}, {one['request_id']}))"


def test_an_agent_creates_a_canister_of_a_subnet_that_is_made_for_it(
    server: RestServer, instance: RestInstance
) -> None:
    instance.post("auto_progress", {})
    wanted = canister_id((22 << 20) + 5)
    agent = HttpClient(f"{server.http.base_url}/instances/{instance.number}")
    method = "provisional_create_canister_with_cycles"
    reply = agent.call(b"", method, encoded(method, {"specified_id": wanted}), effective=wanted)
    assert reply.endswith(wanted)
    assert agent.read_state(wanted, [[b"canister", wanted, b"controllers"]]) is not None
    assert len(instance.get("read/topology")["subnet_configs"]) == 2
    not_there = canister_id(1024 << 20)
    with pytest.raises(httpx.HTTPStatusError, match="it is not a mainnet canister ID"):
        agent.call(b"", method, encoded(method, {"specified_id": not_there}), effective=not_there)
    instance.post("stop_progress", {})


def test_outcalls_of_a_live_instance_reach_nobody_else(instance: RestInstance) -> None:
    proxy = instance.deploy(PROXY)
    instance.post("auto_progress", {})
    code, content = asked(instance, proxy, "https://example.com/")
    assert (code, content) == (2, b"Connecting to example.com failed: a local replica connects to loopback only")


def test_a_gateway_serves_tls(server: RestServer, instance: RestInstance, tmp_path: Path) -> None:
    paths = tls_files(tmp_path)
    asked_for = {"forward_to": {"PocketIcInstance": instance.number}, "https_config": paths}
    made = server.http.post("/http_gateway", json=asked_for).json()["Created"]
    trust = ssl.create_default_context(cafile=paths["cert_path"])
    told = httpx.get(f"https://localhost:{made['port']}/api/v2/status", verify=trust)
    assert cbor2.loads(told.content)["replica_health_status"] == "healthy"
    (listed,) = [one for one in server.http.get("/http_gateway").json() if one["instance_id"] == made["instance_id"]]
    assert listed["https_config"] == paths


@pytest.mark.parametrize("path", ["/nowhere/cert.pem", "", "a\0b", "/dev/null"])
def test_a_gateway_without_its_certificate_is_refused(server: RestServer, instance: RestInstance, path: str) -> None:
    paths = {"cert_path": path, "key_path": path}
    asked_for = {"forward_to": {"PocketIcInstance": instance.number}, "https_config": paths}
    refused = server.http.post("/http_gateway", json=asked_for)
    assert refused.status_code == 502
    assert refused.json()["Error"]["message"].startswith("TLS config could not be created: ")
