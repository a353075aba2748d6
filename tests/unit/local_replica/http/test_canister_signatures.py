"""Canister signatures: certified by the canister's subnet for this seed and this message, or refused."""

import hashlib
from collections.abc import Callable
from dataclasses import dataclass, field

import cbor2
import pytest

from local_replica.certification import CanisterFacts, StateCertifier, SubnetKeys, label_map
from local_replica.certification.hash_tree import Labeled, Leaf, Node, Pruned
from local_replica.http.canister_signatures import CanisterKey, NotSigned
from local_replica.http.public_keys import SignatureRefused, verifier
from support.canister_signatures import canister_key

CANISTER = b"\0\0\0\0\0\0\0\1\1\1"
NEIGHBOUR = b"\0\0\0\0\0\0\0\2\1\1"
ELSEWHERE = b"\0\0\0\0\0\0\x02\1\1\1"
MESSAGE = b"\x0aic-request" + bytes(32)
SEED = b"alice"
TIME = 1_700_000_000 * 10**9


def sha(content: bytes) -> bytes:
    return hashlib.sha256(content).digest()


def signatures(*signed: tuple[bytes, bytes]) -> Node:
    """What a canister has signed: messages by seed."""
    by_seed = {sha(seed): Labeled(sha(message), Leaf(b"")) for seed, message in signed}
    return Labeled(b"sig", label_map.from_entries(dict(by_seed)))


@dataclass
class Network:
    """A root subnet and one beneath it, where CANISTER lives."""

    root: SubnetKeys = field(default_factory=lambda: SubnetKeys(b"r" * 32, 1))
    own: SubnetKeys = field(default_factory=lambda: SubnetKeys(b"o" * 32, 1))

    def certificate(
        self, canister: bytes, data: bytes, *, ranges: tuple[bytes, bytes] = (CANISTER, NEIGHBOUR)
    ) -> bytes:
        subnets = {
            self.root.subnet_id: (self.root, ((ELSEWHERE, ELSEWHERE),)),
            self.own.subnet_id: (self.own, (ranges,)),
        }
        certifier = StateCertifier(subnets, self.root.subnet_id)
        certifier.tree(self.own.subnet_id).set_canister(canister, CanisterFacts((), bytes(32), data))
        certifier.seal(TIME)
        return certifier.data_certificate(self.own.subnet_id, canister)

    def sign(self, tree: Node, *, shown: Node | None = None, canister: bytes = CANISTER) -> bytes:
        certificate = self.certificate(canister, tree.digest)
        return cbor2.dumps({"certificate": certificate, "tree": (shown or tree).encoded()})

    def accepts(self, signature: bytes, *, key: bytes | None = None, message: bytes = MESSAGE) -> bool:
        try:
            verifier(key or canister_key(CANISTER, SEED), self.root.public_key_der)(signature, message)
        except SignatureRefused:
            return False
        return True


NETWORK = Network()


def test_what_the_canister_certified_is_believed() -> None:
    assert NETWORK.accepts(NETWORK.sign(signatures((SEED, MESSAGE), (b"bob", b"other"))))


def test_a_self_describing_tag_may_stand_in_front() -> None:
    assert NETWORK.accepts(bytes.fromhex("d9d9f7") + NETWORK.sign(signatures((SEED, MESSAGE))))


REFUSED: dict[str, Callable[[], bytes]] = {
    "another message": lambda: NETWORK.sign(signatures((SEED, b"another"))),
    "another seed": lambda: NETWORK.sign(signatures((b"bob", MESSAGE))),
    "another canister": lambda: NETWORK.sign(signatures((SEED, MESSAGE)), canister=NEIGHBOUR),
    "a tree that was not certified": lambda: NETWORK.sign(
        signatures((SEED, b"another")), shown=signatures((SEED, MESSAGE))
    ),
    "a pruned tree": lambda: NETWORK.sign(
        signatures((SEED, MESSAGE)), shown=Pruned(signatures((SEED, MESSAGE)).digest)
    ),
    "a leaf that is not empty": lambda: NETWORK.sign(
        Labeled(b"sig", Labeled(sha(SEED), Labeled(sha(MESSAGE), Leaf(b"x"))))
    ),
    "another network": lambda: Network(root=SubnetKeys(b"x" * 32, 1)).sign(signatures((SEED, MESSAGE))),
    "a canister of no subnet": lambda: cbor2.dumps(
        {
            "certificate": NETWORK.certificate(
                CANISTER, signatures((SEED, MESSAGE)).digest, ranges=(NEIGHBOUR, NEIGHBOUR)
            ),
            "tree": signatures((SEED, MESSAGE)).encoded(),
        }
    ),
    "nothing": lambda: b"",
    "no CBOR": lambda: b"\xff",
    "a list": lambda: cbor2.dumps([1, 2]),
    "no tree": lambda: cbor2.dumps({"certificate": b""}),
    "no certificate": lambda: cbor2.dumps({"tree": [0]}),
    "a certificate of nothing": lambda: cbor2.dumps({"certificate": b"", "tree": [0]}),
    "a deep tree": lambda: b"\xa2\x64tree" + b"\x83\x02\x41a" * 5_000 + b"\x81\x00\x6bcertificate\x40",
}


@pytest.mark.parametrize("name", REFUSED)
def test_what_the_canister_did_not_certify_is_refused(name: str) -> None:
    assert not NETWORK.accepts(REFUSED[name]())


def test_every_flipped_bit_of_a_certificate_is_noticed() -> None:
    fields = cbor2.loads(NETWORK.sign(signatures((SEED, MESSAGE))))
    certificate = fields["certificate"]
    for position in range(3, len(certificate), 11):
        changed = certificate[:position] + bytes([certificate[position] ^ 1]) + certificate[position + 1 :]
        assert not NETWORK.accepts(cbor2.dumps({**fields, "certificate": changed}))


def test_a_key_names_canister_and_seed() -> None:
    assert CanisterKey.of(canister_key(CANISTER, b"s" * 300)) == CanisterKey(CANISTER, b"s" * 300)
    assert CanisterKey.of(canister_key(CANISTER, b"")) == CanisterKey(CANISTER, b"")


@pytest.mark.parametrize("cut", range(1, 30))
def test_a_cut_key_is_refused(cut: int) -> None:
    with pytest.raises(NotSigned):
        CanisterKey.of(canister_key(CANISTER, b"seed")[:-cut])


def test_a_key_with_something_behind_it_is_refused() -> None:
    with pytest.raises(NotSigned):
        CanisterKey.of(canister_key(CANISTER, b"seed") + b"\0")
