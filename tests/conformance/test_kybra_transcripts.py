"""Canisters behave as Kybra's: the recorded transcripts, step by step, on the native host and as real modules."""

import warnings
from pathlib import Path

import pytest
from pocket_ic import PocketIC

from canister_runtime.image.build import build_canister
from support.native_driver import NativeDriver
from support.pocket_ic_driver import PocketIcDriver, imaged_source
from support.transcripts import TRANSCRIPTS, Driver, Transcript, known_differences

NAMES = ["types", "conversions", "errors", "calls", "stable", "lifecycle", "stdlib"]


@pytest.mark.parametrize("name", NAMES)
def test_a_transcript_replays_on_the_native_host(name: str) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", SyntaxWarning)  # the recorded calls contain code that is wrong on purpose
        replay(name, "native", NativeDriver())


@pytest.mark.slow
@pytest.mark.parametrize("name", NAMES)
def test_a_transcript_replays_on_a_real_module(name: str, pic: PocketIC, tmp_path: Path) -> None:
    def module(folder: str) -> bytes:
        return build_canister(imaged_source(TRANSCRIPTS / folder, tmp_path / folder)).gzipped

    replay(name, "pocket-ic", PocketIcDriver(pic, module))


def replay(name: str, driver_name: str, driver: Driver) -> None:
    known = known_differences(name, driver_name)
    differences = list(Transcript(name).replay(driver, known.skipped))
    unexplained = [each for each in differences if each.index not in known.always | known.sometimes]
    assert not unexplained, "\n".join(map(str, unexplained))
    assert known.always <= {each.index for each in differences}, "a known difference is gone"
