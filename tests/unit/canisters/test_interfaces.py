"""What is checked in is what the source says; the largest records fit the maps."""

from pathlib import Path

import pytest

from canister_runtime.source.did import did_text
from canister_runtime.source.reading import read_canister
from support.desk import Desk
from support.platform import AGENT, ok

ROOT = Path(__file__).parents[3] / "canisters"


@pytest.mark.parametrize("name", ["users", "index", "shard"])
def test_the_interface_is_what_the_source_says_and_nothing_is_refused(name: str) -> None:
    reading = read_canister(ROOT / name)
    assert [str(problem) for problem in reading.problems] == []
    assert reading.model is not None
    assert (ROOT / name / f"{name}.did").read_text().rstrip("\n") == did_text(reading.model).rstrip("\n")


def test_the_largest_ticket_fits_its_record(shared_desk: Desk) -> None:
    everything = {
        "subject": "\u0628" * 150 + "b" * 20,
        "tags": ["\U0001f525" * 8 + letter for letter in "abcd"] + [letter * 10 for letter in "efghi"],
        "requester_reference": "r" * 64,
        "channel": "c" * 16,
        "language": "l" * 16,
        "assignee": shared_desk.people["agent"],
        "team": 2,
        "requester": shared_desk.people["customer"],
        "body": "\U0001f525" * 65_536,
    }
    everything["subject"] = "\u0628" * 148
    request = shared_desk.platform.new_ticket(shared_desk.organisation) | everything
    ticket = ok(shared_desk.shard.update("create_ticket", request, caller=AGENT))["ticket"]
    shown = ok(shared_desk.shard.query("get_ticket", ticket, caller=AGENT))
    assert shown["body"] == everything["body"]
    comment = shared_desk.platform.comment(ticket, "\U0001f525" * 65_536)
    ok(shared_desk.shard.update("add_comment", comment, caller=AGENT))
