"""The published JavaScript client of PocketIC (npm's `@dfinity/pic`) against $POCKET_IC_BIN, from creation to live."""

import json
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from support.motoko import FOREIGN, from_motoko, needs_node
from support.rest_client import RestServer

URL = "https://example.com/list?page=1"


@pytest.fixture(scope="module")
def seen(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, Any]]:
    """What the client saw in one run."""
    needs_node()
    directory = tmp_path_factory.mktemp("pic")
    modules: list[Path] = []
    for name in ("Counter", "Fetcher"):
        path = directory / f"{name}.wasm"
        path.write_bytes(from_motoko(name).module)
        modules.append(path)
    server = RestServer(tmp_path_factory.mktemp("server"))
    try:
        command = ["node", "pic.mjs", str(server.http.base_url).rstrip("/"), *modules]
        ran = subprocess.run(command, cwd=FOREIGN, capture_output=True, text=True, timeout=120, check=False)
        assert ran.returncode == 0, ran.stderr
        yield json.loads(ran.stdout)
    finally:
        server.close()


def test_subnets_are_as_asked_for(seen: dict[str, Any]) -> None:
    assert seen["topology"] == ["Application", "Application", "NNS"]
    assert (seen["rootKeyBytes"], seen["subnetIsTheOneAskedFor"]) == (133, True)


def test_canisters_are_called_upgraded_and_looked_after(seen: dict[str, Any]) -> None:
    assert (seen["counted"], seen["refused"], seen["whoami"], seen["keptOverUpgrade"]) == ([1, 2, 2], True, True, 2)
    assert (seen["controllers"], seen["added"], seen["status"]) == (["2vxsx-fae"], 1000, "running")


def test_time_is_set_and_moves(seen: dict[str, Any]) -> None:
    assert seen["time"] == "2026-01-01T00:00:05"


def test_stable_memory_is_written_and_read(seen: dict[str, Any]) -> None:
    assert seen["stable"] == "remember"


def test_outcalls_wait_and_are_answered_through_the_transform(seen: dict[str, Any]) -> None:
    assert seen["pending"] == {
        "method": "POST",
        "url": URL,
        "headers": [["x-from", "fetcher"]],
        "body": "hello",
        "limit": 2000,
        "others": 0,
    }
    assert seen["answered"] == [200, 0, "items"]


def test_outcalls_are_rejected_or_diverge_as_the_mock_says(seen: dict[str, Any]) -> None:
    assert seen["rejected"] == "no route"
    assert seen["diverged"].startswith("No consensus could be reached. Replicas had different responses.")
    assert "InvalidMockCanisterHttpResponses((2, 13))" in seen["wrongNumber"]


def test_a_live_instance_serves_agents_through_its_gateway(seen: dict[str, Any]) -> None:
    assert seen["live"] == [3, 3]
