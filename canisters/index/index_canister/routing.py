"""Which shard holds a ticket id."""

from typing import Any

from index_canister.placing import shard_place
from vex_domain.hash_tree import encode_tree


def route(env: Any, request: dict[str, Any]) -> dict[str, Any]:
    """The record `RouteTarget`. Raises NotFound, Moved."""
    env.routes.check_epoch(request["epoch"])
    part = env.routes.find(request["ticket"])
    return {"place": shard_place(env, part.shard), "epoch": env.routes.epoch}


def table(env: Any, certificate: bytes | None) -> dict[str, Any]:
    """The record `RoutingTable`."""
    return {
        "epoch": env.routes.epoch,
        "ranges": [shard_place(env, part.shard) for part in env.routes],
        "hash": env.routes_hash,
        "certificate": certificate,
        "witness": encode_tree(env.routes_witness()),
    }
