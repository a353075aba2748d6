"""Who operates the platform, which canister is the index, which are shards."""

from typing import Any

from kybra import Principal

from vex_canister.operators import operators_from, require_operator
from vex_domain.refusals import Forbidden, Invalid

LIFETIME_MOST = 3_600_000_000_000


def require_index(env: Any, caller: bytes) -> None:
    """Raises Forbidden unless the caller is the index."""
    if not caller or caller != env.settings["index"]:
        raise Forbidden("fleet.index")


def configure(env: Any, caller: bytes, request: dict[str, Any]) -> dict[str, Any]:
    """Change what the request names; the record `UsersSettingsView`. Raises Forbidden, Invalid."""
    require_operator(env, caller)
    changed: dict[str, Any] = {}
    if request["index"] is not None:
        changed["index"] = request["index"].bytes
    if request["operators"] is not None:
        changed["operators"] = operators_from(request["operators"])
    if request["grant_lifetime"] is not None:
        if not 0 < request["grant_lifetime"] <= LIFETIME_MOST:
            raise Invalid("grant_lifetime", "is not in 1 ns..1 h")
        changed["grant_lifetime"] = request["grant_lifetime"]
    env.change_settings(changed)
    return settings_view(env, caller)


def settings_view(env: Any, caller: bytes) -> dict[str, Any]:
    """The record `UsersSettingsView`. Raises Forbidden."""
    require_operator(env, caller)
    index = env.settings["index"]
    return {
        "index": Principal(index) if index else None,
        "operators": [Principal(operator) for operator in env.settings["operators"]],
        "grant_lifetime": env.settings["grant_lifetime"],
        "epoch": env.epoch,
        "people": env.stores.people.len(),
        "organisations": env.stores.organisations.len(),
        "shards": len(env.shards),
    }


def register_shard(env: Any, caller: bytes, shard: bytes) -> None:
    """From now on the shard may ask for grants; the same again changes nothing. Raises Forbidden."""
    require_index(env, caller)
    if shard not in env.shards:
        number = len(env.shards)
        env.stores.shards.insert(number, {"canister": shard})
        env.shards[shard] = number
