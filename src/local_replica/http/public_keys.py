"""Public keys that sign requests (interface specification, "Signatures"): Ed25519, ECDSA, WebAuthn, canisters."""

import base64
import hashlib
import json
from collections.abc import Callable
from functools import lru_cache
from typing import Any

from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat, load_der_public_key

from local_replica.certification.reading import Malformed, read_cbor
from local_replica.http import canister_signatures
from local_replica.http.canister_signatures import CanisterKey, NotSigned

Verify = Callable[[bytes, bytes], None]
"""Called with signature and message; raises SignatureRefused."""

_ED25519_PREFIX = bytes.fromhex("302a300506032b6570032100")
_COSE_OID = bytes.fromhex("060a2b0601040183b8430101")
_SHA256 = ec.ECDSA(hashes.SHA256())
_ES256, _RS256 = -7, -257


class SignatureRefused(Exception):
    """A signature or a key is not right; the text says how, in the replica's words."""


@lru_cache(maxsize=4096)
def verifier(public_key_der: bytes, root_key: bytes) -> Verify:
    """Return what checks signatures by a DER public key. Raises SignatureRefused for a key that is none.

    `root_key` (DER) is the network's, for keys of canisters.
    """
    if public_key_der.startswith(_ED25519_PREFIX) and len(public_key_der) == len(_ED25519_PREFIX) + 32:
        return _ed25519(public_key_der[len(_ED25519_PREFIX) :])
    if _COSE_OID in public_key_der[:32]:
        return _webauthn(public_key_der)
    if canister_signatures.OID in public_key_der[:32]:
        return _canister(public_key_der, root_key)
    try:
        key = load_der_public_key(public_key_der)
    except (ValueError, TypeError, UnsupportedAlgorithm) as error:
        raise _malformed(public_key_der) from error
    if isinstance(key, rsa.RSAPublicKey):
        return _refused_rsa
    if not isinstance(key, ec.EllipticCurvePublicKey) or not isinstance(key.curve, ec.SECP256K1 | ec.SECP256R1):
        raise _malformed(public_key_der)
    name = "EcdsaSecp256k1" if isinstance(key.curve, ec.SECP256K1) else "EcdsaP256"
    if key.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo) != public_key_der:
        raise _malformed(public_key_der, name, "non-canonical encoding")
    return _ecdsa(key, name)


def _malformed(
    public_key_der: bytes, algorithm: str = "Unspecified", why: str = "Unsupported or unparsable public key"
) -> SignatureRefused:
    return SignatureRefused(
        f"Invalid public key: Malformed {algorithm} public key: {public_key_der.hex()}, error: {why}"
    )


def _refused_rsa(_signature: bytes, _message: bytes) -> None:
    raise SignatureRefused(
        "Invalid basic signature: Algorithm RsaSha256 not supported: "
        "RSA signatures are not allowed except in webauthn context"
    )


def _ed25519(raw: bytes) -> Verify:
    key = Ed25519PublicKey.from_public_bytes(raw)

    def verify(signature: bytes, message: bytes) -> None:
        _check_length(signature, "Ed25519")
        try:
            key.verify(signature, message)
        except InvalidSignature as error:
            raise SignatureRefused(
                f"Invalid basic signature: Ed25519 signature could not be verified: public key {raw.hex()}, "
                f"signature {signature.hex()}, error: A signature was invalid"
            ) from error

    return verify


def _check_length(signature: bytes, algorithm: str) -> None:
    if len(signature) != 64:
        raise SignatureRefused(
            f"Invalid basic signature: Malformed {algorithm} signature: [{signature.hex()}] "
            f"error: 'Incorrect signature length: expected 64, got {len(signature)}.'"
        )


def _ecdsa(key: ec.EllipticCurvePublicKey, algorithm: str) -> Verify:
    point = key.public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)

    def verify(signature: bytes, message: bytes) -> None:
        _check_length(signature, algorithm)
        encoded = encode_dss_signature(int.from_bytes(signature[:32]), int.from_bytes(signature[32:]))
        try:
            key.verify(encoded, message, _SHA256)
        except InvalidSignature as error:
            raise SignatureRefused(
                f"Invalid basic signature: {algorithm} signature could not be verified: public key {point.hex()}, "
                f"signature {signature.hex()}, error: verification failed"
            ) from error

    return verify


def _webauthn(public_key_der: bytes) -> Verify:
    """Keys in COSE, as WebAuthn authenticators make them; signatures are CBOR ("Web Authentication")."""
    is_signed = _cose_key(public_key_der)

    def verify(signature: bytes, message: bytes) -> None:
        proof, authenticator_data, client_data = _assertion(signature)
        challenge = _challenge(client_data)
        if not is_signed(proof, authenticator_data + hashlib.sha256(client_data).digest()):
            raise SignatureRefused(f"WebAuthn error: Verifying signature failed. signature: {proof.hex()}")
        if challenge != message:
            raise SignatureRefused(
                f"WebAuthn error: Challenge in webauthn is {list(challenge)} while it is expected to be {list(message)}"
            )

    return verify


def _assertion(signature: bytes) -> tuple[bytes, bytes, bytes]:
    """Proof, authenticator data and client data, each as bytes or a text. Raises SignatureRefused."""
    try:
        fields = read_cbor(signature)
        parts = [fields[name] for name in ("signature", "authenticator_data", "client_data_json")]
        proof, authenticator_data, client_data = (
            one.encode() if isinstance(one, str) else bytes(memoryview(one)) for one in parts
        )
    except (Malformed, ValueError, KeyError, TypeError) as error:
        raise SignatureRefused(f"WebAuthn error: Signature CBOR parsing failed with: {error}") from error
    return proof, authenticator_data, client_data


def _challenge(client_data: bytes) -> bytes:
    """What the authenticator was asked to sign. Raises SignatureRefused."""
    created = "WebAuthn error: WebAuthn envelope creation failed: "
    try:
        challenge = json.loads(client_data)["challenge"]
    except (ValueError, KeyError, TypeError, RecursionError) as error:
        raise SignatureRefused(f"{created}ClientDataJSON parsing failed with: {error}") from error
    try:
        return _unpadded(challenge)
    except (ValueError, TypeError, AttributeError) as error:
        raise SignatureRefused(f"{created}Challenge base64url parsing failed with: {error}") from error


def _canister(public_key_der: bytes, root_key: bytes) -> Verify:
    try:
        key = CanisterKey.of(public_key_der)
    except NotSigned as error:
        raise _malformed(public_key_der, "IcCanisterSignature", str(error)) from error

    def verify(signature: bytes, message: bytes) -> None:
        try:
            key.verify(signature, message, root_key)
        except NotSigned as error:
            raise SignatureRefused(f"Invalid canister signature: {error}") from error

    return verify


def _cose_key(public_key_der: bytes) -> Callable[[bytes, bytes], bool]:
    """Return what tells whether a proof over a message was made by a key in COSE: ES256 or RS256."""
    start = public_key_der.index(_COSE_OID) + len(_COSE_OID)
    # A BIT STRING follows: its tag, a length of one byte or of some after the first, no unused bits.
    length = public_key_der[start + 1] if len(public_key_der) > start + 1 else 0
    header = 3 if length < 0x80 else 3 + length - 0x80
    try:
        fields: dict[int, Any] = read_cbor(public_key_der[start + header :])
        if fields[3] == _RS256:
            modulus, exponent = int.from_bytes(fields[-1]), int.from_bytes(fields[-2])
            return _rsa_check(rsa.RSAPublicNumbers(exponent, modulus).public_key())
        if fields[3] != _ES256:
            raise _malformed(public_key_der)
        numbers = ec.EllipticCurvePublicNumbers(int.from_bytes(fields[-2]), int.from_bytes(fields[-3]), ec.SECP256R1())
        return _ecdsa_check(numbers.public_key())
    except (Malformed, ValueError, LookupError, TypeError) as error:
        raise _malformed(public_key_der) from error


def _ecdsa_check(key: ec.EllipticCurvePublicKey) -> Callable[[bytes, bytes], bool]:
    def is_signed(proof: bytes, message: bytes) -> bool:
        try:
            key.verify(proof, message, _SHA256)
        except InvalidSignature:
            return False
        return True

    return is_signed


def _rsa_check(key: rsa.RSAPublicKey) -> Callable[[bytes, bytes], bool]:
    def is_signed(proof: bytes, message: bytes) -> bool:
        try:
            key.verify(proof, message, padding.PKCS1v15(), hashes.SHA256())
        except InvalidSignature:
            return False
        return True

    return is_signed


def _unpadded(text: str) -> bytes:
    return base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)
