"""Certificates as clients check them: signature, delegation, and what one costs in a large state."""

import cbor2
import pytest

from local_replica.certification import (
    CanisterFacts,
    DelegationFormat,
    StateCertifier,
    SubnetKeys,
    bls,
    hash_tree,
)
from local_replica.certification.certifier import DELEGATION_NS
from local_replica.request_id import hash_of_map
from vex.certificates import read_certificate, verified_certificate
from vex.errors import Untrusted

ROOT = SubnetKeys(b"root", node_count=1)
APP = SubnetKeys(b"app", node_count=2)
ROOT_RANGE = ((bytes(8) + b"\1\1", bytes(7) + b"\x0f\1\1"),)
APP_RANGE = ((b"\xff" * 6 + bytes(2) + b"\1\1", b"\xff" * 8 + b"\1\1"),)
CANISTER = b"\xff" * 6 + b"\0\7\1\1"
TIME = 1_700_000_000_000_000_000


@pytest.fixture
def certifier() -> StateCertifier:
    made = StateCertifier({ROOT.subnet_id: (ROOT, ROOT_RANGE), APP.subnet_id: (APP, APP_RANGE)}, ROOT.subnet_id)
    facts = CanisterFacts((b"\4",), b"h" * 32, b"certified")
    made.tree(APP.subnet_id).set_canister(CANISTER, facts, {"open": b"text"})
    made.seal(TIME)
    return made


def test_a_bls_signature_verifies_and_a_changed_message_does_not() -> None:
    key = bls.BlsKey(b"seed")
    signature = key.sign(b"message")
    assert bls.verify(signature, b"message", key.public_key_der)
    assert not bls.verify(signature, b"massage", key.public_key_der)
    assert not bls.verify(b"\xff" * 48, b"message", key.public_key_der)
    assert not bls.verify(signature, b"message", b"short")


def test_a_certificate_of_an_application_subnet_is_delegated_by_the_root(certifier: StateCertifier) -> None:
    path = (b"canister", CANISTER, b"certified_data")
    encoded = certifier.certificate(APP.subnet_id, [path])
    certificate = verified_certificate(encoded, certifier.root_key, CANISTER)
    assert certificate.lookup(path) == b"certified"
    assert certificate.lookup_time() == TIME
    assert certificate.lookup((b"canister", CANISTER, b"module_hash")) is None


def test_a_canister_outside_the_delegated_ranges_is_not_certified(certifier: StateCertifier) -> None:
    encoded = certifier.certificate(APP.subnet_id, [])
    with pytest.raises(Untrusted):
        verified_certificate(encoded, certifier.root_key, bytes(9) + b"\1")


def test_the_older_delegation_tells_the_ranges_beneath_the_subnet(certifier: StateCertifier) -> None:
    encoded = certifier.certificate(APP.subnet_id, [], DelegationFormat.FLAT)
    inner = cbor2.loads(cbor2.loads(encoded)["delegation"]["certificate"])
    assert b"canister_ranges" in cbor2.dumps(inner["tree"])
    assert "delegation" not in inner


def test_any_flipped_byte_of_a_certificate_is_noticed(certifier: StateCertifier) -> None:
    encoded = certifier.certificate(APP.subnet_id, [(b"canister", CANISTER, b"certified_data")])
    for position in range(3, len(encoded)):
        changed = bytearray(encoded)
        changed[position] ^= 1
        with pytest.raises(Untrusted):
            verified_certificate(bytes(changed), certifier.root_key, CANISTER)


def test_one_request_among_ten_thousand_costs_one_path(
    certifier: StateCertifier, monkeypatch: pytest.MonkeyPatch
) -> None:
    tree = certifier.tree(APP.subnet_id)
    for number in range(10_000):
        tree.set_request(hash_of_map({"n": number}), {b"status": b"replied", b"reply": b"r"})
    certifier.seal(TIME + 1)
    certifier.certificate(APP.subnet_id, [])
    hashed = []
    genuine = hash_tree._sha256
    monkeypatch.setattr(hash_tree, "_sha256", lambda content: hashed.append(1) or genuine(content))
    request = hash_of_map({"n": 10_000})
    tree.set_request(request, {b"status": b"replied", b"reply": b"mine"})
    certifier.seal(TIME + 2)
    encoded = certifier.certificate(APP.subnet_id, [(b"request_status", request)])
    assert len(hashed) < 80
    assert verified_certificate(encoded, certifier.root_key, CANISTER).lookup_reply(request) == b"mine"


def test_a_delegation_is_made_anew_when_it_has_become_old(certifier: StateCertifier) -> None:
    made = []
    for now in (TIME + 1, TIME + DELEGATION_NS // 2, TIME + DELEGATION_NS, TIME + 10**18):
        certifier.seal(now)
        delegation = cbor2.loads(certifier.certificate(APP.subnet_id, []))["delegation"]["certificate"]
        made.append(read_certificate(delegation, certifier.root_key).lookup_time())
    assert made == [TIME, TIME, TIME + DELEGATION_NS, TIME + 10**18]
