"""Platform operators: who they are and what only they may do."""

from typing import Any

from vex_canister.incoming_call import ANONYMOUS
from vex_domain.refusals import Forbidden, Invalid

OPERATORS_MOST = 16


def require_operator(env: Any, caller: bytes) -> None:
    """Raises Forbidden unless the caller operates the platform."""
    if caller not in env.settings["operators"]:
        raise Forbidden("platform.operate")


def operators_from(principals: list[Any]) -> list[bytes]:
    """Operators as bytes: 1-16, none anonymous. Raises Invalid."""
    operators = [principal.bytes for principal in principals]
    if not 0 < len(operators) <= OPERATORS_MOST or ANONYMOUS in operators:
        raise Invalid("operators", "are none, anonymous or more than " + str(OPERATORS_MOST))
    return operators
