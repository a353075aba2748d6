"""Somebody whom a canister vouches for, as Internet Identity does: by a delegation that the canister has signed."""

import hashlib
import time
from collections.abc import Iterator

import cbor2
import pytest

from candid.principal import to_text
from local_replica.certification import self_authenticating
from local_replica.certification.hash_tree import Labeled, Leaf, Node
from local_replica.certification.separators import REQUEST, REQUEST_AUTH_DELEGATION
from local_replica.request_id import hash_of_map
from support.canister_signatures import canister_key
from support.http_client import HttpClient, Signer, serving
from support.small_modules import compiled

SEED = b"anchor 10000"
HOUR_NS = 3600 * 10**9
NOTARY = """
(module
  (import "ic0" "msg_reply" (func $reply))
  (import "ic0" "msg_reply_data_append" (func $append (param i32 i32)))
  (import "ic0" "msg_arg_data_copy" (func $copy (param i32 i32 i32)))
  (import "ic0" "msg_caller_size" (func $caller_size (result i32)))
  (import "ic0" "msg_caller_copy" (func $caller_copy (param i32 i32 i32)))
  (import "ic0" "certified_data_set" (func $certify (param i32 i32)))
  (import "ic0" "data_certificate_size" (func $size (result i32)))
  (import "ic0" "data_certificate_copy" (func $certificate (param i32 i32 i32)))
  (memory 1)
  (func (export "canister_update certify")
    (call $copy (i32.const 0) (i32.const 0) (i32.const 32)) (call $certify (i32.const 0) (i32.const 32)) (call $reply))
  (func (export "canister_query certificate")
    (call $certificate (i32.const 0) (i32.const 0) (call $size))
    (call $append (i32.const 0) (call $size)) (call $reply))
  (func (export "canister_query who")
    (call $caller_copy (i32.const 0) (i32.const 0) (call $caller_size))
    (call $append (i32.const 0) (call $caller_size)) (call $reply))
  (func (export "canister_update who_is_it")
    (call $caller_copy (i32.const 0) (i32.const 0) (call $caller_size))
    (call $append (i32.const 0) (call $caller_size)) (call $reply)))
"""
"""Certifies what it is told to, shows the certificate, and knows who asks."""


@pytest.fixture(scope="module")
def client() -> Iterator[HttpClient]:
    with serving("--seed", "notary") as running:
        yield running.client()


@pytest.fixture(scope="module")
def notary(client: HttpClient) -> bytes:
    return client.create(compiled(NOTARY))


def signed_by(client: HttpClient, notary: bytes, message: bytes) -> bytes:
    """Let the canister sign a message for SEED."""
    tree: Node = Leaf(b"")
    for label in (hashlib.sha256(message).digest(), hashlib.sha256(SEED).digest(), b"sig"):
        tree = Labeled(label, tree)
    client.call(notary, "certify", tree.digest)
    return cbor2.dumps({"certificate": client.query(notary, "certificate"), "tree": tree.encoded()})


def vouched(
    client: HttpClient, notary: bytes, session: Signer, kind: str, method: str
) -> tuple[int, dict[str, object]]:
    """Send a request of the canister's protégé, signed by a session key with the canister's delegation."""
    key = canister_key(notary, SEED)
    delegation = {"pubkey": session.public_key, "expiration": time.time_ns() + HOUR_NS}
    proof = signed_by(client, notary, REQUEST_AUTH_DELEGATION + hash_of_map(delegation))
    sender = self_authenticating(key)
    content = {"canister_id": notary, "method_name": method, "arg": b"", "sender": sender}
    _, envelope = session.envelope(kind, **content)
    chain = [{"delegation": delegation, "signature": proof}]
    envelope.update(sender_pubkey=key, sender_delegation=chain)
    answer = client.post(f"/api/v3/canister/{to_text(notary)}/{kind}", envelope)
    return answer.status_code, cbor2.loads(answer.content) if answer.status_code == 200 else {"text": answer.text}


def test_a_session_that_the_canister_vouches_for_speaks_for_its_key(client: HttpClient, notary: bytes) -> None:
    status, answer = vouched(client, notary, Signer(), "query", "who")
    sender = self_authenticating(canister_key(notary, SEED))
    assert (status, answer["reply"]) == (200, {"arg": sender})


def test_it_calls_too(client: HttpClient, notary: bytes) -> None:
    status, answer = vouched(client, notary, Signer(), "call", "who_is_it")
    assert (status, answer["status"]) == (200, "replied")


def test_a_canister_may_sign_a_request_itself(client: HttpClient, notary: bytes) -> None:
    key = canister_key(notary, SEED)
    content = {"canister_id": notary, "method_name": "who", "arg": b"", "sender": self_authenticating(key)}
    request_id, envelope = Signer().envelope("query", **content)
    envelope.update(sender_pubkey=key, sender_sig=signed_by(client, notary, REQUEST + request_id))
    answer = client.post(f"/api/v3/canister/{to_text(notary)}/query", envelope)
    assert cbor2.loads(answer.content)["reply"] == {"arg": self_authenticating(key)}


def test_an_old_signature_is_good_for_no_other_request(client: HttpClient, notary: bytes) -> None:
    key = canister_key(notary, SEED)
    content = {"canister_id": notary, "method_name": "who", "arg": b"", "sender": self_authenticating(key)}
    request_id, _ = Signer().envelope("query", **content)
    proof = signed_by(client, notary, REQUEST + request_id)
    _, envelope = Signer().envelope("query", **content)
    envelope.update(sender_pubkey=key, sender_sig=proof)
    answer = client.post(f"/api/v3/canister/{to_text(notary)}/query", envelope)
    assert (answer.status_code, "Invalid canister signature: " in answer.text) == (400, True)
