"""The recordings `http` and `rest` of a genuine PocketIC, replayed against $POCKET_IC_BIN."""

from pathlib import Path

import pytest

from support.recordings import load
from support.rest_client import RestServer
from support.wire_recordings import WireWalk

KNOWN: dict[tuple[str, int], str] = {}
"""Steps known to differ, and why. A step that comes to agree must leave this table."""


@pytest.mark.parametrize("subject", ["http", "rest"])
def test_the_wire_says_what_was_recorded(server: RestServer, subject: str) -> None:
    different = {(subject, found.index): found for found in WireWalk(server).run(load(subject))}
    known = {step for step in KNOWN if step[0] == subject}
    told = "\n".join(
        f"{step}: {found.step.get('path')} {found.step.get('note', '')}\n"
        f"  recorded {str(found.step['expect'])[:800]}\n  answered {str(found.answer)[:800]}"
        for step, found in different.items()
        if step not in known
    )
    assert not told, told
    assert different.keys() == known


def test_the_directory_of_a_server_is_left_empty(tmp_path: Path) -> None:
    RestServer(tmp_path).close()
    assert list(tmp_path.iterdir()) == []
