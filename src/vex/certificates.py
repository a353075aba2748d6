"""Checks certificates with `pyblst`, since the module that `icp-py-core` wants for it is on no registry.

Rules: interface specification, "Certificate"; the tree, its hashes and look-ups are `icp-py-core`'s.
"""

from functools import lru_cache
from typing import Any

from icp_certificate.certificate import Certificate
from pyblst import BlstP1Element, BlstP2Element, final_verify, miller_loop

from vex.cbor import read_cbor
from vex.errors import Untrusted

MAX_CLOCK_SKEW_NS = 300 * 10**9
"""How far a certificate's or an answer's time may be from ours."""

_DOMAIN = b"BLS_SIG_BLS12381G1_XMD:SHA-256_SSWU_RO_NUL_"
_G2 = bytes.fromhex(
    "93e02b6052719f607dacd3a088274f65596bd0d09920b61ab5da61bbdc7f5049334cf11213945d57e5ac7d055d042b7e"
    "024aa2b2f08f0a91260805272dc51051c6e47ad4fa403b02b4510b647ae3d1770bac0326a805bbefd48056c8c121bdb8"
)
"""Generator of G2, compressed (draft-irtf-cfrg-pairing-friendly-curves, BLS12-381)."""
_DIGEST_BYTES = 32
_LEVELS_MOST = 128


class RootedCertificate(Certificate):  # type: ignore[misc] # icp-py-core carries no types
    """A certificate that is checked against the root key of one network, not of mainnet alone."""

    def __init__(self, content: dict[str, Any], root_key: bytes) -> None:
        super().__init__(content)
        self._root_key = root_key

    def read_root_key(self) -> bytes:
        return self._root_key

    def verify(self, canister_id: bytes) -> None:
        """Check signature, delegation and canister ranges for `canister_id`. Raises Untrusted."""
        if self.delegation is not None:
            self._parent().verify(canister_id)
        try:
            proof = self.verify_cert(canister_id, backend="return_materials")
        except (ValueError, TypeError, KeyError, IndexError, RuntimeError) as error:
            raise Untrusted(f"certificate: {error}") from error
        if not signature_holds(proof["signature"], proof["message"], proof["bls_public_key"]):
            raise Untrusted("certificate: the signature does not match")

    def _parent(self) -> "RootedCertificate":
        parent = read_certificate(self.delegation["certificate"], self._root_key)
        if parent.delegation is not None:
            raise Untrusted("certificate: a delegation inside a delegation")
        return parent


def read_certificate(encoded: bytes, root_key: bytes) -> RootedCertificate:
    """Decode a certificate; nothing is checked yet. `root_key` is DER. Raises Untrusted for what is none."""
    content = read_cbor(encoded, "a certificate")
    if not _is_certificate(content):
        raise Untrusted("not a certificate: no hash tree with a signature")
    return RootedCertificate(content, root_key)


def _is_certificate(content: Any) -> bool:
    match content:
        case {"tree": tree, "signature": bytes()} if is_hash_tree(tree):
            delegation = content.get("delegation")
        case _:
            return False
    match delegation:
        case None | {"subnet_id": bytes(), "certificate": bytes()}:
            return True
    return False


def is_hash_tree(tree: Any) -> bool:
    """Whether a decoded value has the form of a hash tree of at most 128 levels, with digests of 32 bytes."""
    waiting = [(tree, 0)]
    while waiting:
        node, depth = waiting.pop()
        if depth > _LEVELS_MOST:
            return False
        match node:
            case [0] | [3, bytes()]:
                pass
            case [1, left, right]:
                waiting += [(left, depth + 1), (right, depth + 1)]
            case [2, bytes(), subtree]:
                waiting.append((subtree, depth + 1))
            case [4, bytes() as digest] if len(digest) == _DIGEST_BYTES:
                pass
            case _:
                return False
    return True


def verified_certificate(encoded: bytes, root_key: bytes, canister_id: bytes) -> RootedCertificate:
    """Decode a certificate and check it for `canister_id`. Raises Untrusted."""
    certificate = read_certificate(encoded, root_key)
    certificate.verify(canister_id)
    return certificate


def check_fresh(certificate: RootedCertificate) -> None:
    """Check that a certificate's time is within five minutes of ours. Raises Untrusted."""
    try:
        certificate.verify_cert_timestamp(MAX_CLOCK_SKEW_NS)
    except (ValueError, TypeError) as error:
        raise Untrusted(str(error)) from error


@lru_cache(maxsize=256)
def signature_holds(signature: bytes, message: bytes, public_key: bytes) -> bool:
    """Whether `signature` (G1, 48 bytes) of `message` is by `public_key` (G2, 96 bytes).

    Answers of one block share their signature, so the last ones are remembered.
    """
    try:
        point = BlstP1Element().uncompress(signature)
        key = BlstP2Element().uncompress(public_key)
        generator = BlstP2Element().uncompress(_G2)
    except ValueError:
        return False
    return bool(
        final_verify(miller_loop(point, generator), miller_loop(BlstP1Element.hash_to_group(message, _DOMAIN), key))
    )
