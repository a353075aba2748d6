"""Modules as the builder writes them, run in wasmtime."""

import shutil
from pathlib import Path

import pytest

from canister_runtime.image.build import build, build_canister
from canister_runtime.image.runtime import find_runtime
from canister_runtime.image.wasm import CUSTOM, sections
from canister_runtime.source.reading import read_canister
from support.bare_canister import BareCanister, Trapped

COUNTER = """
from counter_rules import step
from kybra import nat64, query, text, update, void

print("imported once")
count: nat64 = 0


@query
def get() -> nat64:
    return count


@update
def increment() -> nat64:
    global count
    count += step()
    return count


@update
def noop() -> void:
    pass


@query
def fail(message: text) -> nat64:
    print("before")
    print("half a line", end="")
    raise KeyError(message)


@query
def recurse(depth: nat64) -> nat64:
    return recurse(depth + 1)
"""

RULES = """
def step() -> int:
    import fractions

    return int(fractions.Fraction(4, 2))
"""


def write_counter(folder: Path) -> Path:
    """A canister of two modules, one of which imports inside a function."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "main.py").write_text(COUNTER)
    (folder / "counter_rules.py").write_text(RULES)
    return folder


@pytest.fixture(scope="module")
def module(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    return build_canister(write_counter(tmp_path_factory.mktemp("counter"))).module


@pytest.fixture
def canister(module: bytes) -> BareCanister:
    started = BareCanister(module)
    started.call("canister_init")
    return started


NAT64_REPLY = b"DIDL\0\1\x78"


def test_state_is_kept_from_message_to_message(canister: BareCanister) -> None:
    canister.call("canister_update increment")
    canister.call("canister_update increment")
    assert canister.call("canister_query get").reply == NAT64_REPLY + (4).to_bytes(8, "little")


def test_a_method_without_work_costs_less_than_twenty_thousand_instructions(canister: BareCanister) -> None:
    assert canister.call("canister_update noop").instructions < 20_000


def test_initialising_costs_next_to_nothing(module: bytes) -> None:
    assert BareCanister(module).call("canister_init").instructions < 100_000


def test_an_exception_traps_with_type_and_message_and_logs_its_traceback(canister: BareCanister) -> None:
    with pytest.raises(Trapped, match=r"^KeyError: 'no such thing'$"):
        canister.call("canister_query fail", argument=b"DIDL\0\1\x71\x0dno such thing")
    log = canister.message.log
    assert log[:3] == ["before", "half a line", "Traceback (most recent call last):"]
    assert log[-2:] == ['  File "<canister>/main.py", line 30, in fail', "KeyError: 'no such thing'"]


def test_runaway_recursion_ends_in_an_exception(canister: BareCanister) -> None:
    with pytest.raises(Trapped, match=r"^RecursionError: maximum recursion depth exceeded"):
        canister.call("canister_query recurse", argument=NAT64_REPLY + bytes(8))


def test_nothing_but_the_system_api_is_imported(module: bytes) -> None:
    assert BareCanister(module).imports() == {"ic0"}


def test_only_entry_points_and_the_memory_are_exported(canister: BareCanister) -> None:
    assert all(name == "memory" or name.startswith("canister_") for name in canister.exports())


def test_the_interface_is_a_public_section(module: bytes) -> None:
    customs = [section.content for section in sections(module) if section.number == CUSTOM]
    assert any(
        b"icp:public candid:service" in content and b"increment : () -> (nat64)" in content for content in customs
    )


def test_the_same_source_in_another_folder_gives_the_same_bytes(tmp_path: Path, module: bytes) -> None:
    elsewhere = write_counter(tmp_path / "quite" / "another" / "place")
    rebuilt = build(read_canister(elsewhere), find_runtime(), keep=tmp_path / "kept")
    assert rebuilt.module == module


def test_what_modules_print_when_imported_is_told(tmp_path: Path) -> None:
    image = build_canister(write_counter(tmp_path))
    assert image.printed == ("imported once",)


def test_the_module_fits_its_budget(tmp_path: Path) -> None:
    """2.3 MB gzipped, with the host and Kybra's package inside."""
    assert len(build_canister(write_counter(tmp_path)).gzipped) < 2_300_000


def test_sources_are_not_needed_any_more_once_built(tmp_path: Path, module: bytes) -> None:
    folder = write_counter(tmp_path / "short-lived")
    built = build_canister(folder).module
    shutil.rmtree(folder)
    assert BareCanister(built).call("canister_query get").replied
    assert built == module
