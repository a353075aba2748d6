"""BLS12-381 as the IC signs state roots: signatures in G1, public keys in G2."""

import hashlib

from pyblst import BlstP1Element, BlstP2Element, final_verify, miller_loop

DOMAIN_SEPARATION_TAG = b"BLS_SIG_BLS12381G1_XMD:SHA-256_SSWU_RO_NUL_"
DER_PREFIX = bytes.fromhex("308182301d060d2b0601040182dc7c0503010201060c2b0601040182dc7c05030201036100")

_GROUP_ORDER = 0x73EDA753299D7D483339D80809A1D80553BDA402FFFE5BFEFFFFFFFF00000001
_G2_GENERATOR = BlstP2Element.uncompress(
    bytes.fromhex(
        "93e02b6052719f607dacd3a088274f65596bd0d09920b61ab5da61bbdc7f5049334cf11213945d57e5ac7d055d042b7e"
        "024aa2b2f08f0a91260805272dc51051c6e47ad4fa403b02b4510b647ae3d1770bac0326a805bbefd48056c8c121bdb8"
    )
)


class BlsKey:
    """A secret key, made from a seed of any length; equal seeds give equal keys."""

    def __init__(self, seed: bytes) -> None:
        self._scalar = int.from_bytes(hashlib.sha512(b"\x0elocal-replica:bls" + seed).digest()) % _GROUP_ORDER
        self.public_key_der = DER_PREFIX + _G2_GENERATOR.scalar_mul(self._scalar).compress()

    def sign(self, message: bytes) -> bytes:
        """Sign `message`; returns the 48 bytes of a compressed point of G1."""
        return bytes(BlstP1Element.hash_to_group(message, DOMAIN_SEPARATION_TAG).scalar_mul(self._scalar).compress())


def is_public_key(der: bytes) -> bool:
    """Tell whether bytes have the form of a DER public key (133 bytes); what point it stands for is not looked at."""
    return len(der) == len(DER_PREFIX) + 96 and der.startswith(DER_PREFIX)


def verify(signature: bytes, message: bytes, public_key_der: bytes) -> bool:
    """Tell whether `signature` (48 bytes) over `message` was made by the owner of a DER public key (133 bytes)."""
    if len(signature) != 48 or not is_public_key(public_key_der):
        return False
    try:
        point = BlstP1Element.uncompress(signature)
        public_key = BlstP2Element.uncompress(public_key_der[len(DER_PREFIX) :])
    except ValueError:
        return False
    hashed = BlstP1Element.hash_to_group(message, DOMAIN_SEPARATION_TAG)
    return bool(final_verify(miller_loop(point, _G2_GENERATOR), miller_loop(hashed, public_key)))
