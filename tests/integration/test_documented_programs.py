"""The program in docs/reference/operating.md does what the page says, on a network of its own."""

import re
import subprocess
import sys
from pathlib import Path

import pytest

from canister_runtime.image.build import build_canister
from support.http_client import serving

ROOT = Path(__file__).parents[2]

pytestmark = pytest.mark.slow


def test_the_operating_page_deploys_and_makes_an_organisation(tmp_path: Path) -> None:
    page = (ROOT / "docs" / "reference" / "operating.md").read_text()
    [program] = re.findall(r"```python\n(.*?)```", page, re.DOTALL)
    (tmp_path / "build").mkdir()
    for name in ("index", "shard", "users"):
        (tmp_path / "build" / f"{name}.wasm.gz").write_bytes(build_canister(ROOT / "canisters" / name).gzipped)
    with serving() as server:
        there = program.replace("http://127.0.0.1:4943", server.url)
        assert there != program
        ran = [sys.executable, "-c", there]
        done = subprocess.run(ran, cwd=tmp_path, capture_output=True, text=True, timeout=200, check=False)
    assert done.returncode == 0, done.stderr
    assert done.stdout.splitlines()[-1] == "organisation 1"
