"""The adapter that checks certificates for icp-py-core: what is signed passes, anything else is Untrusted."""

import cbor2
import pytest

from local_replica.certification import CanisterFacts, StateCertifier, SubnetKeys
from vex.certificates import signature_holds, verified_certificate
from vex.errors import Untrusted

SUBNET = SubnetKeys(b"only", node_count=1)
CANISTER = bytes(8) + b"\1\1"
RANGES = ((CANISTER, bytes(7) + b"\xff\1\1"),)
CONTROLLERS = (b"canister", CANISTER, b"controllers")


@pytest.fixture
def encoded() -> bytes:
    certifier = StateCertifier({SUBNET.subnet_id: (SUBNET, RANGES)}, SUBNET.subnet_id)
    certifier.tree(SUBNET.subnet_id).set_canister(CANISTER, CanisterFacts((b"\4",)))
    certifier.seal(1_700_000_000_000_000_000)
    return certifier.certificate(SUBNET.subnet_id, [CONTROLLERS])


def test_what_the_root_signed_is_trusted(encoded: bytes) -> None:
    certificate = verified_certificate(encoded, SUBNET.public_key_der, CANISTER)
    assert cbor2.loads(certificate.lookup(CONTROLLERS)) == [b"\4"]


def test_one_flipped_bit_anywhere_is_not(encoded: bytes) -> None:
    for position in range(3, len(encoded)):
        changed = encoded[:position] + bytes([encoded[position] ^ 0x10]) + encoded[position + 1 :]
        with pytest.raises(Untrusted):
            verified_certificate(changed, SUBNET.public_key_der, CANISTER)


@pytest.mark.parametrize(
    "other",
    [
        {"signature": 1 << 40},
        {"signature": None},
        {"tree": [3, 1 << 40]},
        {"delegation": 1},
        {"delegation": {"subnet_id": b"", "certificate": 1 << 40}},
    ],
    ids=str,
)
def test_parts_of_other_types_are_not(encoded: bytes, other: dict[str, object]) -> None:
    with pytest.raises(Untrusted):
        verified_certificate(cbor2.dumps({**cbor2.loads(encoded), **other}), SUBNET.public_key_der, CANISTER)


def test_another_root_key_is_not(encoded: bytes) -> None:
    with pytest.raises(Untrusted):
        verified_certificate(encoded, SubnetKeys(b"other").public_key_der, CANISTER)


@pytest.mark.parametrize("signature", [b"", bytes(48), b"\xff" * 48])
def test_what_is_no_point_of_the_curve_is_no_signature(signature: bytes) -> None:
    assert not signature_holds(signature, b"message", SUBNET.public_key_der[-96:])
