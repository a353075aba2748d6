"""Authenticators as WebAuthn has them: their keys in COSE, and how they sign."""

import base64
import hashlib
import json
from collections.abc import Callable
from typing import TypeAlias

import cbor2
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa

Sign: TypeAlias = Callable[[bytes], bytes]


def der_element(tag: bytes, content: bytes) -> bytes:
    """A DER element of less than 64 KiB."""
    length = len(content)
    return tag + (bytes([length]) if length < 128 else b"\x82" + length.to_bytes(2)) + content


def cose_key(encoded: bytes) -> bytes:
    """A public key (DER) around a key in COSE, or around any other bytes."""
    oid = bytes.fromhex("300c060a2b0601040183b8430101")
    return der_element(b"\x30", oid + der_element(b"\x03", b"\0" + encoded))


def webauthn(*, text: bool = True) -> tuple[bytes, Sign]:
    """A new authenticator with ES256: its public key (DER), and what signs with it."""
    key = ec.generate_private_key(ec.SECP256R1())
    numbers = key.public_key().public_numbers()
    der = cose_key(cbor2.dumps({1: 2, 3: -7, -1: 1, -2: numbers.x.to_bytes(32), -3: numbers.y.to_bytes(32)}))
    return der, asserting(lambda signed: key.sign(signed, ec.ECDSA(hashes.SHA256())), text=text)


def webauthn_rsa() -> tuple[bytes, Sign]:
    """The same with RS256."""
    key = rsa.generate_private_key(65537, 2048)
    numbers = key.public_key().public_numbers()
    der = cose_key(cbor2.dumps({1: 3, 3: -257, -1: numbers.n.to_bytes(256), -2: numbers.e.to_bytes(3)}))
    return der, asserting(lambda signed: key.sign(signed, padding.PKCS1v15(), hashes.SHA256()))


def asserting(prove: Sign, *, text: bool = True) -> Sign:
    """Sign as an authenticator does; its client data is a text or bytes."""

    def sign(message: bytes) -> bytes:
        challenge = base64.urlsafe_b64encode(message).decode().rstrip("=")
        client_data = json.dumps({"type": "webauthn.get", "challenge": challenge, "origin": "here"})
        authenticator_data = b"authenticator"
        signed = authenticator_data + hashlib.sha256(client_data.encode()).digest()
        told = client_data if text else client_data.encode()
        return cbor2.dumps(
            {"authenticator_data": authenticator_data, "client_data_json": told, "signature": prove(signed)}
        )

    return sign
