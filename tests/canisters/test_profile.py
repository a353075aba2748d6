"""A module built for profiling tells what its functions took; what it answers is what it always answers."""

import asyncio
from pathlib import Path

import pytest
from benchmarks.profile import profiled

from canister_runtime.profile.report import functions, read_report

SOURCE = """
from kybra import nat64, query, update

def square(number: int) -> int:
    return number * number

@query
def sum_of_squares(count: nat64) -> nat64:
    return sum([square(number) for number in range(count)])

@update
def fails() -> nat64:
    raise ValueError("no")
"""


@pytest.fixture(scope="module")
def source(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("profiled")
    (folder / "main.py").write_text(SOURCE)
    return folder


def test_functions_are_counted_over_all_messages(source: Path) -> None:
    calls = read_report(asyncio.run(profiled(source, "sum_of_squares", "(10)", times=3)))
    found = {each.name: each for each in functions(calls)}
    assert found["message"].calls == 3
    assert found["sum_of_squares"].calls == 3
    assert found["square"].calls == 30
    assert found["sum_of_squares"].total > found["square"].total > 0


def test_a_call_costs_the_same_in_every_profile(source: Path) -> None:
    first, second = (asyncio.run(profiled(source, "sum_of_squares", "(5)", times=2)) for _ in range(2))
    assert first == second
