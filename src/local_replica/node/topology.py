"""How a replica tells what it is made of, as PocketIC's topology."""

import base64
import hashlib

from candid.principal import to_text
from local_replica.node.chain import Chain


def describe(chain: Chain) -> dict[str, object]:
    """Return the topology as PocketIC's `read/topology` and `/_/topology` give it."""
    subnets = {}
    for configured in chain.config.subnets:
        subnet_id = configured.subnet_id or b""
        ranges = chain.replica.subnets[subnet_id].ranges
        subnets[to_text(subnet_id)] = {
            "subnet_kind": configured.kind.value,
            "subnet_seed": list(hashlib.sha256(subnet_id).digest()),
            "instruction_config": "Benchmarking" if configured.benchmarking else "Production",
            "canister_ranges": [{"start": _canister(first), "end": _canister(last)} for first, last in ranges],
        }
    default = _canister(chain.replica.default_effective_canister_id())
    return {"subnet_configs": subnets, "default_effective_canister_id": default}


def _canister(canister_id: bytes) -> dict[str, str]:
    return {"canister_id": in_base64(canister_id)}


def in_base64(raw: bytes) -> str:
    """Bytes as they stand in JSON."""
    return base64.b64encode(raw).decode()
