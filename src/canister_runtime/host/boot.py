"""Starts a canister: imports its source, wires every export, and hands the dispatcher two functions.

Called once while the image is made; nothing here runs again on chain.
"""

import builtins
import sys
from collections.abc import Callable, Mapping
from importlib import import_module
from types import ModuleType
from typing import Any, TypeAlias

from canister_runtime.host.canister import Canister
from canister_runtime.source.model import CanisterModel

Dispatch: TypeAlias = Callable[[int], None]
Callback: TypeAlias = Callable[[int, int], None]


def start(model: CanisterModel) -> tuple[Dispatch, Callback]:
    """Make the canister ready to be imaged.

    Returns `dispatch(index)`, which runs the export that `export_names(model)` has at that index, and
    `callback(environment, outcome)`. Raises what the canister's modules raise on import, and `Unreachable`.
    """
    sys.set_int_max_str_digits(0)  # Kybra's integers print at any length; the instruction limit bounds them
    canister = start_on(model, import_module("_ic0"))
    vars(builtins)["_kybra_ic"] = canister.ic_object
    return canister.dispatch, canister.callback


def start_on(model: CanisterModel, system: Any) -> Canister:
    """As `start`, over any object that offers `SystemApi`; the modules are those of `sys.modules`."""
    kybra = import_module("kybra")
    canister = Canister(system, kybra)
    canister.wire(model, star_names(import_module(model.entry)))
    return canister


def star_names(module: ModuleType) -> Mapping[str, Any]:
    """What `from module import *` brings."""
    names = getattr(module, "__all__", None)
    if names is None:
        names = [name for name in vars(module) if not name.startswith("_")]
    return {name: getattr(module, name) for name in names}
