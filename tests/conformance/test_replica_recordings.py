"""Every step recorded on a genuine replica, walked again; `replica_recordings.toml` lists what differs, and why.

The list can only shrink by itself: a listed step that agrees fails the test as an unlisted one that differs does.
"""

import os
import tomllib
from pathlib import Path
from typing import Any

import pytest

from support import recordings
from support.in_process_driver import InProcessDriver

KNOWN: dict[str, Any] = tomllib.loads(Path(__file__).with_name("replica_recordings.toml").read_text(encoding="utf-8"))
SUBJECTS = ("traps", "replies", "calls", "modules", "management", "cycles")
SLOW = bool(os.environ.get("VEX_SLOW_TESTS"))


def cases_of(steps: list[recordings.Step], slow: list[str]) -> set[str]:
    """The cases to walk: the slow ones only on request."""
    cases = {step["case"] for step in steps if step["do"] == "new_instance"}
    return cases if SLOW else cases - set(slow)


def listed(subject: str) -> dict[int, str]:
    """Steps that are known to differ, with the reason."""
    return {index: group["reason"] for group in KNOWN[subject].get("different", []) for index in group["steps"]}


@pytest.mark.parametrize("subject", SUBJECTS)
def test_recorded_steps_agree_but_for_the_listed_ones(subject: str) -> None:
    steps = recordings.load(subject)
    only = cases_of(steps, KNOWN[subject].get("slow", []))
    results = list(recordings.walk(steps, InProcessDriver(), only))
    known = listed(subject)
    walked = {result.index for result in results}
    different = {result.index for result in results if not result.agrees}
    surprising = [result for result in results if not result.agrees and result.index not in known]
    assert not surprising, "\n".join(told(result) for result in surprising[:5])
    agreeing = sorted((known.keys() & walked) - different)
    assert not agreeing, f"listed as different, and agree: {agreeing}"


def told(result: recordings.Result) -> str:
    """A difference for people."""
    step = {key: value for key, value in result.step.items() if key != "expect"}
    expected, got = str(result.step["expect"])[:400], str(result.answer)[:400]
    return f"step {result.index} {str(step)[:300]}\n  expected {expected}\n  got {got}"


def test_the_table_counts_what_agrees() -> None:
    for subject in SUBJECTS:
        steps = [step for step in recordings.load(subject) if step["do"] != "new_instance"]
        assert KNOWN[subject]["steps"] == len(steps)
        assert KNOWN[subject]["agree"] == len(steps) - len(listed(subject))
