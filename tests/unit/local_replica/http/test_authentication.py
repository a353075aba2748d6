"""Who is believed: keys of each kind, chains of delegations, expiry, nonces."""

from collections.abc import Callable
from itertools import pairwise
from typing import Any

import cbor2
import pytest
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from local_replica.certification import self_authenticating
from local_replica.certification.separators import REQUEST, REQUEST_AUTH_DELEGATION
from local_replica.http.authentication import MAX_EXPIRY_AHEAD_NS, authenticate
from local_replica.http.envelope import read_envelope
from local_replica.http.errors import InvalidRequest
from local_replica.request_id import hash_of_map
from support.authenticators import Sign, cose_key, der_element, webauthn, webauthn_rsa
from support.cbor_bombs import BOMBS

NOW = 1_700_000_000 * 10**9
CANISTER = b"\0\0\0\0\0\0\0\1\1\1"
ROOT_KEY = b"no canister signs in these tests"
OTHER = b"\0\0\0\0\0\0\0\2\1\1"


def ed25519() -> tuple[bytes, Sign]:
    key = Ed25519PrivateKey.generate()
    return key.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo), key.sign


def ecdsa(curve: ec.EllipticCurve) -> tuple[bytes, Sign]:
    key = ec.generate_private_key(curve)

    def sign(message: bytes) -> bytes:
        r, s = decode_dss_signature(key.sign(message, ec.ECDSA(hashes.SHA256())))
        return r.to_bytes(32) + s.to_bytes(32)

    return key.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo), sign


KINDS: dict[str, Callable[[], tuple[bytes, Sign]]] = {
    "ed25519": ed25519,
    "secp256k1": lambda: ecdsa(ec.SECP256K1()),
    "p256": lambda: ecdsa(ec.SECP256R1()),
    "webauthn": webauthn,
    "webauthn with bytes": lambda: webauthn(text=False),
    "webauthn with RSA": webauthn_rsa,
}


def content(sender: bytes, **changed: Any) -> dict[str, Any]:
    return {
        "request_type": "call",
        "sender": sender,
        "canister_id": CANISTER,
        "method_name": "m",
        "arg": b"",
        "ingress_expiry": NOW + 10**9,
        **changed,
    }


def delegated(signer: tuple[bytes, Sign], to: bytes, **more: Any) -> dict[str, Any]:
    delegation = {"pubkey": to, "expiration": NOW + 10**9, **more}
    return {"delegation": delegation, "signature": signer[1](REQUEST_AUTH_DELEGATION + hash_of_map(delegation))}


def request(
    owner: tuple[bytes, Sign], signer: tuple[bytes, Sign] | None = None, chain: list[Any] | None = None, **changed: Any
) -> bytes:
    fields = content(**{"sender": self_authenticating(owner[0]), **changed})
    envelope = {
        "content": fields,
        "sender_pubkey": owner[0],
        "sender_sig": (signer or owner)[1](REQUEST + hash_of_map(fields)),
    }
    return cbor2.dumps(envelope if chain is None else {**envelope, "sender_delegation": chain})


def check(body: bytes) -> frozenset[bytes] | None:
    return authenticate(read_envelope(body, "call"), NOW, ROOT_KEY)


@pytest.mark.parametrize("kind", KINDS)
def test_a_signature_of_every_kind_is_believed_and_a_changed_request_is_not(kind: str) -> None:
    owner = KINDS[kind]()
    body = request(owner)
    assert check(body) is None
    changed = cbor2.loads(body)
    changed["content"]["method_name"] = "n"
    with pytest.raises(InvalidRequest, match="Invalid signature"):
        check(cbor2.dumps(changed))


@pytest.mark.parametrize("kind", KINDS)
def test_delegations_lead_from_any_kind_of_key_to_another(kind: str) -> None:
    owner, middle, session = KINDS[kind](), ed25519(), ed25519()
    chain = [delegated(owner, middle[0]), delegated(middle, session[0])]
    assert check(request(owner, session, chain)) is None
    with pytest.raises(InvalidRequest, match="Invalid signature"):
        check(request(owner, middle, chain))
    with pytest.raises(InvalidRequest, match="Invalid delegation"):
        check(request(owner, session, chain[::-1]))


def test_targets_limit_what_may_be_called_and_chains_take_the_common_ones() -> None:
    owner, middle, session = ed25519(), ed25519(), ed25519()
    both = delegated(owner, middle[0], targets=[CANISTER, OTHER])
    assert check(request(owner, middle, [both])) == {CANISTER, OTHER}
    chain = [both, delegated(middle, session[0], targets=[OTHER])]
    with pytest.raises(InvalidRequest, match=r"^Canister 'r[a-z0-9-]+' is not one of the delegation targets.$"):
        check(request(owner, session, chain))
    assert check(request(owner, session, chain, canister_id=OTHER)) == {OTHER}


def test_a_delegation_ends() -> None:
    owner, session = ed25519(), ed25519()
    with pytest.raises(InvalidRequest, match="delegation has expired"):
        check(request(owner, session, [delegated(owner, session[0], expiration=NOW - 1)]))


def test_a_chain_without_end_and_a_long_one_are_refused() -> None:
    owner, session = ed25519(), ed25519()
    with pytest.raises(InvalidRequest, match="cycle"):
        check(request(owner, owner, [delegated(owner, session[0]), delegated(session, owner[0])]))
    keys = [owner, *(ed25519() for _ in range(21))]
    chain = [delegated(one, other[0]) for one, other in pairwise(keys)]
    assert check(request(owner, keys[20], chain[:20])) is None
    with pytest.raises(
        InvalidRequest, match=r"Chain of delegations is too long: got 21 delegations, but at most 20 are allowed\."
    ):
        check(request(owner, keys[21], chain))


def test_a_chain_is_looked_at_whole_before_its_signatures() -> None:
    owner, middle, session = ed25519(), ed25519(), ed25519()
    forged = delegated(session, middle[0])
    for link, told in (
        ({"expiration": NOW - 1}, "delegation has expired"),
        (
            {"targets": [CANISTER] * 1001},
            "Delegation target error: expected at most 1000 targets per delegation, but got 1001",
        ),
    ):
        with pytest.raises(InvalidRequest, match=told):
            check(request(owner, session, [forged, delegated(middle, session[0], **link)]))
    with pytest.raises(InvalidRequest, match="delegation has expired"):
        check(request(owner, owner, [forged, delegated(middle, owner[0], expiration=NOW - 1)]))
    with pytest.raises(InvalidRequest, match="Invalid delegation: Invalid basic signature"):
        check(request(owner, session, [forged, delegated(middle, session[0])]))
    with pytest.raises(InvalidRequest, match=r"Delegation target error: Bytes is longer than 29 bytes\."):
        check(request(owner, session, [delegated(owner, session[0], targets=[bytes(30)])]))


def test_a_key_of_somebody_else_is_not_the_senders() -> None:
    owner = ed25519()
    with pytest.raises(InvalidRequest, match="does not match the public key"):
        check(request(owner, sender=b"\1" * 28 + b"\2"))


@pytest.mark.parametrize("key", [b"", b"garbage", bytes.fromhex("302a300506032b657003210003a1")])
def test_what_is_no_key_is_refused(key: bytes) -> None:
    fields = content(self_authenticating(key))
    told = f"Invalid signature: Invalid public key: Malformed Unspecified public key: {key.hex()}, error: "
    with pytest.raises(InvalidRequest, match=told):
        check(cbor2.dumps({"content": fields, "sender_pubkey": key, "sender_sig": bytes(64)}))


@pytest.mark.parametrize(("curve", "name"), [(ec.SECP256K1(), "EcdsaSecp256k1"), (ec.SECP256R1(), "EcdsaP256")])
def test_a_key_on_a_curve_is_taken_in_one_form_and_told_when_its_signature_does_not_hold(
    curve: ec.EllipticCurve, name: str
) -> None:
    der, sign = ecdsa(curve)
    point = der[-65:]
    short = der_element(b"\x03", b"\0" + bytes([2 + point[-1] % 2]) + point[1:33])
    compressed = der_element(b"\x30", der[2 : der.rindex(b"\x03\x42\x00")] + short)
    with pytest.raises(InvalidRequest, match=f"Malformed {name} public key: .*, error: non-canonical encoding"):
        check(request((compressed, sign)))
    with pytest.raises(InvalidRequest, match=f"{name} signature could not be verified: public key {point.hex()}, "):
        check(request((der, lambda _message: bytes([1] * 64))))
    with pytest.raises(InvalidRequest, match=r"Incorrect signature length: expected 64, got 63\."):
        check(request((der, lambda _message: bytes(63))))


def test_a_plain_rsa_key_signs_no_request() -> None:
    key = rsa.generate_private_key(65537, 2048).public_key()
    der = key.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    with pytest.raises(InvalidRequest, match="RSA signatures are not allowed except in webauthn context"):
        check(request((der, lambda _message: bytes(256))))


ASSERTIONS: dict[str, tuple[dict[str, object] | None, str]] = {
    "no CBOR": (None, "Signature CBOR parsing failed with: "),
    "a part missing": ({"client_data_json": "{}"}, "Signature CBOR parsing failed with: "),
    "client data that is no JSON": ({"client_data_json": "{"}, "creation failed: ClientDataJSON parsing failed"),
    "client data that nests without end": ({"client_data_json": "[" * 100_000}, "ClientDataJSON parsing failed"),
    "a challenge that is none": (
        {"client_data_json": '{"challenge": "%"}'},
        "creation failed: Challenge base64url parsing failed",
    ),
    "another's proof": ({"signature": b"0"}, "Verifying signature failed. signature: "),
}


@pytest.mark.parametrize("name", ASSERTIONS)
def test_an_authenticators_answer_that_is_none_says_where_it_fails(name: str) -> None:
    changed, told = ASSERTIONS[name]
    der, sign = webauthn()

    def spoiled(message: bytes) -> bytes:
        if changed is None:
            return b"\xff"
        kept = {} if name == "a part missing" else cbor2.loads(sign(message))
        return cbor2.dumps({**kept, **changed})

    with pytest.raises(InvalidRequest, match=f"Invalid signature: WebAuthn error: .*{told}"):
        check(request((der, spoiled)))


@pytest.mark.parametrize("name", BOMBS)
def test_an_authenticators_answer_or_key_that_grows_when_it_is_read_is_refused(name: str) -> None:
    der, _ = webauthn()
    with pytest.raises(InvalidRequest, match="WebAuthn error: Signature CBOR parsing failed with: "):
        check(request((der, lambda _message: BOMBS[name])))
    with pytest.raises(InvalidRequest, match="Malformed Unspecified public key: "):
        check(request((cose_key(BOMBS[name]), lambda _message: b"")))


@pytest.mark.parametrize(
    "key", [[1, 2], 5, "text", None, {}, {3: -7, -2: 5, -3: 6}, {3: -257, -1: b"", -2: b""}], ids=str
)
def test_what_is_no_key_of_an_authenticator_is_refused(key: object) -> None:
    with pytest.raises(InvalidRequest, match="Malformed Unspecified public key: "):
        check(request((cose_key(cbor2.dumps(key)), lambda _message: b"")))


def test_an_authenticators_answer_to_another_challenge_is_refused() -> None:
    der, sign = webauthn()
    with pytest.raises(InvalidRequest, match=r"Challenge in webauthn is \[120\] while it is expected to be \["):
        check(request((der, lambda _message: sign(b"x"))))


@pytest.mark.parametrize("expiry", [NOW, NOW + MAX_EXPIRY_AHEAD_NS])
def test_expiry_is_good_up_to_both_ends(expiry: int) -> None:
    assert check(cbor2.dumps({"content": content(b"\4", ingress_expiry=expiry)})) is None


@pytest.mark.parametrize("expiry", [0, NOW - 1, NOW + MAX_EXPIRY_AHEAD_NS + 1, 2**64 - 1])
def test_expiry_outside_is_refused(expiry: int) -> None:
    with pytest.raises(InvalidRequest, match="Invalid request expiry"):
        check(cbor2.dumps({"content": content(b"\4", ingress_expiry=expiry)}))


def test_the_request_id_is_that_of_the_specification() -> None:
    # Interface specification, "Request ids": the worked example.
    example = {"request_type": "call", "canister_id": bytes.fromhex("00000000000004d2"), "method_name": "hello"}
    example["arg"] = bytes.fromhex("4449444c00fd2a")
    assert hash_of_map(example).hex() == "8781291c347db32a9d8c10eb62b710fce5a93be676474c42babc74c51858f94b"
