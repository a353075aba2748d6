"""Kybra's `Principal` with its texts and instances made in C (runtime/src/candid/principals.c)."""

from collections.abc import Callable
from functools import partial
from typing import Any

from canister_runtime.host import plans


def principal_maker(principal_class: Any) -> Callable[[bytes], Any]:
    """What makes a principal of bytes: the class, or C that makes the same without calling it."""
    if plans.candid_plan is None or not plans.is_plain(principal_class):
        return principal_class  # type: ignore[no-any-return] # a class is called for its instances
    return partial(plans.candid_plan.principal, principal_class)


def native_principals(principal_class: Any) -> bool:
    """Give the class a `to_str` and a `from_str` in C, which leave what is no principal to Kybra's own; whether it did.

    Kybra's `from_str` takes 110,000 instructions, the one in C under 5,000.
    """
    if plans.candid_plan is None or not plans.is_plain(principal_class):
        return False
    text_of, bytes_of = plans.candid_plan.principal_text, plans.candid_plan.principal_bytes
    make = principal_maker(principal_class)
    own_to_str, own_from_str = principal_class.to_str, principal_class.from_str

    def to_str(principal: Any) -> str:
        return text_of(principal._bytes) or own_to_str(principal)  # type: ignore[no-any-return] # noqa: SLF001 # as kybra

    def from_str(s: str) -> Any:
        raw = bytes_of(s)
        return own_from_str(s) if raw is None else make(raw)

    principal_class.to_str, principal_class.from_str = to_str, staticmethod(from_str)
    return True
