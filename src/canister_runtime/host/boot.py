"""Starts a canister: imports its source, wires every export, and hands over what exports and callbacks do.

Called once while the image is made; nothing here runs again on chain.
"""

import builtins
import sys
from collections.abc import Callable, Mapping
from importlib import import_module
from types import ModuleType
from typing import Any, TypeAlias

from canister_runtime.host.canister import Canister
from canister_runtime.host.entries import Entry
from canister_runtime.host.profiling import profile_entries
from canister_runtime.source.model import CanisterModel

Dispatch: TypeAlias = Callable[[int], None]
Callback: TypeAlias = Callable[[int, int], None]


def start(model: CanisterModel, *, profiled: bool = False) -> tuple[Dispatch, Callback, tuple[Entry, ...]]:
    """Make the canister ready to be imaged.

    Returns `dispatch(index)`, which runs the export that `export_names(model)` has at that index,
    `callback(environment, outcome)`, and what each export does, which spares the runtime `dispatch`.
    `profiled`: behind them come those of `profile_entries`. Raises what the canister's modules raise on import, and
    `Unreachable`.
    """
    sys.set_int_max_str_digits(0)  # Kybra's integers print at any length; the instruction limit bounds them
    system = import_module("_ic0")
    canister = start_on(model, system)
    vars(builtins)["_kybra_ic"] = canister.ic_object
    if profiled:
        canister.entries += profile_entries(system, import_module("_runtime"))
    else:
        canister.shorten_maps()  # profiles name Kybra's functions
    return canister.dispatch, canister.callback, canister.entries


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
