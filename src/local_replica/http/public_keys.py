"""Public keys that sign requests (interface specification, "Signatures"): Ed25519, ECDSA, WebAuthn, canisters."""

import base64
import hashlib
import json
from collections.abc import Callable
from functools import lru_cache
from typing import Any

import cbor2
from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature
from cryptography.hazmat.primitives.serialization import load_der_public_key

from local_replica.http import canister_signatures
from local_replica.http.canister_signatures import CanisterKey, NotSigned

Verify = Callable[[bytes, bytes], None]
"""Called with signature and message; raises SignatureRefused."""

_ED25519_PREFIX = bytes.fromhex("302a300506032b6570032100")
_COSE_OID = bytes.fromhex("060a2b0601040183b8430101")
_SHA256 = ec.ECDSA(hashes.SHA256())
_ES256 = -7


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
        raise SignatureRefused(f"Malformed public key: {public_key_der.hex()}") from error
    if isinstance(key, ec.EllipticCurvePublicKey) and isinstance(key.curve, ec.SECP256K1 | ec.SECP256R1):
        return _ecdsa(key, "EcdsaSecp256k1" if isinstance(key.curve, ec.SECP256K1) else "EcdsaP256")
    raise SignatureRefused("Unsupported public key algorithm")


def _ed25519(raw: bytes) -> Verify:
    key = Ed25519PublicKey.from_public_bytes(raw)

    def verify(signature: bytes, message: bytes) -> None:
        if len(signature) != 64:
            raise SignatureRefused(
                f"Invalid basic signature: Malformed Ed25519 signature: [{signature.hex()}] "
                f"error: 'Incorrect signature length: expected 64, got {len(signature)}.'"
            )
        try:
            key.verify(signature, message)
        except InvalidSignature as error:
            raise SignatureRefused(
                f"Invalid basic signature: Ed25519 signature could not be verified: public key {raw.hex()}, "
                f"signature {signature.hex()}, error: A signature was invalid"
            ) from error

    return verify


def _ecdsa(key: ec.EllipticCurvePublicKey, name: str) -> Verify:
    def verify(signature: bytes, message: bytes) -> None:
        if len(signature) != 64:
            raise SignatureRefused(f"Invalid basic signature: Malformed {name} signature: [{signature.hex()}]")
        encoded = encode_dss_signature(int.from_bytes(signature[:32]), int.from_bytes(signature[32:]))
        try:
            key.verify(encoded, message, _SHA256)
        except InvalidSignature as error:
            raise SignatureRefused(
                f"Invalid basic signature: {name} signature could not be verified: signature {signature.hex()}, "
                "error: verification failed"
            ) from error

    return verify


def _webauthn(public_key_der: bytes) -> Verify:
    """ES256 keys in COSE, as WebAuthn authenticators make them; signatures are CBOR ("Web Authentication")."""
    key = _cose_key(public_key_der)

    def verify(signature: bytes, message: bytes) -> None:
        try:
            fields = cbor2.loads(signature)
            client_data = json.loads(fields["client_data_json"])
            challenge = _unpadded(client_data["challenge"])
            signed = fields["authenticator_data"] + hashlib.sha256(fields["client_data_json"].encode()).digest()
            proof = fields["signature"]
        except (cbor2.CBORDecodeError, ValueError, KeyError, TypeError, AttributeError) as error:
            raise SignatureRefused("Invalid webauthn signature: malformed") from error
        if challenge != message:
            raise SignatureRefused("Invalid webauthn signature: challenge does not match the message")
        try:
            key.verify(proof, signed, _SHA256)
        except (InvalidSignature, TypeError) as error:
            raise SignatureRefused("Invalid webauthn signature: verification failed") from error

    return verify


def _canister(public_key_der: bytes, root_key: bytes) -> Verify:
    try:
        key = CanisterKey.of(public_key_der)
    except NotSigned as error:
        raise SignatureRefused(str(error)) from error

    def verify(signature: bytes, message: bytes) -> None:
        try:
            key.verify(signature, message, root_key)
        except NotSigned as error:
            raise SignatureRefused(f"Invalid canister signature: {error}") from error

    return verify


def _cose_key(public_key_der: bytes) -> ec.EllipticCurvePublicKey:
    start = public_key_der.index(_COSE_OID) + len(_COSE_OID)
    # A BIT STRING follows: its tag, a length of one or two bytes, no unused bits.
    header = 3 if public_key_der[start + 1 : start + 2] < b"\x80" else 4
    try:
        fields: dict[int, Any] = cbor2.loads(public_key_der[start + header :])
        if fields[3] != _ES256:
            raise SignatureRefused("Unsupported public key algorithm")
        numbers = ec.EllipticCurvePublicNumbers(int.from_bytes(fields[-2]), int.from_bytes(fields[-3]), ec.SECP256R1())
        return numbers.public_key()
    except (cbor2.CBORDecodeError, ValueError, KeyError, TypeError) as error:
        raise SignatureRefused(f"Malformed public key: {public_key_der.hex()}") from error


def _unpadded(text: str) -> bytes:
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
