"""The object that the `kybra` package calls as `_kybra_ic`: every function of its `ic` class.

Arguments are converted as strictly as Kybra converts them, with the same texts.
"""

from collections.abc import Callable
from importlib import import_module
from typing import Any

from candid.codec import decode_untyped, encode
from candid.errors import CandidError
from canister_runtime.host.calls import Calls, Outgoing, ServiceCall
from canister_runtime.host.maps import Maps
from canister_runtime.host.scalars import checked_bytes, checked_int, checked_text, utf8
from canister_runtime.host.timers import Timers
from canister_runtime.system_api import SystemApi

_MOST_64 = (1 << 64) - 1
_REJECTION_CODES = (
    "NoError",
    "SysFatal",
    "SysTransient",
    "DestinationInvalid",
    "CanisterReject",
    "CanisterError",
    "Unknown",
)
_PAGE = 65_536
_MOST_PAGES_32 = 1 << 16
"""Pages of stable memory (4 GiB) up to which functions with 32-bit addresses serve (interface spec, `stable_size`)."""
_NO_GROWTH = (-1, (1 << 64) - 1)


class IcObject:
    """Functions of the system for one canister."""

    def __init__(
        self,
        system: SystemApi,
        make_principal: Callable[[bytes], Any],
        calls: Calls,
        timers: Timers,
        reply: Callable[[Any, Any], None],
        *,
        candid_error: type[Exception],
    ) -> None:
        self._system = system
        self._principal = make_principal
        self._candid_error = candid_error
        self._calls = calls
        self._timers = timers
        self._reply = reply
        self.accept_message = system.accept_message
        self.arg_data_raw = system.msg_arg_data
        self.time = system.time
        self.stable64_size = system.stable64_size
        self.canister_balance128 = system.canister_cycle_balance128
        self.msg_cycles_available128 = system.msg_cycles_available128
        self.msg_cycles_refunded128 = system.msg_cycles_refunded128
        self.method_name = system.msg_method_name
        self.reject_message = system.msg_reject_msg

    def add_notifications(self, services: dict[str, ServiceCall]) -> None:
        """Offer `notify_…_wrapper` functions for every method of every service."""
        for name, service in services.items():
            setattr(self, f"notify_{name}_wrapper", self._notification(service, paid=False))
            setattr(self, f"notify_with_payment128_{name}_wrapper", self._notification(service, paid=True))

    def add_maps(self, maps: Maps) -> None:
        """Offer the functions of `StableBTreeMap`."""
        for name, function in maps.functions().items():
            setattr(self, f"stable_b_tree_map_{name}", function)

    def arg_data_raw_size(self) -> int:
        return len(self._system.msg_arg_data())

    def caller(self) -> Any:
        return self._principal(self._system.msg_caller())

    def id(self) -> Any:
        return self._principal(self._system.canister_self())

    def canister_balance(self) -> int:
        return self._small(self._system.canister_cycle_balance128())

    def msg_cycles_available(self) -> int:
        return self._small(self._system.msg_cycles_available128())

    def msg_cycles_refunded(self) -> int:
        return self._small(self._system.msg_cycles_refunded128())

    def msg_cycles_accept(self, max_amount: Any) -> int:
        return self._system.msg_cycles_accept128(checked_int(max_amount, 64))

    def msg_cycles_accept128(self, max_amount: Any) -> int:
        return self._system.msg_cycles_accept128(checked_int(max_amount, 128))

    def reject_code(self) -> dict[str, None]:
        return {_REJECTION_CODES[min(self._system.msg_reject_code(), 6)]: None}

    def data_certificate(self) -> bytes | None:
        return self._system.data_certificate() if self._system.data_certificate_present() else None

    def candid_encode(self, text: Any) -> bytes:
        source = checked_text(text)
        parse_untyped = import_module("candid.text").parse_untyped
        try:
            types, values = parse_untyped(source)
            return encode(types, values)
        except CandidError as error:
            raise self._candid_error(f"Candid parser error: {error}") from None

    def candid_decode(self, message: Any) -> str:
        data = checked_bytes(message)
        print_arguments: Callable[..., str] = import_module("canister_runtime.host.candid_layout").print_arguments
        try:
            types, env, values = decode_untyped(data)
        except CandidError as error:
            raise self._candid_error(str(error)) from None
        return print_arguments(types, env, values)

    def set_certified_data(self, data: Any) -> None:
        self._system.certified_data_set(checked_bytes(data))

    def performance_counter(self, counter_type: Any) -> int:
        return self._system.performance_counter(checked_int(counter_type, 32))

    def print(self, text: Any) -> None:
        self._system.debug_print(printable(checked_text(text)))

    def trap(self, message: Any) -> None:
        self._system.trap(printable(checked_text(message)))

    def reply(self, method: Any, value: Any) -> None:
        self._reply(method, value)

    def reply_raw(self, data: Any) -> None:
        self._system.msg_reply_data_append(checked_bytes(data))
        self._system.msg_reply()

    def reject(self, message: Any) -> None:
        self._system.msg_reject(printable(checked_text(message)))

    def set_timer(self, delay: Any, callback: Callable[[], Any]) -> int:
        return self._timers.set(checked_int(delay, 64), callback)

    def set_timer_interval(self, interval: Any, callback: Callable[[], Any]) -> int:
        return self._timers.set(checked_int(interval, 64), callback, every=True)

    def clear_timer(self, timer: Any) -> None:
        self._timers.clear(checked_int(timer, 64))

    def stable_size(self) -> int:
        pages = self._system.stable64_size()
        if pages > _MOST_PAGES_32:
            self._system.trap("32 bit stable memory api used on a memory larger than 4GB")
        return pages

    def stable_grow(self, new_pages: Any) -> dict[str, Any]:
        pages = checked_int(new_pages, 32)
        return self._grow(pages) if self.stable_size() + pages <= _MOST_PAGES_32 else _no_growth()

    def stable64_grow(self, new_pages: Any) -> dict[str, Any]:
        return self._grow(checked_int(new_pages, 64))

    def stable_read(self, offset: Any, length: Any) -> bytes:
        self.stable_size()
        return self._system.stable64_read(checked_int(offset, 32), checked_int(length, 32))

    def stable64_read(self, offset: Any, length: Any) -> bytes:
        return self._system.stable64_read(checked_int(offset, 64), checked_int(length, 64))

    def stable_write(self, offset: Any, data: Any) -> None:
        self.stable_size()
        self._system.stable64_write(checked_int(offset, 32), checked_bytes(data))

    def stable64_write(self, offset: Any, data: Any) -> None:
        self._system.stable64_write(checked_int(offset, 64), checked_bytes(data))

    def stable_bytes(self) -> bytes:
        return self._system.stable64_read(0, self.stable_size() * _PAGE)

    def notify_raw(self, callee: Any, method: Any, argument: Any, payment: Any) -> dict[str, Any]:
        call = self._calls.prepare("call_raw128", [callee, method, argument, payment])
        return self._send_one_way(call)

    def _notification(self, service: ServiceCall, *, paid: bool) -> Callable[[list[Any]], dict[str, Any]]:
        return lambda args: self._send_one_way(self._calls.prepare_notification(service, args, paid=paid))

    def _send_one_way(self, call: Outgoing) -> dict[str, Any]:
        code = self._system.call_oneway(call.callee, call.method, call.argument, call.cycles)
        return {"Err": {_REJECTION_CODES[min(code, 6)]: None}} if code else {"Ok": None}

    def _grow(self, pages: int) -> dict[str, Any]:
        before = self._system.stable64_grow(pages)
        return _no_growth() if before in _NO_GROWTH else {"Ok": before}

    def _small(self, cycles: int) -> int:
        if cycles > _MOST_64:
            self._system.trap("cycles do not fit in 64 bits; ask with the 128-bit function")
        return cycles


def _no_growth() -> dict[str, Any]:
    return {"Err": {"OutOfMemory": None}}


def printable(text: str) -> str:
    """A text that has a UTF-8 form: lone surrogates become U+FFFD."""
    return text if text.isascii() else utf8(text).decode()
