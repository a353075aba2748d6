"""Takes back what a message did to a native canister's heap: the objects stay, their content returns.

Reached from the roots are dicts, lists, sets, byte arrays, deques, instances, closures, suspended generators' variables
and the attributes of the canister's own classes. What C extensions hide (iterators, `random`) is not taken back.
"""

from collections import OrderedDict, deque
from collections.abc import Callable, Iterable
from types import (
    BuiltinFunctionType,
    CellType,
    CodeType,
    FunctionType,
    GeneratorType,
    MethodType,
    ModuleType,
)
from typing import Any

_LEAVES = (str, bytes, int, float, complex, bool, type(None), CodeType, ModuleType, BuiltinFunctionType)


class Memento:
    """The content of everything mutable that `roots` reach, except behind `excluded` objects and modules."""

    def __init__(self, roots: Iterable[Any], excluded: Callable[[Any], bool]) -> None:
        self._excluded = excluded
        self._restorers: list[Callable[[], None]] = []
        self._kept: list[Any] = []
        seen: set[int] = set()
        waiting = list(roots)
        while waiting:
            each = waiting.pop()
            if isinstance(each, _LEAVES) or id(each) in seen or excluded(each):
                continue
            seen.add(id(each))
            self._kept.append(each)
            waiting.extend(self._look_into(each))

    def restore(self) -> None:
        """Give every object the content that it had."""
        for restore in self._restorers:
            restore()

    def _look_into(self, value: Any) -> Iterable[Any]:
        if isinstance(value, dict):
            yield from self._dict(value)
        elif isinstance(value, (list, bytearray, deque, set)):
            yield from self._collection(value)
        elif isinstance(value, (tuple, frozenset)):
            yield from value
        elif isinstance(value, type):
            yield from self._class(value)
            return
        elif isinstance(value, (FunctionType, MethodType)):
            yield from self._function(value)
            return
        elif isinstance(value, CellType):
            yield from self._cell(value)
            return
        elif isinstance(value, GeneratorType):
            yield from self._generator(value)
            return
        yield from self._attributes(value)

    def _dict(self, value: dict[Any, Any]) -> Iterable[Any]:
        copy = dict(value)
        base: Any = OrderedDict if isinstance(value, OrderedDict) else dict

        def restore() -> None:
            base.clear(value)
            base.update(value, copy)

        self._restorers.append(restore)
        yield from copy
        yield from copy.values()

    def _collection(self, value: Any) -> Iterable[Any]:
        copy = value.copy()

        def restore() -> None:
            value.clear()
            (value.update if isinstance(value, set) else value.extend)(copy)

        self._restorers.append(restore)
        if not isinstance(value, bytearray):
            yield from copy

    def _class(self, value: type) -> Iterable[Any]:
        if value.__module__ in _FOREIGN_CLASSES:
            return
        copy = {name: member for name, member in vars(value).items() if not name.startswith("__")}

        def restore() -> None:
            for name in [name for name in vars(value) if not name.startswith("__") and name not in copy]:
                delattr(value, name)
            for name, member in copy.items():
                if vars(value).get(name) is not member:
                    setattr(value, name, member)

        self._restorers.append(restore)
        yield from copy.values()

    def _function(self, value: Any) -> Iterable[Any]:
        if isinstance(value, MethodType):
            yield value.__self__
            yield value.__func__
            return
        yield from value.__closure__ or ()
        yield from value.__defaults__ or ()
        yield value.__dict__

    def _cell(self, value: CellType) -> Iterable[Any]:
        try:
            content = value.cell_contents
        except ValueError:
            return

        def restore() -> None:
            value.cell_contents = content

        self._restorers.append(restore)
        yield content

    def _generator(self, value: "GeneratorType[Any, Any, Any]") -> Iterable[Any]:
        if value.gi_frame is not None:
            yield from value.gi_frame.f_locals.values()
        if value.gi_yieldfrom is not None:
            yield value.gi_yieldfrom

    def _attributes(self, value: Any) -> Iterable[Any]:
        attributes = getattr(value, "__dict__", None)
        if isinstance(attributes, dict):
            yield attributes
        slots = [name for name in _slot_names(type(value)) if hasattr(value, name)]
        if slots:
            copy = {name: getattr(value, name) for name in slots}

            def restore() -> None:
                for name, member in copy.items():
                    object.__setattr__(value, name, member)

            self._restorers.append(restore)
            yield from copy.values()


_FOREIGN_CLASSES = frozenset({"builtins", "typing", "collections", "abc", "enum", "types", "functools"})


def _slot_names(class_: type) -> list[str]:
    names: list[str] = []
    for each in class_.__mro__:
        slots = vars(each).get("__slots__", ())
        for name in (slots,) if isinstance(slots, str) else slots:
            if name.startswith("__") and not name.endswith("__"):
                names.append(f"_{each.__name__.lstrip('_')}{name}")
            elif name not in ("__dict__", "__weakref__"):
                names.append(name)
    return names
