"""The demo is a promise: on real modules, over HTTP, with state on disk, everything it claims comes out."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from canister_runtime.image.build import build_canister

ROOT = Path(__file__).parents[2]

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def figures(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    modules = tmp_path_factory.mktemp("modules")
    for name in ("index", "shard", "users"):
        (modules / f"{name}.wasm.gz").write_bytes(build_canister(ROOT / "canisters" / name).gzipped)
    command = [sys.executable, "-m", "vex.cli", "demo", "--json", f"--modules={modules}"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=600, check=False)
    assert done.returncode == 0, done.stderr[-3000:]
    told: dict[str, Any] = json.loads(done.stdout)
    return told


def test_every_ticket_of_the_sample_is_imported_and_listed_again(figures: dict[str, Any]) -> None:
    assert figures["tickets"] == figures["tickets_listed"] == figures["tickets_counted"] == 1200
    assert sum(figures["tickets_per_shard"]) == 1200
    assert (figures["organisations"], figures["people"]) == (8, 240)


def test_tickets_come_through_the_index_and_directly(figures: dict[str, Any]) -> None:
    assert 0 < figures["through_index"] < figures["tickets"]
    assert figures["in_flight"] >= 16


def test_the_index_spawns_at_least_four_shards_as_ranges_fill(figures: dict[str, Any]) -> None:
    assert figures["shards"] >= 4


def test_roles_refuse_what_they_must(figures: dict[str, Any]) -> None:
    assert figures["unexpected"] == []
    assert figures["refusals"] == 9


def test_a_shard_is_upgraded_and_survives_it(figures: dict[str, Any]) -> None:
    assert figures["upgrade_instructions"] > 0
    assert figures["upgrade_survived"]


def test_attachments_are_counted_and_reported_as_skipped(figures: dict[str, Any]) -> None:
    assert figures["skipped_attachments"] == 389


def test_what_a_ticket_costs_is_told(figures: dict[str, Any]) -> None:
    assert figures["create_ticket_instructions"] > 0
    assert figures["create_ticket_ms"] > 0
