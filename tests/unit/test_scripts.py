"""Each script says what it is for when asked, and does nothing else then."""

import subprocess
from pathlib import Path

import pytest

SCRIPTS = Path(__file__).parents[2] / "scripts"
TOLD_BY_PYTHON = {"bench", "demo", "profile"}
"""Their programs have options, and help that names them."""


@pytest.mark.parametrize("name", sorted({script.name for script in SCRIPTS.iterdir()} - TOLD_BY_PYTHON))
def test_help_is_the_scripts_own_beginning(name: str, tmp_path: Path) -> None:
    told = subprocess.run(
        [SCRIPTS / name, "--help"], cwd=tmp_path, capture_output=True, text=True, timeout=10, check=True
    )
    comment = [line.removeprefix("# ") for line in (SCRIPTS / name).read_text().splitlines()[1:] if line[:2] == "# "]
    assert told.stdout.splitlines()
    assert told.stdout.splitlines() == comment[: len(told.stdout.splitlines())]
    assert told.stderr == ""
