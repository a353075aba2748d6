"""Requests that must not be believed, over the wire: refused with the status and the words of a genuine replica."""

import time
from collections.abc import Callable, Iterator
from typing import Any

import cbor2
import httpx
import pytest

from candid.principal import from_text, to_text
from local_replica.certification.separators import REQUEST_AUTH_DELEGATION
from local_replica.request_id import hash_of_map
from support.http_client import HttpClient, Signer, serving
from support.small_modules import COUNTER, compiled

MINUTE_NS = 60 * 10**9
HOUR_NS = 60 * MINUTE_NS
OF_THE_NNS = b"\0\0\0\0\0\0\0\1\1\1"
OF_NO_SUBNET = b"\7" * 10
KINDS = ["call", "query", "read_state"]
Envelope = dict[str, Any]


@pytest.fixture(scope="module")
def client() -> Iterator[HttpClient]:
    with serving("--seed", "hostile") as running:
        yield running.client()


@pytest.fixture(scope="module")
def counter(client: HttpClient) -> bytes:
    return client.create(compiled(COUNTER))


def request(kind: str, canister: bytes, signer: Signer | None = None, **changed: Any) -> tuple[bytes, Envelope]:
    """A good request of a kind: its id and envelope, with `changed` in its content before it is signed."""
    content: dict[str, Any] = {"paths": [[b"time"]]}
    if kind != "read_state":
        content = {"canister_id": canister, "method_name": "inc" if kind == "call" else "get", "arg": b""}
    return (signer or Signer()).envelope(kind, **{**content, **changed})


def post(client: HttpClient, kind: str, canister: bytes, envelope: object) -> httpx.Response:
    version = "v4" if kind == "call" else "v3"
    return client.post(f"/api/{version}/canister/{to_text(canister)}/{kind}", envelope)


def delegated(canister: bytes, kind: str, *links: dict[str, Any], signer: Signer | None = None) -> Envelope:
    """A request signed by the last of a chain of session keys; each link may change its delegation or signer."""
    root = signing = signer or Signer()
    chain = []
    for link in links:
        session: Signer = link.get("to", Signer())
        content: dict[str, Any] = {
            "pubkey": session.public_key,
            "expiration": time.time_ns() + link.get("lives_ns", HOUR_NS),
        }
        if "targets" in link:
            content["targets"] = link["targets"]
        author: Signer = link.get("by", signing)
        chain.append(
            {"delegation": content, "signature": author.key.sign(REQUEST_AUTH_DELEGATION + hash_of_map(content))}
        )
        signing = session
    _, envelope = request(kind, canister, signing, sender=root.sender)
    return {**envelope, "sender_pubkey": root.public_key, "sender_delegation": chain}


def count(client: HttpClient, counter: bytes) -> int:
    return int.from_bytes(client.query(counter, "get")[:4], "little")


def with_content(**changed: Any) -> Callable[[Envelope], object]:
    """Change the content of a request that is signed already."""
    return lambda envelope: envelope["content"].update(changed)


AFTER_SIGNING: dict[str, tuple[Callable[[Envelope], object], str]] = {
    "a flipped bit in the signature": (
        lambda envelope: envelope.update(
            sender_sig=bytes([envelope["sender_sig"][0] ^ 1]) + envelope["sender_sig"][1:]
        ),
        "Invalid signature: Invalid basic signature: Ed25519 signature could not be verified",
    ),
    "a short signature": (
        lambda envelope: envelope.update(sender_sig=envelope["sender_sig"][:63]),
        "Invalid signature: Invalid basic signature: Malformed Ed25519 signature",
    ),
    "a signature by another key": (
        lambda envelope: envelope.update(sender_sig=Signer().key.sign(b"anything")),
        "Invalid signature: Invalid basic signature: Ed25519 signature could not be verified",
    ),
    "another's public key": (
        lambda envelope: envelope.update(sender_pubkey=Signer().public_key),
        "does not match the public key",
    ),
    "another sender": (with_content(sender=Signer().sender), "does not match the public key"),
    "the anonymous sender": (with_content(sender=b"\4"), "Signature is not allowed for the anonymous user."),
    "another nonce": (with_content(nonce=b"other"), "signature could not be verified"),
    "a later expiry": (
        lambda envelope: envelope["content"].update(ingress_expiry=envelope["content"]["ingress_expiry"] + 1),
        "signature could not be verified",
    ),
    "no signature": (
        lambda envelope: (envelope.pop("sender_sig"), envelope.pop("sender_pubkey")),
        "Missing signature from user",
    ),
    "no public key": (lambda envelope: envelope.pop("sender_pubkey"), "issing"),
    "a public key that is none": (lambda envelope: envelope.update(sender_pubkey=b"key"), "does not match the public"),
    "another kind": (with_content(request_type="another"), "unknown variant `another`"),
    "a sender that is no principal": (with_content(sender=b"\1" * 30), "PrincipalId"),
}


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("name", AFTER_SIGNING)
def test_a_request_changed_after_signing_is_refused(client: HttpClient, counter: bytes, name: str, kind: str) -> None:
    change, told = AFTER_SIGNING[name]
    _, envelope = request(kind, counter)
    change(envelope)
    before = count(client, counter)
    answer = post(client, kind, counter, envelope)
    assert (answer.status_code, told in answer.text) == (400, True), answer.text
    assert count(client, counter) == before


@pytest.mark.parametrize("kind", ["call", "query"])
@pytest.mark.parametrize("changed", [{"arg": b"x"}, {"method_name": "write"}], ids=["argument", "method"])
def test_another_argument_or_method_is_another_request(
    client: HttpClient, counter: bytes, kind: str, changed: dict[str, Any]
) -> None:
    _, envelope = request(kind, counter)
    envelope["content"].update(changed)
    answer = post(client, kind, counter, envelope)
    assert (answer.status_code, "could not be verified" in answer.text) == (400, True)


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("away_ns", [-HOUR_NS, -MINUTE_NS, HOUR_NS, 7 * MINUTE_NS])
def test_a_request_outside_its_time_is_refused(client: HttpClient, counter: bytes, kind: str, away_ns: int) -> None:
    _, envelope = request(kind, counter, ingress_expiry=time.time_ns() + away_ns)
    answer = post(client, kind, counter, envelope)
    assert answer.status_code == 400
    assert answer.text.startswith("Invalid request expiry: Specified ingress_expiry not within expected range")


DELEGATIONS: dict[str, tuple[list[dict[str, Any]], str]] = {
    "past its date": ([{"lives_ns": -HOUR_NS}], "Specified sender delegation has expired"),
    "past its date, further down": ([{}, {"lives_ns": -MINUTE_NS}], "Specified sender delegation has expired"),
    "for another canister": ([{"targets": [OF_THE_NNS]}], "is not one of the delegation targets"),
    "for nothing": ([{"targets": []}], "is not one of the delegation targets"),
    "signed by somebody else": ([{"by": Signer()}], "Invalid delegation: Invalid basic signature"),
    "too long a chain": ([{}] * 21, "Chain of delegations is too long"),
}


@pytest.mark.parametrize("kind", ["call", "query"])
@pytest.mark.parametrize("name", DELEGATIONS)
def test_a_delegation_that_does_not_hold_is_refused(client: HttpClient, counter: bytes, name: str, kind: str) -> None:
    links, told = DELEGATIONS[name]
    answer = post(client, kind, counter, delegated(counter, kind, *links))
    assert (answer.status_code, told in answer.text) == (400, True), answer.text


@pytest.mark.parametrize("kind", KINDS)
def test_a_chain_that_comes_back_to_a_key_is_refused(client: HttpClient, counter: bytes, kind: str) -> None:
    session = Signer()
    answer = post(client, kind, counter, delegated(counter, kind, {"to": session}, {}, {"to": session}))
    assert (answer.status_code, "at least one cycle" in answer.text) == (400, True)


@pytest.mark.parametrize("kind", KINDS)
def test_a_chain_that_holds_is_believed(client: HttpClient, counter: bytes, kind: str) -> None:
    links = [{"targets": [counter, OF_THE_NNS]}, {}, {"targets": [counter]}]
    assert post(client, kind, counter, delegated(counter, kind, *links)).status_code == 200


def test_targets_hold_for_reading_the_status_of_requests(client: HttpClient, counter: bytes) -> None:
    root, session = Signer(), Signer()
    request_id, envelope = request("call", counter, root)
    post(client, "call", counter, envelope)
    delegation = {"pubkey": session.public_key, "expiration": time.time_ns() + HOUR_NS, "targets": [OF_THE_NNS]}
    _, reading = session.envelope("read_state", sender=root.sender, paths=[[b"request_status", request_id]])
    proof = root.key.sign(REQUEST_AUTH_DELEGATION + hash_of_map(delegation))
    chain = [{"delegation": delegation, "signature": proof}]
    reading.update(sender_pubkey=root.public_key, sender_delegation=chain)
    answer = post(client, "read_state", counter, reading)
    assert (answer.status_code, "sender delegation targets" in answer.text) == (403, True)


@pytest.mark.parametrize("version", ["v2", "v3", "v4"])
def test_a_replayed_call_takes_effect_once(client: HttpClient, counter: bytes, version: str) -> None:
    before = count(client, counter)
    request_id, envelope = request("call", counter)
    path = f"/api/{version}/canister/{to_text(counter)}/call"
    answers = [client.post(path, envelope) for _ in range(3)]
    assert {answer.status_code for answer in answers} == {202 if version == "v2" else 200}
    if version != "v2":
        replies = {client.reply_in(cbor2.loads(answer.content), request_id, counter) for answer in answers}
        assert len(replies) == 1
    client.call(counter, "inc")
    assert count(client, counter) == before + 2


def test_a_call_whose_principals_are_none_is_no_call(client: HttpClient, counter: bytes) -> None:
    told = "Could not parse body as call message: invalid princial id: Converting "
    for name in ("sender", "canister_id"):
        _, envelope = request("call", counter)
        envelope["content"][name] = bytes(30)
        answer = post(client, "call", counter, envelope)
        assert (answer.status_code, answer.text.startswith(f"{told}{name}")) == (400, True)


def test_a_query_is_no_call(client: HttpClient, counter: bytes) -> None:
    _, envelope = request("query", counter)
    assert post(client, "call", counter, envelope).status_code == 400
    _, envelope = request("call", counter)
    assert post(client, "query", counter, envelope).status_code == 400


def test_another_canister_than_that_of_the_address_is_refused(client: HttpClient, counter: bytes) -> None:
    for kind in ("call", "query"):
        _, envelope = request(kind, OF_THE_NNS)
        answer = post(client, kind, counter, envelope)
        assert (answer.status_code, "does not match effective canister id" in answer.text) == (400, True)


@pytest.mark.parametrize("kind", KINDS)
def test_a_canister_of_no_subnet_has_no_route(client: HttpClient, kind: str) -> None:
    _, envelope = request(kind, OF_NO_SUBNET)
    answer = post(client, kind, OF_NO_SUBNET, envelope)
    assert (answer.status_code, answer.text.splitlines()[0]) == (400, "error: canister_not_found")


def test_a_canister_that_does_not_exist_is_rejected_with_its_code(client: HttpClient) -> None:
    _, envelope = request("query", OF_THE_NNS)
    asked = cbor2.loads(post(client, "query", OF_THE_NNS, envelope).content)
    _, envelope = request("call", OF_THE_NNS)
    called = cbor2.loads(post(client, "call", OF_THE_NNS, envelope).content)
    assert (asked["status"], asked["error_code"], asked["reject_code"]) == ("rejected", "IC0301", 3)
    assert (called["status"], called["error_code"]) == ("non_replicated_rejection", "IC0301")


def test_the_status_of_somebody_elses_request_is_forbidden(client: HttpClient, counter: bytes) -> None:
    request_id, envelope = request("call", counter)
    post(client, "call", counter, envelope)
    _, reading = request("read_state", counter, paths=[[b"request_status", request_id]])
    answer = post(client, "read_state", counter, reading)
    assert (answer.status_code, answer.text) == (403, "The user tries to access Request ID not signed by the caller.")


ANOTHERS = [b"canister", OF_THE_NNS, b"controllers"]
PATHS: dict[str, tuple[list[list[bytes]], int]] = {
    "the whole tree": ([[]], 404),
    "all canisters": ([[b"canister"]], 404),
    "another canister": ([ANOTHERS], 400),
    "certified data": ([[b"canister", b"<counter>", b"certified_data"]], 404),
    "a request id that is none": ([[b"request_status", b"\1" * 31]], 400),
    "two requests": ([[b"request_status", b"\1" * 32], [b"request_status", b"\2" * 32]], 400),
    "too many paths": ([[b"time"]] * 1001, 400),
    "a deep path": ([[b"subnet"] + [b"x"] * 127], 400),
    "what boundary nodes do not tell": ([[b"api_boundary_nodes", b"node", b"other"]], 404),
    "beneath what boundary nodes tell": ([[b"api_boundary_nodes", b"node", b"domain", b"other"]], 404),
}


@pytest.mark.parametrize("name", PATHS)
def test_paths_that_clients_may_not_read_are_refused(client: HttpClient, counter: bytes, name: str) -> None:
    paths, status = PATHS[name]
    paths = [[counter if label == b"<counter>" else label for label in path] for path in paths]
    _, envelope = request("read_state", counter, paths=paths)
    assert post(client, "read_state", counter, envelope).status_code == status


FIRST: dict[str, tuple[list[list[bytes]], int, str]] = {
    "a canister of no principal": ([[b"canister", bytes(30), b"controllers"]], 400, "Could not parse principal ID: "),
    "a section's name before its canister": ([[b"canister", OF_THE_NNS, b"metadata", b"\xff"]], 400, "section name"),
    "a request before a path that is none": ([[b"request_status", b"\1"], [b"nothing"]], 400, "Invalid request id"),
    "a path that is none before a request": ([[b"nothing"], [b"request_status", b"\1"]], 404, "Invalid path"),
    "two requests before another canister": (
        [[b"request_status", b"\1" * 32], [b"request_status", b"\2" * 32], ANOTHERS],
        400,
        "More than one non-unique request ID",
    ),
    "the first of two deep paths": ([[b"x"] * 128, [b"x"] * 129], 400, "got 128 labels"),
}


@pytest.mark.parametrize("name", FIRST)
def test_of_several_faults_in_paths_the_first_is_told(client: HttpClient, counter: bytes, name: str) -> None:
    paths, status, told = FIRST[name]
    _, envelope = request("read_state", counter, paths=paths)
    answer = post(client, "read_state", counter, envelope)
    assert (answer.status_code, told in answer.text) == (status, True), answer.text


def test_paths_are_counted_before_anybody_is_believed(client: HttpClient, counter: bytes) -> None:
    _, envelope = request("read_state", counter, paths=[[b"time"]] * 1001, ingress_expiry=1)
    assert post(client, "read_state", counter, envelope).text.startswith("Too many paths in read state request")


def test_a_subnet_tells_of_its_own_metrics_alone(client: HttpClient) -> None:
    first, second = (from_text(subnet) for subnet in client.http.get("/_/topology").json()["subnet_configs"])
    for asked, status in ((first, 200), (second, 400), (bytes(30), 400)):
        _, envelope = request("read_state", b"", paths=[[b"subnet", asked, b"metrics"]])
        assert client.post(f"/api/v3/subnet/{to_text(first)}/read_state", envelope).status_code == status


BODIES: dict[str, tuple[bytes, int]] = {
    "nothing": (b"", 400),
    "no CBOR": (b"\xff\xff", 400),
    "a number": (b"\x07", 400),
    "a list": (cbor2.dumps([1]), 400),
    "an empty map": (b"\xa0", 400),
    "content that is no map": (cbor2.dumps({"content": 1}), 400),
    "delegations that are a number": (cbor2.dumps({"content": {}, "sender_delegation": 1.5}), 400),
    "something deep": (b"\x81" * 100_000, 400),
    "a length beyond the end": (b"\xbb" + b"\xff" * 8, 400),
    "too much": (bytes(5 * 1024 * 1024), 413),
}


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("name", BODIES)
def test_a_body_that_is_no_request_is_refused(client: HttpClient, counter: bytes, name: str, kind: str) -> None:
    content, status = BODIES[name]
    version = "v4" if kind == "call" else "v3"
    answer = client.http.post(f"/api/{version}/canister/{to_text(counter)}/{kind}", content=content)
    assert answer.status_code == status


@pytest.mark.parametrize("label", [-1, 256, 1.5, None, "time", [b"time"], {"time": 1}])
def test_a_path_of_anything_but_labels_is_refused(client: HttpClient, counter: bytes, label: object) -> None:
    content = {"request_type": "read_state", "sender": b"\4", "ingress_expiry": 1, "paths": [[b"time"], [label]]}
    assert post(client, "read_state", counter, {"content": content}).status_code == 400


@pytest.mark.parametrize("text", ["", "aaaaa-ab", "not-a-principal", "%00", "x" * 300])
def test_an_address_without_a_canister_is_refused(client: HttpClient, text: str) -> None:
    _, envelope = request("query", OF_THE_NNS)
    assert client.post(f"/api/v3/canister/{text}/query", envelope).status_code in {400, 404}
