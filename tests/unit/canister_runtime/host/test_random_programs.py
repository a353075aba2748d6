"""Canisters of any types and names answer what they are given, on the native host and as modules."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, assume, given, note, settings
from hypothesis import strategies as st

from candid import Some, decode, did, encode
from canister_runtime.host.native import NativeCanister
from canister_runtime.image.build import build_canister
from canister_runtime.source.did import did_text
from canister_runtime.source.reading import Reading
from support import candid_strategies
from support.bare_canister import BareCanister
from support.random_programs import Program, programs
from support.sources import read_sources

Ask = Callable[[str, str, bytes], bytes | None]
"""`ask(mode, method, argument)`: the reply's bytes."""

drawn = settings(
    max_examples=15, deadline=None, suppress_health_check=list(HealthCheck), phases=[Phase.explicit, Phase.generate]
)


@drawn
@given(program=programs(), data=st.data())
def test_a_program_answers_what_it_is_given(
    program: Program, data: st.DataObject, tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path_factory.mktemp("program")
    reading = accepted(folder, program)
    canister = NativeCanister.load(folder)

    def ask(mode: str, method: str, argument: bytes) -> bytes | None:
        return canister.query_raw(method, argument) if mode == "query" else canister.update_raw(method, argument)

    assert_answers(program, reading, ask, data, monkeypatch)


@pytest.mark.slow
@settings(drawn, max_examples=2)
@given(program=programs(), data=st.data())
def test_a_module_answers_what_it_is_given(
    program: Program, data: st.DataObject, tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path_factory.mktemp("program")
    reading = accepted(folder, program)
    canister = BareCanister(build_canister(folder).module)

    def ask(mode: str, method: str, argument: bytes) -> bytes | None:
        return canister.call(f"canister_{mode} {method}", argument=argument).reply

    assert_answers(program, reading, ask, data, monkeypatch)


def accepted(folder: Path, program: Program) -> Reading:
    """The program as it is read; a name that Kybra cannot compile ends the example."""
    note(program.source)
    reading = read_sources(folder, program.source)
    assume(not reading.problems)
    return reading


def assert_answers(
    program: Program, reading: Reading, ask: Ask, data: st.DataObject, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert reading.model is not None
    interface = did.parse(did_text(reading.model))
    monkeypatch.setattr(candid_strategies, "ENV", interface.env)
    for method in program.methods:
        signature = interface.methods()[method.name]
        arguments = [data.draw(candid_strategies.values(type_)) for type_ in signature.args]
        mode = "query" if signature.modes else "update"
        reply = ask(mode, method.name, encode(signature.args, arguments, interface.env))
        assert reply is not None
        (answer,) = decode(signature.results, reply, interface.env)
        assert as_kybra_sees(answer) == as_kybra_sees(method.answer(arguments))


def as_kybra_sees(value: Any) -> Any:
    """To a canister `opt null` is null, and a tuple of one kind with a list."""
    match value:
        case Some(value=inner):
            seen = as_kybra_sees(inner)
            return None if seen is None else Some(seen)
        case dict():
            return {key: as_kybra_sees(member) for key, member in value.items()}
        case list() | tuple():
            return [as_kybra_sees(member) for member in value]
    return value
