"""A state directory is opened as it was left, or refused with a reason; then others may have it."""

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from local_replica.config import ReplicaConfig, SubnetConfig, SubnetKind
from local_replica.node import open_stored
from local_replica.store import StoreError, Unreadable
from support.replicas import EXECUTOR, created, installed
from support.small_modules import COUNTER

PLAIN = ReplicaConfig()
TWO_SUBNETS = ReplicaConfig((SubnetConfig(SubnetKind.NNS), SubnetConfig()))
ANOTHER_KIND = ReplicaConfig((SubnetConfig(SubnetKind.SYSTEM), SubnetConfig(SubnetKind.SYSTEM)))


def fill(directory: Path) -> None:
    """Leave the state of two canisters."""
    chain = open_stored(directory, PLAIN, EXECUTOR)
    installed(chain.replica, COUNTER)
    created(chain.replica)
    chain.store([chain.run_block()])
    chain.close()


@pytest.mark.parametrize("config", [TWO_SUBNETS, ANOTHER_KIND])
def test_state_of_other_subnets_is_refused_and_left_to_others(tmp_path: Path, config: ReplicaConfig) -> None:
    fill(tmp_path)
    with pytest.raises(Unreadable, match="no state of this network"):
        open_stored(tmp_path, config, EXECUTOR)
    chain = open_stored(tmp_path, PLAIN, EXECUTOR)
    assert sum(len(subnet.canisters) for subnet in chain.replica.subnets.values()) == 2
    chain.close()


@pytest.fixture(scope="module")
def filled(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, bytes]:
    directory = tmp_path_factory.mktemp("state")
    fill(directory)
    return directory, (directory / "state.sqlite3").read_bytes()


@settings(max_examples=60, deadline=None)
@given(
    st.integers(0, 1 << 20), st.sampled_from([1, 100, 8192, 1 << 20]), st.binary(max_size=3), st.sampled_from([1, 2000])
)
def test_damaged_state_is_loaded_or_refused_with_a_reason(
    filled: tuple[Path, bytes], where: int, lost: int, put: bytes, times: int
) -> None:
    directory, content = filled
    start = where % len(content)
    (directory / "state.sqlite3").write_bytes(content[:start] + put * times + content[start + lost :])
    for _ in range(2):
        try:
            open_stored(directory, PLAIN, EXECUTOR).close()
        except StoreError as refusal:
            told = str(refusal)
        else:
            told = str(directory)
        assert told.startswith(str(directory))
