"""How calls about a person or an organisation run: await who the caller is, then one slice."""

from collections.abc import Callable
from typing import Any

from shard_canister.privacy import person_export
from shard_canister.shard_calls import Ask, access_to, grants_in
from vex_canister.answers import Steps
from vex_canister.incoming_call import IncomingCall
from vex_domain.permissions import PRIVACY_EXPORT


def about_organisation(
    env: Any,
    call: IncomingCall,
    ask: Ask,
    request: dict[str, Any],
    operation: Callable[[Any, Any, dict[str, Any]], Any],
) -> Steps:
    """What an operation answers to a request that names an organisation. Raises NotFound and what it raises."""
    access = yield from access_to(env, call, ask, request["organisation"])
    return operation(env, access, request)


def export(env: Any, call: IncomingCall, ask: Ask, request: dict[str, Any]) -> Steps:
    """The record `ExportPage`; to an API key only with the scope `privacy.export`. Raises Forbidden besides."""
    cached = yield from grants_in(env, call, ask, request["organisation"])
    if cached.updates_per_minute is not None:
        cached.access.require(PRIVACY_EXPORT)
    return person_export.page(env, cached.access, request)
