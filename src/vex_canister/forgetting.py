"""Forgetting cached grants when `users` says that they have changed."""

from collections.abc import Sequence
from typing import Any

from kybra import Principal

from vex_domain.refusals import Forbidden, Invalid

CHANGES_AT_ONCE = 1_000


def forget_grants(env: Any, caller: Principal, changes: Sequence[dict[str, Any]]) -> None:
    """Forget what was cached before these changes. Callers: users. Raises Forbidden, Invalid."""
    if not env.users or caller.bytes != env.users:
        raise Forbidden("fleet.users")
    if len(changes) > CHANGES_AT_ONCE:
        raise Invalid("changes", "are more than " + str(CHANGES_AT_ONCE))
    now = env.now()
    for change in changes:
        env.grants.raise_floor(change["subject"].bytes, change["organisation"], change["epoch"], now)
