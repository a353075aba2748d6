"""What a replica is made of: its subnets, its seed and the time that it starts at."""

from dataclasses import dataclass
from enum import Enum

START_OF_TIME_NS = 1_620_328_630_000_000_000
"""The time (ns) at which a replica starts by default, and the earliest that it accepts (as PocketIC 10)."""


class SubnetKind(Enum):
    """Kinds of subnet as PocketIC names them, in the order in which canister ranges are handed out."""

    NNS = "NNS"
    SNS = "SNS"
    II = "II"
    FIDUCIARY = "Fiduciary"
    BITCOIN = "Bitcoin"
    SYSTEM = "System"
    APPLICATION = "Application"
    VERIFIED_APPLICATION = "VerifiedApplication"

    @property
    def is_free(self) -> bool:
        """Whether canisters on it pay nothing (NNS, II, Bitcoin and system subnets)."""
        return self in _FREE

    @property
    def nodes(self) -> int:
        """Nodes of such a subnet, as on the mainnet; 13 where it stands for none."""
        return _NODES.get(self, 13)


_NODES = {SubnetKind.NNS: 40, SubnetKind.SNS: 34, SubnetKind.II: 34, SubnetKind.FIDUCIARY: 34}
_FREE = {SubnetKind.NNS, SubnetKind.II, SubnetKind.BITCOIN, SubnetKind.SYSTEM}


@dataclass(frozen=True, slots=True)
class SubnetConfig:
    """One subnet to create. `subnet_id` is derived from the replica's seed when None."""

    kind: SubnetKind = SubnetKind.APPLICATION
    subnet_id: bytes | None = None
    benchmarking: bool = False
    """Messages may take 99,999,999,999,999 instructions, and pay them ahead (PocketIC's `Benchmarking`)."""


@dataclass(frozen=True, slots=True)
class ReplicaConfig:
    """A whole replica. The same config gives the same history."""

    subnets: tuple[SubnetConfig, ...] = (SubnetConfig(),)
    seed: bytes = b""
    """Source of subnet ids and `raw_rand`."""
    initial_time_ns: int = START_OF_TIME_NS
    ingress_bytes_limit: int = 2 * 1024 * 1024
    backtraces: bool = True
    """Whether traps tell where they happened, to those who may see the canister's log."""
    rate_limiting: bool = True
    """Whether costly installations make the next ones wait."""
    root_key: bytes = b""
    """DER of the public key that certificates are checked against, for `ic0.root_key_copy`."""
