"""Canisters behave as Kybra's: the recorded transcripts, step by step, on the native host."""

import pytest

from support.native_driver import NativeDriver
from support.transcripts import Transcript, known_differences

NAMES = ["types", "conversions", "errors", "calls", "stable", "lifecycle", "stdlib"]


@pytest.mark.parametrize("name", NAMES)
def test_a_transcript_replays_natively_but_for_the_known_differences(name: str) -> None:
    known = known_differences(name, "native")
    differences = list(Transcript(name).replay(NativeDriver()))
    unexplained = [difference for difference in differences if difference.index not in known]
    assert not unexplained, "\n".join(map(str, unexplained))
    assert {difference.index for difference in differences} == set(known), "a known difference is gone"
