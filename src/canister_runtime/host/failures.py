"""Errors of the host, and how an exception of canister code reads in a trap or reject message."""


class Trapped(BaseException):
    """A trap of a fake system; on chain `trap` does not return and nothing is raised."""


class StaleCallback(Exception):
    """A reply arrived for a call that this incarnation of the canister did not make (it was upgraded meanwhile)."""


class Unreachable(Exception):
    """A method, hook or guard that `from <entry> import *` does not reach."""


def describe(error: BaseException) -> str:
    """`TypeName: message`, as Kybra words it, also where the exception cannot be turned into text."""
    name = type(error).__name__
    try:
        return f"{name}: {error}"
    except Exception:  # noqa: BLE001 - the exception's own __str__ may raise anything
        return f"Attribute Error: '{name}' object has no attribute '__str__'"
