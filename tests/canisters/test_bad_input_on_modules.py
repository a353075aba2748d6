"""The table of bad input on real modules: the same numbers, and the shard's chain, counts and fleet as before."""

from typing import Any

import pytest
from pocket_ic import PocketIC

from local_replica.pytest_plugin import deployed_once
from support.bad_input import CASES, Case, canister
from support.desk import Desk
from support.platform import OPERATOR, code
from support.pocket_platform import PocketPlatform


@deployed_once
def desk(pic: PocketIC) -> Desk:
    """Two organisations with their people, one shard, one ticket."""
    return Desk(PocketPlatform(pic))


def counted(desk: Desk) -> Any:
    """What a refused call must leave as it was, as far as the canisters show it."""
    platform = desk.platform
    return (
        desk.shard.query("audit_head") | {"certificate": None},
        platform.users.query("get_settings", caller=OPERATOR),
        platform.index.query("get_settings", caller=OPERATOR),
        platform.index.query("list_shards", caller=OPERATOR),
    )


@pytest.mark.parametrize("method", sorted({case[:2] for case in CASES}), ids="-".join)
def test_bad_input_gets_its_number_and_changes_nothing(desk: Desk, method: tuple[str, str]) -> None:
    cases: list[Case] = [case for case in CASES if case[:2] == method]
    before = counted(desk)
    for place, name, _, request, caller, expected in cases:
        assert code(canister(desk, place).update(name, request(desk), caller=caller)) == expected
    assert counted(desk) == before
