"""Kybra's own canisters: they pass the check, and their .did is the one that Kybra wrote."""

from pathlib import Path

import pytest

from canister_runtime.source.did import did_text
from canister_runtime.source.reading import read_canister

FIXTURES = Path(__file__).parents[3] / "fixtures"
RECORDED = sorted(
    path for folder in ("kybra-transcripts", "kybra-stable-memory") for path in (FIXTURES / folder).rglob("*.did")
)


@pytest.mark.parametrize("did", RECORDED, ids=lambda path: path.stem)
def test_the_interface_is_kybras_to_the_letter(did: Path) -> None:
    reading = read_canister(did.parent)

    assert reading.problems == ()
    assert reading.model is not None
    assert did_text(reading.model) == did.read_text()


def test_there_are_recordings() -> None:
    assert len(RECORDED) == 8
