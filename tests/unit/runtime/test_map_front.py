"""Maps' functions in C answer, trap and raise as the host's do in Python."""

from collections.abc import Callable
from functools import partial
from types import FunctionType
from typing import Any, ClassVar

import pytest
from kybra import Principal

from candid.types import NAT8, NAT64, TEXT, Field, Record
from canister_runtime.host import maps, plans
from canister_runtime.host.signature import Codec
from canister_runtime.source.model import StableMap
from canister_runtime.stable.opening import Opener
from support.stable_maps import native_maps, plans_of_maps
from support.stable_memory import HeapStableMemory

ROW = Record((Field("name", TEXT), Field("size", NAT64)))
BODY = Record((Field("body", TEXT),))
DECLARED = (StableMap(3, NAT64, ROW, 15, 60), StableMap(4, TEXT, NAT8, 400, 8), StableMap(6, NAT64, BODY, 15, 5000))
LONG = {"body": "y" * 4000}


class Trapped(BaseException):
    """What the system does with a trap."""


class System(HeapStableMemory):
    """Stable memory, and traps that come out."""

    def trap(self, message: str, /) -> None:
        raise Trapped(message)


Functions = dict[str, Callable[..., Any]]


def maps_over(system: System, monkeypatch: pytest.MonkeyPatch, native: Any, *, planned: bool = True) -> maps.Maps:
    """A canister's maps over a memory, in C with plans or without, or in Python."""
    with monkeypatch.context() as patch:
        patch.setattr(maps, "Front", None if native is None else native.Front)
        patch.setattr(plans, "candid_plan", plans_of_maps if planned and native is not None else None)
        made = maps.Maps(system, Codec({}, Principal, {}), {}, DECLARED)  # type: ignore[arg-type] # all that maps ask for
    patch_opener = partial(Opener, native=native)
    monkeypatch.setattr(maps, "Opener", patch_opener)
    return made


def functions_over(system: System, monkeypatch: pytest.MonkeyPatch, native: Any, *, planned: bool = True) -> Functions:
    """What a canister's maps call, over a memory."""
    made = maps_over(system, monkeypatch, native, planned=planned)
    made.len(3)
    made.len(4)
    return made.functions()


class KybraMap:
    """As Kybra's class: a method calls the function with its map's memory id."""

    functions: ClassVar[Functions] = {}

    def __init__(self, memory_id: Any) -> None:
        self.memory_id = memory_id

    def contains_key(self, key: Any) -> Any:
        return self.functions["contains_key"](self.memory_id, key)

    def get(self, key: Any) -> Any:
        return self.functions["get"](self.memory_id, key)

    def insert(self, key: Any, value: Any) -> Any:
        return self.functions["insert"](self.memory_id, key, value)

    def remove(self, key: Any) -> Any:
        return self.functions["remove"](self.memory_id, key)


def methods_over(system: System, monkeypatch: pytest.MonkeyPatch) -> Functions:
    """The same functions by way of a class whose methods are C."""
    made = maps_over(system, monkeypatch, native_maps)

    class Replaced(KybraMap):
        functions = made.functions()
        contains_key, get = _copied(KybraMap.contains_key), _copied(KybraMap.get)
        insert, remove = _copied(KybraMap.insert), _copied(KybraMap.remove)

    made.stand_in(Replaced)
    assert not isinstance(Replaced.get, FunctionType)
    called = {name: partial(_call, Replaced, name) for name in ("contains_key", "get", "insert", "remove")}
    return made.functions() | called


def _copied(method: Any) -> Any:
    return FunctionType(method.__code__, method.__globals__, method.__name__)


def _call(class_: type[KybraMap], name: str, memory_id: Any, *arguments: Any) -> Any:
    return getattr(class_(memory_id), name)(*arguments)


@pytest.fixture(params=["functions", "without plans", "methods"])
def pair(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> tuple[Functions, Functions]:
    expected = functions_over(System(), monkeypatch, None)
    if request.param == "methods":
        return methods_over(System(), monkeypatch), expected
    return functions_over(System(), monkeypatch, native_maps, planned=request.param == "functions"), expected


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
    ("insert", (4, "y" * 401, 1)),
    ("insert", (4, "y" * 390, 1)),
    ("get", (4, "y" * 390)),
    ("insert", (4, "y", 1)),
    ("insert", (4, "y", 256)),
    ("remove", (4, "y")),
    ("remove", (4, "y")),
    ("remove", (3, 7)),
    ("insert", (6, 1, LONG)),
    ("insert", (6, 2, {"body": "y" * 2020})),
    ("insert", (6, 1, {"body": "z"})),
    ("get", (6, 1)),
    ("get", (6, 2)),
    ("remove", (6, 2)),
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


def test_methods_of_a_class_in_c_take_what_its_own_took(monkeypatch: pytest.MonkeyPatch) -> None:
    system = System()
    made = maps_over(system, monkeypatch, native_maps)

    class Rows(KybraMap):
        functions = made.functions()
        contains_key, get = _copied(KybraMap.contains_key), _copied(KybraMap.get)
        insert, remove = _copied(KybraMap.insert), _copied(KybraMap.remove)

    class Named(Rows):
        def get(self, key: Any) -> Any:
            return super().get(key), "named"

    made.stand_in(Rows)
    rows, row = Rows(3), {"name": "a", "size": 1}
    assert rows.insert(key=7, value=row) is None
    assert rows.insert(7, value=row) == row
    assert Rows.get(rows, 7) == rows.get(key=7) == row
    assert Named(3).get(7) == (row, "named")
    for wrong in (rows.get, lambda: rows.get(7, 8), lambda: rows.get(name=7), lambda: Rows.get(3, 7)):
        with pytest.raises(TypeError):
            wrong()
    del rows.memory_id
    with pytest.raises(AttributeError):
        rows.get(7)
    with pytest.raises(TypeError):
        made.stand_in(Rows)  # its methods are no functions any more


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
