"""Going back to the state that a canister had before a message."""

import builtins
from typing import Any

from canister_runtime.host.canister import Canister
from canister_runtime.host.native.memento import Memento
from canister_runtime.host.native.modules import ModuleSet
from canister_runtime.host.native.system import FakeSystemApi


class Undo:
    """What it takes to go back: stable memory, the system's settings, the heap."""

    def __init__(self, system: FakeSystemApi, life: tuple[ModuleSet, Canister] | None) -> None:
        self._system = system
        self._settings = (system.cycles, system.timer, system.certified_data, system.version)
        self._stable = system.stable.content()
        roots: list[Any] = []
        if life is not None:
            roots = [vars(module) for module in life[0].own] + list(life[1].state)
        self._heap = Memento(roots, _is_constant, _is_constant_code, [vars(builtins)])

    def restore(self) -> None:
        system = self._system
        system.cycles, system.timer, system.certified_data, system.version = self._settings
        system.stable.restore(self._stable)
        self._heap.restore()


def _is_constant(kind: type) -> bool:
    """Whether the memento stops at instances of a class: the fake system, what the host compiled."""
    return issubclass(kind, FakeSystemApi) or _module_of(kind).startswith(_COMPILED)


def _is_constant_code(code: Any) -> bool:
    """Whether it stops at a class or function: the same, and those of the package kybra, which nobody changes."""
    module = _module_of(code)
    return module.startswith(_COMPILED) or module.partition(".")[0] == "kybra"


def _module_of(code: Any) -> str:
    module = getattr(code, "__module__", None)
    return module if isinstance(module, str) else ""


_COMPILED = (
    "candid.",
    "canister_runtime.host.entries",
    "canister_runtime.host.outgoing",
    "canister_runtime.host.scalars",
    "canister_runtime.host.record_writer",
    "canister_runtime.host.signature",
    "canister_runtime.stable.keys",
    "canister_runtime.source.model",
    "_frozen_importlib",
    "typing",
)
