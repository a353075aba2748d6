"""Threshold keys (ECDSA, Schnorr, vetKD): no subnet of a local replica holds one, so calls are not even routed."""

from typing import Any, NoReturn

from local_replica.management.rejections import NotRouted
from local_replica.management.request import ManagementCall
from local_replica.printing import debugged

_SCHEMES = {
    "secp256k1": "ecdsa:Secp256k1",
    "bip340secp256k1": "schnorr:Bip340Secp256k1",
    "ed25519": "schnorr:Ed25519",
    "bls12_381_g2": "vetkd:Bls12_381_G2",
}


def public_key(call: ManagementCall) -> NoReturn:
    """`ecdsa_public_key`, `schnorr_public_key`, `vetkd_public_key`. Raises NotRouted."""
    raise _unknown(call, "Requested unknown threshold key: {}, existing keys: []")


def sign(call: ManagementCall) -> NoReturn:
    """`sign_with_ecdsa`, `sign_with_schnorr`, `vetkd_derive_key`. Raises NotRouted."""
    raise _unknown(call, "Requested unknown or disabled threshold key: {}, existing enabled keys: []")


def _unknown(call: ManagementCall, wording: str) -> NotRouted:
    text = wording.format(_name(call.argument["key_id"]))
    return NotRouted(call.call.method, f"ChainKeyError({debugged(text)})")


def _name(key: dict[str, Any]) -> str:
    scheme = next(iter(key.get("curve") or key["algorithm"]))
    return f"{_SCHEMES[scheme]}:{key['name']}"
