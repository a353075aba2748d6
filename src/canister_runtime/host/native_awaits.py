"""Hands the usual awaits to the C side (runtime/src/awaiting.c), which calls `Calls` for all that it does not know."""

from types import ModuleType

from canister_runtime.host.calls import INCARNATIONS, Calls
from canister_runtime.host.plans import is_plain

try:
    import _runtime  # type: ignore[import-not-found] # in C, a part of the runtime
except ImportError:  # the machine's own Python
    _runtime = None

_AVAILABLE = hasattr(_runtime, "set_awaits")


def native_awaits(calls: Calls, kybra: ModuleType) -> None:
    """Let the C side drive generators that yield calls of known services; does nothing outside of a canister."""
    if not _AVAILABLE or not is_plain(kybra.Principal) or vars(kybra.CallResult(1, "e")) != {"Ok": 1, "Err": "e"}:
        return
    services = {
        each.qualified_name: (each.method, each.arguments, each.result, each)
        for each in calls.services.values()
        if each.arguments is not None
    }
    _runtime.set_awaits(calls, kybra.Principal, kybra.AsyncInfo, kybra.CallResult, services)


def begin_incarnation(version: int) -> None:
    """Number the C side's callbacks for a new life of the canister, as `Calls.begin_incarnation` does its own."""
    if _AVAILABLE:
        _runtime.begin_incarnation(version % INCARNATIONS)
