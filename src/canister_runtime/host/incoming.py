"""Candid values on their way in, in the shapes that Kybra shows to canister code."""

from collections.abc import Callable, Mapping
from typing import Any

from candid.decoder import PythonValues
from canister_runtime.host.outgoing import python_name


class KybraValues(PythonValues):
    """How decoded values look to canister code: `class_` for a field `class`, None for `null` and `opt null` alike."""

    some = None
    strict_tuples = True
    fills_nested_opts = False

    def __init__(self, principal_class: Callable[[bytes], Any], scope: Mapping[str, Any]) -> None:
        self.principal_class = principal_class
        self._scope = scope

    def service_class(self, name: str | None) -> Any:
        """The class that the canister declares for a service type, or None."""
        return self._scope.get(name or "")

    def principal(self, raw: bytes) -> Any:
        return self.principal_class(raw)

    def func(self, raw: bytes, method: str, name: str | None) -> Any:  # noqa: ARG002 - a func is a plain tuple
        return self.principal_class(raw), method

    def service(self, raw: bytes, name: str | None) -> Any:
        return self._scope[name or ""](self.principal_class(raw))

    def key(self, label: str | int) -> Any:
        return python_name(label) if isinstance(label, str) else label
