"""Takes back what a message did to a native canister's heap: the objects stay, their content returns.

Reached from the roots are dicts, lists, sets, arrays, deques, instances, closures, suspended generators' variables
and the attributes of the canister's own classes. What C extensions hide (iterators, `random`) is not taken back.
Every message of a test walks the whole heap, so how to look into an object is found once for each class.
"""

from array import array
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
from weakref import WeakKeyDictionary

_LEAVES: frozenset[type] = frozenset(
    (str, bytes, int, float, complex, bool, type(None), CodeType, ModuleType, BuiltinFunctionType)
)
_LEAF_BASES: tuple[type, ...] = tuple(_LEAVES - {bool, type(None), CodeType, BuiltinFunctionType})

Look = Callable[["Memento", Any], None]


class Memento:
    """The content of everything mutable that `roots` reach.

    It stops at `outside` objects, at instances of the classes that `is_constant` names, and at the classes and
    functions that `is_constant_code` names.
    """

    def __init__(
        self,
        roots: Iterable[Any],
        is_constant: Callable[[type], bool],
        is_constant_code: Callable[[Any], bool],
        outside: Iterable[Any] = (),
    ) -> None:
        self._dicts: list[tuple[Any, dict[Any, Any], Any]] = []
        self._collections: list[tuple[Any, Any]] = []
        self._classes: list[tuple[type, dict[str, Any]]] = []
        self._cells: list[tuple[CellType, Any]] = []
        self._slots: list[tuple[Any, dict[str, Any]]] = []
        self._bare_functions: list[FunctionType] = []
        self._kept: list[Any] = []
        self.waiting = list(roots)
        seen = {id(each) for each in outside}
        looks: dict[type, Look | None] = {}
        while self.waiting:
            each = self.waiting.pop()
            kind = type(each)
            if kind in _LEAVES or id(each) in seen:
                continue
            seen.add(id(each))
            if kind not in looks:
                looks[kind] = None if is_constant(kind) else _look_for(kind)
            look = looks[kind]
            if look is None or (look in _CODE_LOOKS and is_constant_code(each)):
                continue
            self._kept.append(each)
            look(self, each)

    def restore(self) -> None:
        """Give every object the content that it had."""
        for value, copy, base in self._dicts:
            base.clear(value)
            base.update(value, copy)
        for value, copy in self._collections:
            if isinstance(value, array):
                value[:] = copy
                continue
            value.clear()
            (value.update if isinstance(value, set) else value.extend)(copy)
        for kind, members in self._classes:
            _restore_class(kind, members)
        for cell, content in self._cells:
            cell.cell_contents = content
        for value, copy in self._slots:
            for name, member in copy.items():
                object.__setattr__(value, name, member)
        for function in self._bare_functions:
            function.__dict__.clear()

    def dict_(self, value: dict[Any, Any]) -> None:
        copy = dict(value)
        self._dicts.append((value, copy, OrderedDict if isinstance(value, OrderedDict) else dict))
        self._wait(copy)
        self._wait(copy.values())

    def _wait(self, values: Any) -> None:
        if not _LEAVES.issuperset(map(type, values)):
            self.waiting += values

    def collection(self, value: Any) -> None:
        copy = value[:] if isinstance(value, array) else value.copy()
        self._collections.append((value, copy))
        if not isinstance(value, (bytearray, array)):
            self._wait(copy)

    def fixed(self, value: Iterable[Any]) -> None:
        self._wait(value)

    def class_(self, value: type) -> None:
        if value.__module__ in _FOREIGN_CLASSES:
            return
        copy = {name: member for name, member in vars(value).items() if not name.startswith("__")}
        self._classes.append((value, copy))
        self.waiting += copy.values()

    def function(self, value: FunctionType) -> None:
        self.waiting += value.__closure__ or ()
        self._wait(value.__defaults__ or ())
        if value.__dict__:
            self.waiting.append(value.__dict__)
        else:
            self._bare_functions.append(value)

    def method(self, value: MethodType) -> None:
        self.waiting.append(value.__self__)
        self.waiting.append(value.__func__)

    def cell(self, value: CellType) -> None:
        try:
            content = value.cell_contents
        except ValueError:
            return
        self._cells.append((value, content))
        self.waiting.append(content)

    def generator(self, value: "GeneratorType[Any, Any, Any]") -> None:
        if value.gi_frame is not None:
            self.waiting += value.gi_frame.f_locals.values()
        if value.gi_yieldfrom is not None:
            self.waiting.append(value.gi_yieldfrom)

    def instance(self, value: Any) -> None:
        attributes = getattr(value, "__dict__", None)
        if isinstance(attributes, dict):
            self.waiting.append(attributes)
        copy = {name: getattr(value, name) for name in _slot_names(type(value)) if hasattr(value, name)}
        if copy:
            self._slots.append((value, copy))
            self.waiting += copy.values()


_LOOKS: tuple[tuple[Any, Look], ...] = (
    (type, Memento.class_),
    (FunctionType, Memento.function),
    (MethodType, Memento.method),
    (CellType, Memento.cell),
    (GeneratorType, Memento.generator),
)
_CODE_LOOKS = (Memento.class_, Memento.function)
_CONTENTS: tuple[tuple[Any, Look], ...] = (
    (dict, Memento.dict_),
    ((list, bytearray, array, deque, set), Memento.collection),
    ((tuple, frozenset), Memento.fixed),
)
_SLOT_NAMES: "WeakKeyDictionary[type, tuple[str, ...]]" = WeakKeyDictionary()
_FOREIGN_CLASSES = frozenset({"builtins", "typing", "collections", "abc", "enum", "types", "functools"})


def _look_for(kind: type) -> Look | None:
    """How to look into instances of a class: its content, and for a subclass of a builtin its attributes too."""
    if issubclass(kind, _LEAF_BASES) and not _has_attributes(kind):
        return None
    for base, look in _LOOKS:
        if issubclass(kind, base):
            return look
    for base, look in _CONTENTS:
        if issubclass(kind, base):
            return look if not _has_attributes(kind) else _both(look)
    return Memento.instance


def _both(look: Look) -> Look:
    def content_and_attributes(memento: Memento, value: Any) -> None:
        look(memento, value)
        memento.instance(value)

    return content_and_attributes


def _has_attributes(kind: type) -> bool:
    return kind.__dictoffset__ != 0 or bool(_slot_names(kind))


def _restore_class(kind: type, members: dict[str, Any]) -> None:
    for name in [name for name in vars(kind) if not name.startswith("__") and name not in members]:
        delattr(kind, name)
    for name, member in members.items():
        if vars(kind).get(name) is not member:
            setattr(kind, name, member)


def _slot_names(kind: type) -> tuple[str, ...]:
    known = _SLOT_NAMES.get(kind)
    if known is not None:
        return known
    names: list[str] = []
    for each in kind.__mro__:
        slots = vars(each).get("__slots__", ())
        for name in (slots,) if isinstance(slots, str) else slots:
            if name.startswith("__") and not name.endswith("__"):
                names.append(f"_{each.__name__.lstrip('_')}{name}")
            elif name not in ("__dict__", "__weakref__"):
                names.append(name)
    _SLOT_NAMES[kind] = tuple(names)
    return _SLOT_NAMES[kind]
