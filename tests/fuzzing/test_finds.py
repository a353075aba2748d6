"""What fuzzing found once is read without harm ever after; and a short run finds nothing new."""

import subprocess
import sys
from pathlib import Path

import pytest

from fuzzing.seeds import SEEDS
from fuzzing.targets import INSTRUMENTED, TARGETS

TESTS = Path(__file__).parents[1]
FINDS = TESTS / "fixtures" / "fuzzing"
SHORT_RUN = 500
UNBOUNDED = "-rss_limit_mb=0"
"""libFuzzer asks getrusage, whose peak a process has from the one that started it: this run's, not its own."""


def test_every_target_says_what_guides_it() -> None:
    assert set(INSTRUMENTED) == set(TARGETS) == set(SEEDS)


@pytest.mark.parametrize("name", TARGETS)
def test_former_finds_do_no_harm(name: str) -> None:
    run = TARGETS[name]()
    for find in [b"", *(path.read_bytes() for path in sorted((FINDS / name).glob("*")))]:
        run(find)


@pytest.mark.slow
@pytest.mark.parametrize("name", TARGETS)
def test_a_short_run_finds_nothing(name: str, tmp_path: Path) -> None:
    options = [
        f"-runs={SHORT_RUN}",
        "-seed=1",
        UNBOUNDED,
        "-malloc_limit_mb=2048",
        f"-artifact_prefix={tmp_path}/find-",
    ]
    command = [sys.executable, "-m", "fuzzing.run", name, str(tmp_path / "corpus"), *options]
    ended = subprocess.run(command, cwd=TESTS, capture_output=True, text=True, check=False)
    assert ended.returncode == 0, ended.stderr[-4_000:]
