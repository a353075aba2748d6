"""Keys and ids of a replica's subnets, all from its seed."""

import hashlib
from dataclasses import replace

from local_replica.certification import SubnetKeys
from local_replica.config import ReplicaConfig, SubnetKind


def with_keys(config: ReplicaConfig) -> tuple[ReplicaConfig, dict[bytes, SubnetKeys]]:
    """Give every subnet of `config` keys and the id that belongs to them; returns the keys by id."""
    keys = {}
    subnets = []
    for index, subnet in enumerate(config.subnets):
        made = keys_of(config, index, subnet.kind)
        keys[made.subnet_id] = made
        subnets.append(replace(subnet, subnet_id=made.subnet_id))
    return replace(config, subnets=tuple(subnets)), keys


def keys_of(config: ReplicaConfig, index: int, kind: SubnetKind) -> SubnetKeys:
    """The keys of the subnet at this place of the configuration."""
    seed = hashlib.sha256(b"subnet" + index.to_bytes(4) + kind.value.encode() + config.seed).digest()
    return SubnetKeys(seed, kind.nodes)


def root_of(config: ReplicaConfig) -> bytes:
    """The subnet that all trust starts from: the NNS, or without one the first."""
    kinds = [subnet.kind for subnet in config.subnets]
    index = kinds.index(SubnetKind.NNS) if SubnetKind.NNS in kinds else 0
    return config.subnets[index].subnet_id or b""
