"""Maps' functions in C answer, trap and raise as the host's do in Python."""

from collections.abc import Callable
from functools import partial
from typing import Any

import pytest
from kybra import Principal

from candid.types import NAT8, NAT64, TEXT, Field, Record
from canister_runtime.host import maps
from canister_runtime.host.signature import Codec
from canister_runtime.source.model import StableMap
from canister_runtime.stable.opening import Opener
from support.stable_maps import native_maps
from support.stable_memory import HeapStableMemory

ROW = Record((Field("name", TEXT), Field("size", NAT64)))
DECLARED = (StableMap(3, NAT64, ROW, 15, 60), StableMap(4, TEXT, NAT8, 40, 8))


class Trapped(BaseException):
    """What the system does with a trap."""


class System(HeapStableMemory):
    """Stable memory, and traps that come out."""

    def trap(self, message: str, /) -> None:
        raise Trapped(message)


Functions = dict[str, Callable[..., Any]]


def functions_over(system: System, monkeypatch: pytest.MonkeyPatch, native: Any) -> Functions:
    """What a canister's maps call, over a memory."""
    with monkeypatch.context() as patch:
        patch.setattr(maps, "Front", None if native is None else native.Front)
        made = maps.Maps(system, Codec({}, Principal, {}), {}, DECLARED)  # type: ignore[arg-type] # all that maps ask for
    patch_opener = partial(Opener, native=native)
    monkeypatch.setattr(maps, "Opener", patch_opener)
    made.len(3)
    made.len(4)
    return made.functions()


@pytest.fixture
def pair(monkeypatch: pytest.MonkeyPatch) -> tuple[Functions, Functions]:
    return functions_over(System(), monkeypatch, native_maps), functions_over(System(), monkeypatch, None)


def outcome(functions: Functions, name: str, arguments: tuple[Any, ...]) -> Any:
    try:
        return functions[name](*arguments)
    except (Exception, Trapped) as error:  # noqa: BLE001 # whatever it is, the other one has to raise the same
        return type(error), str(error)


OPERATIONS: tuple[tuple[str, tuple[Any, ...]], ...] = (
    ("get", (3, 7)),
    ("insert", (3, 7, {"name": "a", "size": 1})),
    ("insert", (3, 7, {"name": "b", "size": 2})),
    ("insert", (3, 8, {"name": "x" * 60, "size": 2})),
    ("insert", (3, -1, {"name": "b", "size": 2})),
    ("insert", (3, "7", {"name": "b", "size": 2})),
    ("insert", (3, 9, {"name": "b"})),
    ("contains_key", (3, 7)),
    ("contains_key", (3, 9)),
    ("get", (3, 7)),
    ("get", (3, 1 << 64)),
    ("get", (3, None)),
    ("get", (5, 7)),
    ("get", (True, 7)),
    ("get", (1 << 80, 7)),
    ("get", (-1, 7)),
    ("get", ("3", 7)),
    ("insert", (4, "y" * 41, 1)),
    ("insert", (4, "y", 1)),
    ("insert", (4, "y", 256)),
    ("remove", (4, "y")),
    ("remove", (4, "y")),
    ("remove", (3, 7)),
    ("len", (3,)),
    ("items", (3,)),
)


def test_answers_traps_and_errors_are_the_hosts(pair: tuple[Functions, Functions]) -> None:
    for name, arguments in OPERATIONS:
        found, expected = (outcome(functions, name, arguments) for functions in pair)
        assert found == expected, (name, arguments)


def test_a_wrong_number_of_arguments_is_a_type_error(pair: tuple[Functions, Functions]) -> None:
    native, _ = pair
    for name in ("get", "contains_key", "insert", "remove"):
        with pytest.raises(TypeError):
            native[name](3)


def test_damage_traps_in_the_hosts_words(monkeypatch: pytest.MonkeyPatch) -> None:
    said = []
    for native in (native_maps, None):
        system = System()
        functions = functions_over(system, monkeypatch, native)
        functions["insert"](4, "y", 1)
        at = system.content.index(b"BTN", 1 << 16)
        system.content[at : at + 3] = b"XXX"
        said.append(outcome(functions_over(system, monkeypatch, native), "get", (4, "y")))
    assert said[0] == said[1]
    assert said[0][0] is Trapped


def test_a_value_of_another_type_traps_in_the_hosts_words(monkeypatch: pytest.MonkeyPatch) -> None:
    said = []
    for native in (native_maps, None):
        system = System()
        functions = functions_over(system, monkeypatch, native)
        functions["insert"](4, "y", 200)
        at = system.content.index(b"DIDL\0\1\x7b\xc8")
        system.content[at + 6] = 0x7E  # a boolean now
        said.append([outcome(functions, *call) for call in (("get", (4, "y")), ("insert", (4, "y", 1)))])
    assert said[0] == said[1]
    assert said[0][0][0] is Trapped
