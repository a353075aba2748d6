"""Randomness from `raw_rand`: a canister's secret for its hash tables, and fresh salts after each start."""

from typing import Any

from kybra import Principal

from vex_canister.answers import Steps, reply_of
from vex_canister.management_types import Management


def ensure_seeded(env: Any) -> Steps:
    """Await `raw_rand` unless this start of the canister has been seeded. Raises Unavailable.

    `env.seed(randomness)` keeps the first one as the secret in stable memory and opens the heap's indexes with it.
    """
    if not env.salts.seeded:
        randomness = yield from reply_of(Management(Principal(b"")).raw_rand(), "the management canister")
        env.seed(randomness)
