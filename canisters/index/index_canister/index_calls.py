"""How a call runs at the index."""

from typing import Any

from index_canister import spawning
from index_canister.index_env import OPEN
from vex_canister.answers import Steps
from vex_canister.incoming_call import IncomingCall
from vex_canister.operators import require_operator
from vex_canister.seeding import ensure_seeded
from vex_canister.token_memory import once
from vex_domain.refusals import NotFound, Refusal


def passed_on(steps: Steps) -> Steps:
    """A shard's answer as it came; a refusal of the index's own as `Err`."""
    try:
        answer = yield from steps
    except Refusal as refusal:
        return {"Err": refusal.as_record()}
    return answer


def spawn_shard(env: Any, call: IncomingCall, request: dict[str, Any]) -> Steps:
    """The number of a shard whose spawning begins. Raises Forbidden, Unavailable."""
    require_operator(env, call.caller.bytes)
    yield from ensure_seeded(env)
    numbers = once(env.tokens, env.now(), call, request, lambda: [spawning.start(env)])
    return numbers[0]


def upgrade_shard(env: Any, call: IncomingCall, request: dict[str, Any]) -> Steps:
    """Upgrade a shard to the module that is set. Raises Forbidden, NotFound, Unavailable."""
    require_operator(env, call.caller.bytes)
    yield from ensure_seeded(env)
    numbers = once(env.tokens, env.now(), call, request, lambda: [_open_shard(env, request["shard"])])
    yield from spawning.upgrade(env, numbers[0])


def _open_shard(env: Any, number: int) -> int:
    shard = env.stores.shards.get(number)
    if shard is None or shard["step"] != OPEN:
        raise NotFound("shard")
    return number
