"""What a REST server answers to what it cannot serve, where no recording shows it: as PocketIC's source has it."""

import gzip
import hashlib

import httpx
import pytest

from support.rest_client import ONE_APPLICATION_SUBNET, RestInstance, RestServer, b64

NO_PRINCIPAL, NO_BLOB = b64(bytes(30)), b64(bytes(32))
ANYBODY = b64(b"\0\0\0\0\0\0\0\1\1\1")
UNKNOWN_LABEL = "A" * 43 + "="
ALONE = "Invalid URL: Cannot parse `first` to a `u64`"
AMONG_OTHERS = "Invalid URL: Cannot parse value at index 0 with value `first` to a `u64`"


@pytest.mark.parametrize(
    ("operation", "body", "why"),
    [
        ("add_cycles", {"canister_id": NO_PRINCIPAL, "amount": 1}, 'ConversionError { message: "Bad canister id" }'),
        (
            "set_stable_memory",
            {"canister_id": NO_PRINCIPAL, "blob_id": NO_BLOB},
            'ConversionError { message: "Bad canister id" }',
        ),
        (
            "set_stable_memory",
            {"canister_id": ANYBODY, "blob_id": NO_BLOB},
            'ConversionError { message: "Bad blob id" }',
        ),
    ],
)
def test_an_operation_names_the_value_that_is_none(
    server: RestServer, instance: RestInstance, operation: str, body: object, why: str
) -> None:
    answer = server.http.post(f"/instances/{instance.number}/update/{operation}", json=body)
    assert (answer.status_code, answer.json()) == (400, {"message": why})


def test_a_blob_that_does_not_unpack_is_told_to_who_uses_it(server: RestServer, instance: RestInstance) -> None:
    stored = server.http.post("/blobstore", content=b"no gzip", headers={"content-encoding": "gzip"})
    assert (stored.status_code, stored.text) == (200, hashlib.sha256(b"no gzip").hexdigest())
    body = {"canister_id": ANYBODY, "blob_id": b64(bytes.fromhex(stored.text))}
    answer = server.http.post(f"/instances/{instance.number}/update/set_stable_memory", json=body)
    assert (answer.status_code, answer.json()) == (
        400,
        {"message": 'ConversionError { message: "Decompression failed" }'},
    )


def test_a_blob_comes_back_as_it_was_packed(server: RestServer) -> None:
    for content, headers in ((gzip.compress(b"large"), {"content-encoding": "gzip"}), (b"small", {})):
        blob_id = server.http.post("/blobstore", content=content, headers=headers).text
        with server.http.stream("GET", f"/blobstore/{blob_id}") as answer:
            assert b"".join(answer.iter_raw()) == content
            assert answer.headers.get("content-encoding") == headers.get("content-encoding")


def test_a_blob_that_is_not_there_or_packed_otherwise_is_refused(server: RestServer) -> None:
    refused = server.http.post("/blobstore", content=b"", headers={"content-encoding": "br"})
    assert (refused.status_code, refused.text) == (400, "Bad encoding: Only 'gzip' content encoding is supported")
    for blob_id, status in (("00" * 32, 404), ("no hex", 400)):
        answer = server.http.get(f"/blobstore/{blob_id}")
        assert (answer.status_code, answer.text) == (status, "")


@pytest.mark.parametrize(
    ("label", "status"), [(UNKNOWN_LABEL, 404), ("AAAA", 400), ("AAA", 400), ("AA+A", 400)], ids=str
)
def test_a_result_that_was_never_begun_is_not_ready(server: RestServer, label: str, status: int) -> None:
    assert server.http.get(f"/read_graph/{label}/tick").status_code == status
    assert server.http.delete(f"/prune_graph/{label}/tick").status_code == status


@pytest.mark.parametrize("address", ["10.0.0.1", "nowhere.test"])
def test_an_instance_whose_gateway_cannot_be_is_refused_as_an_instance(server: RestServer, address: str) -> None:
    config = {**ONE_APPLICATION_SUBNET, "http_gateway_config": {"ip_addr": address}}
    assert server.http.post("/instances", json=config).status_code == 400


@pytest.mark.parametrize(
    ("method", "path", "told"),
    [
        ("POST", "/http_gateway/first/stop", ALONE),
        ("GET", "/instances/first/api/v2/status", ALONE),
        ("POST", "/instances/first/api/v2/canister/aaaaa-aa/query", AMONG_OTHERS),
        ("POST", "/instances/first/api/v3/subnet/aaaaa-aa/read_state", AMONG_OTHERS),
    ],
)
def test_a_number_in_an_address_that_is_none_is_told_with_its_place(
    server: RestServer, method: str, path: str, told: str
) -> None:
    answer = server.http.request(method, path)
    assert (answer.status_code, answer.text) == (400, told)


def test_an_address_is_read_before_its_instance_is_looked_for(server: RestServer) -> None:
    answer = server.http.post("/instances/99999/api/v2/canister/nobody/query")
    assert (answer.status_code, "Cannot parse `ecid` with value `nobody`" in answer.text) == (400, True)


def test_of_several_mocked_answers_the_further_ones_are_looked_at_first(instance: RestInstance) -> None:
    first, other = ({"CanisterHttpReject": {"reject_code": code, "message": ""}} for code in (7, 8))
    asked = {"subnet_id": {"subnet_id": ANYBODY}, "request_id": 0, "response": first, "additional_responses": [other]}
    assert "InvalidRejectCode(8)" in instance.post("update/mock_canister_http", asked)["body"]


def test_what_a_gateway_is_asked_to_be_is_read_before_its_instance_is_looked_for(server: RestServer) -> None:
    answer = server.http.post("/http_gateway", json={"forward_to": {"PocketIcInstance": 99999}, "port": "any"})
    assert (answer.status_code, 'port: invalid type: string "any", expected u16' in answer.text) == (422, True)


PAGE = {"Origin": "http://localhost:5173"}


@pytest.mark.parametrize("method", ["GET", "POST"])
def test_a_page_of_any_origin_may_ask_an_instance(server: RestServer, instance: RestInstance, method: str) -> None:
    path = f"/instances/{instance.number}/api/v2/status"
    wish = {**PAGE, "Access-Control-Request-Method": method, "Access-Control-Request-Headers": "content-type"}
    allowed = server.http.options(path, headers=wish)
    assert (allowed.status_code, allowed.headers["access-control-allow-origin"]) == (200, "*")
    assert "content-type" in allowed.headers["access-control-allow-headers"].lower()
    assert server.http.get(path, headers=PAGE).headers["access-control-allow-origin"] == "*"


def test_a_page_may_not_ask_the_server_itself(server: RestServer) -> None:
    for path in ("/http_gateway", "/status", "/blobstore/00"):
        assert "access-control-allow-origin" not in server.http.get(path, headers=PAGE).headers


def test_a_page_of_any_origin_may_ask_a_gateway(server: RestServer, instance: RestInstance) -> None:
    port = server.http.post("/http_gateway", json={"forward_to": {"PocketIcInstance": instance.number}}).json()
    url = f"http://127.0.0.1:{port['Created']['port']}"
    answers = [httpx.get(f"{url}{path}", headers=PAGE) for path in ("/api/v2/status", "/_/topology", "/page")]
    assert {answer.headers["access-control-allow-origin"] for answer in answers} == {"*"}
    assert "x-ic-canister-id" in answers[0].headers["access-control-expose-headers"].lower()
    wish = {**PAGE, "Access-Control-Request-Method": "POST", "Access-Control-Request-Headers": "content-type"}
    assert httpx.options(f"{url}/api/v3/canister/aaaaa-aa/call", headers=wish).status_code == 200
