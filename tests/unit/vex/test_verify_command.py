"""`vex verify` ends with one line that says what was wrong."""

from pathlib import Path

import pytest
from icp_identity.identity import Identity
from typer.testing import CliRunner

from vex.cli import app


@pytest.fixture
def key(tmp_path: Path) -> Path:
    file = tmp_path / "key.pem"
    pem = Identity().to_pem()
    file.write_bytes(pem if isinstance(pem, bytes) else pem.encode())
    return file


@pytest.mark.parametrize(
    ("changed", "words"),
    [
        ({"--key": "missing.pem"}, "No such file"),
        ({"--key": __file__}, "no private key"),
        ({"--index": "not-an-id"}, "no canister id"),
        ({}, "Cannot connect"),
    ],
)
def test_what_cannot_be_verified_is_said_in_one_line(key: Path, changed: dict[str, str], words: str) -> None:
    given = {"--url": "http://127.0.0.1:9", "--index": "aaaaa-aa", "--organisation": "1", "--key": str(key), **changed}
    result = CliRunner().invoke(app, ["verify", *[part for pair in given.items() for part in pair]])
    assert result.exit_code == 1
    assert "Not verified" in result.output
    assert words in " ".join(result.output.split())
