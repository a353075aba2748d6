"""What an operator uploads for each canister of the product."""

from pathlib import Path

import pytest

from canister_runtime.image.build import build_canister

CANISTERS = Path(__file__).parents[2] / "canisters"


@pytest.mark.parametrize("canister", ["index", "shard", "users"])
def test_a_module_takes_at_most_three_megabytes_gzipped(canister: str) -> None:
    assert len(build_canister(CANISTERS / canister).gzipped) <= 3_000_000
