"""How a call runs at the index."""

from typing import Any

from index_canister import spawning
from vex_canister.answers import Steps
from vex_canister.incoming_call import IncomingCall
from vex_canister.operators import require_operator
from vex_canister.seeding import ensure_seeded
from vex_canister.token_memory import once
from vex_domain.refusals import Refusal


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
