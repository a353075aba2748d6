"""Which canister ids belong to which subnet: PocketIC 10's ranges, and the mainnet's for subnets that stand for one."""

from hashlib import sha224, sha256

from local_replica.config import ReplicaConfig, SubnetConfig, SubnetKind

_MAINNET = {
    SubnetKind.NNS: ((0x0, 0x6), (0x8, 0xFFFFF)),
    SubnetKind.SNS: ((0x2000000, 0x20FFFFF),),
    SubnetKind.II: ((0x7, 0x7), (0x2100000, 0x21FFFFF)),
    SubnetKind.FIDUCIARY: ((0x2300000, 0x23FFFFF),),
    SubnetKind.BITCOIN: ((0x1A00000, 0x1AFFFFF),),
}
_FIRST_TEST_RANGE = 0xFFFFFFFFFFE00000
CANISTERS_PER_RANGE = 1 << 20
ID_BYTES = 10
MAINNET_SUBNETS = 1024
"""Subnets that the mainnet may come to have, each with the ids of one range."""

Range = tuple[bytes, bytes]


def canister_id(number: int) -> bytes:
    """The id of a canister by its number: eight bytes, then 0101."""
    return number.to_bytes(8, "big") + b"\x01\x01"


def in_order(subnets: tuple[SubnetConfig, ...]) -> list[SubnetConfig]:
    """The subnets in the order in which PocketIC hands out ranges: by kind, then as configured."""
    kinds = list(SubnetKind)
    return sorted(subnets, key=lambda subnet: kinds.index(subnet.kind))


def test_range(place: int) -> Range:
    """The range from which the subnet at this place allocates ids."""
    start = _FIRST_TEST_RANGE - place * CANISTERS_PER_RANGE
    return canister_id(start), canister_id(start + CANISTERS_PER_RANGE - 1)


def is_test_id(principal: bytes) -> bool:
    """Whether an id lies where test environments allocate."""
    return principal[:1] == b"\xff"


def mainnet_ranges(kind: SubnetKind) -> tuple[Range, ...]:
    """Ranges that such a subnet has on the mainnet and keeps here."""
    return tuple((canister_id(start), canister_id(end)) for start, end in _MAINNET.get(kind, ()))


def mainnet_kind(canister: bytes) -> SubnetKind:
    """The kind of the subnet that has an id on the mainnet; application subnets for what no other kind has."""
    number = int.from_bytes(canister[:8], "big")
    for kind, ranges in _MAINNET.items():
        if any(first <= number <= last for first, last in ranges):
            return kind
    return SubnetKind.APPLICATION


def mainnet_range(canister: bytes) -> Range | None:
    """The range of the mainnet's subnet that has an id; None for an id that the mainnet cannot have."""
    number = int.from_bytes(canister[:8], "big")
    place = number // CANISTERS_PER_RANGE
    if len(canister) != ID_BYTES or place >= MAINNET_SUBNETS:
        return None
    first = place * CANISTERS_PER_RANGE
    return canister_id(first), canister_id(first + CANISTERS_PER_RANGE - 1)


def subnet_seed(config: ReplicaConfig, place: int) -> bytes:
    """32 bytes that identify a subnet, and nothing but the config decides them."""
    return sha256(b"subnet" + place.to_bytes(4, "big") + config.seed).digest()


def derived_subnet_id(seed: bytes) -> bytes:
    """A self-authenticating principal for a subnet whose key nobody holds."""
    return sha224(b"key of " + seed).digest() + b"\x02"
