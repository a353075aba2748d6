"""The native heap's rollback: objects keep their identity, contents return."""

from array import array
from collections import OrderedDict, deque
from typing import Any

from canister_runtime.host.native.memento import Memento


class Slotted:
    __slots__ = ("value",)

    def __init__(self, value: Any) -> None:
        self.value = value


def remember(*roots: Any) -> Memento:
    return Memento(roots, lambda _kind: False, lambda _code: False)


def test_containers_get_their_content_back_in_place() -> None:
    inner = [1]
    state: dict[str, Any] = {
        "list": inner,
        "set": {1},
        "bytes": bytearray(b"a"),
        "array": array("I", [1]),
        "deque": deque([1]),
        "ordered": OrderedDict(a=1),
    }
    undo = remember(state)
    inner.append(2)
    state["set"].add(2)
    state["bytes"] += b"b"
    state["array"].append(2)
    state["deque"].append(2)
    state["ordered"]["b"] = 2
    state["new"] = 1
    undo.restore()
    assert state == {
        "list": [1],
        "set": {1},
        "bytes": bytearray(b"a"),
        "array": array("I", [1]),
        "deque": deque([1]),
        "ordered": OrderedDict(a=1),
    }
    assert state["list"] is inner


def test_attributes_and_slots_return() -> None:
    slotted = Slotted([1])
    content = slotted.value
    undo = remember({"slotted": slotted})
    slotted.value = None
    content.clear()
    undo.restore()
    assert slotted.value is content
    assert content == [1]


def test_what_a_closure_holds_returns() -> None:
    count = 0

    def increase() -> int:
        nonlocal count
        count += 1
        return count

    undo = remember({"increase": increase})
    increase()
    undo.restore()
    assert increase() == 1


def test_variables_of_a_suspended_generator_keep_what_they_held() -> None:
    def collect() -> Any:
        seen: list[int] = []
        while True:
            seen.append((yield seen))

    generator = collect()
    seen = next(generator)
    undo = remember([generator])
    seen.append(5)
    undo.restore()
    assert seen == []


def test_class_attributes_return() -> None:
    class Settings:
        limit = 1

    undo = remember({"Settings": Settings})
    Settings.limit = 2
    Settings.added = 3  # type: ignore[attr-defined] # what a canister may do, too
    undo.restore()
    assert Settings.limit == 1
    assert not hasattr(Settings, "added")
