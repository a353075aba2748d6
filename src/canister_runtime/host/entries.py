"""What each exported function of a canister does: guard, arguments, the canister's function, reply."""

from collections.abc import Callable, Mapping
from typing import Any, TypeAlias

from candid.errors import CandidError
from candid.types import Type
from canister_runtime.host.calls import Calls
from canister_runtime.host.failures import Unreachable, describe
from canister_runtime.host.ic_object import printable
from canister_runtime.host.plans import native_entry
from canister_runtime.host.scalars import checked_text
from canister_runtime.host.signature import NO_ARGUMENTS, Codec, Decode
from canister_runtime.source.model import Hook, Method, Parameter
from canister_runtime.system_api import SystemApi

Entry: TypeAlias = Callable[[], None]

_PLAIN = frozenset({type(None), bool, int, float, str, bytes, dict, list, tuple})
"""Types whose values are certainly no generators; asking an object for `send` costs more than looking here."""


class EntryCompiler:
    """Makes entries over one canister's functions (`scope`: what `from <entry> import *` brings)."""

    def __init__(self, system: SystemApi, codec: Codec, calls: Calls, scope: Mapping[str, Any]) -> None:
        self._system = system
        self._codec = codec
        self._calls = calls
        self._scope = scope

    def method(self, method: Method) -> Entry:
        """The entry of a query or update method."""
        run = self._run(method, self._function(method.name), self._finish(method))
        return run if method.guard is None else self._guarded(self._function(method.guard), run)

    def hook(self, hook: Hook) -> Entry:
        """The entry of a lifecycle function without its host's part; what it returns must be None."""
        function = self._function(hook.function)
        run = self._heartbeat(function) if hook.kind == "heartbeat" else self._lifecycle(function, hook.parameters)
        return run if hook.guard is None else self._guarded(self._function(hook.guard), run)

    def _function(self, name: str) -> Callable[..., Any]:
        if name not in self._scope:
            raise Unreachable(f"`{name}` is not among the names that `import *` takes from the entry module")
        function: Callable[..., Any] = self._scope[name]
        return function

    def _run(self, method: Method, function: Callable[..., Any], finish: Callable[[Any], None]) -> Entry:
        in_python = self._run_in_python(function, method.parameters, finish)
        arguments = self._codec.plan(tuple(parameter.type for parameter in method.parameters))
        replies = method.result is not None and not method.manual
        result = self._codec.plan((method.result,)) if replies and method.result is not None else None
        if arguments is None or (result is None and replies):
            return in_python
        in_c = native_entry(
            function,
            arguments,
            result,
            replies=not method.manual,
            otherwise=in_python,
            finish=finish,
            drive=self._calls.drive,
        )
        return in_c or in_python

    def _run_in_python(
        self, function: Callable[..., Any], parameters: tuple[Parameter, ...], finish: Callable[[Any], None]
    ) -> Entry:
        system, drive = self._system, self._calls.drive
        decode = self._arguments(parameters)
        if not parameters:

            def run_without_arguments() -> None:
                if system.msg_arg_data() != NO_ARGUMENTS:
                    decode()
                value = function()
                if value.__class__ in _PLAIN:
                    finish(value)
                else:
                    drive(value, finish)

            return run_without_arguments

        def run() -> None:
            value = function(*decode())
            if value.__class__ in _PLAIN:
                finish(value)
            else:
                drive(value, finish)

        return run

    def _arguments(self, parameters: tuple[Parameter, ...]) -> Callable[[], Any]:
        types: tuple[Type, ...] = tuple(parameter.type for parameter in parameters)
        decode: Decode = self._codec.decoder(types)
        system = self._system

        def arguments() -> Any:
            try:
                return decode(system.msg_arg_data())
            except CandidError as error:
                system.trap(f"failed to decode call arguments: {error}")

        return arguments

    def _finish(self, method: Method) -> Callable[[Any], None]:
        if method.manual:
            return _ignore
        encode = self._codec.result_encoder(method.result)
        append, reply = self._system.msg_reply_data_append, self._system.msg_reply

        def finish(value: Any) -> None:
            append(encode(value))
            reply()

        return finish

    def _guarded(self, guard: Callable[[], Any], run: Entry) -> Entry:
        system = self._system

        def guarded() -> None:
            try:
                refusal = _refusal(guard())
            except Exception as error:  # noqa: BLE001 - any exception of a guard is a refusal, as in Kybra
                refusal = describe(error)
            if refusal is None:
                run()
            else:
                system.msg_reject(printable(refusal))

        return guarded

    def _lifecycle(self, function: Callable[..., Any], parameters: tuple[Parameter, ...]) -> Entry:
        if not parameters:
            return lambda: _expect_none(function())
        decode = self._arguments(parameters)
        return lambda: _expect_none(function(*decode()))

    def _heartbeat(self, function: Callable[..., Any]) -> Entry:
        drive = self._calls.drive
        return lambda: drive(function(), _expect_none)


def _ignore(_value: Any) -> None:
    pass


def _expect_none(value: Any) -> None:
    if value is not None:
        raise TypeError(f"expected NoneType but received {type(value).__name__}")


def _refusal(result: Any) -> str | None:
    """The message of a guard's `Err`, or None for `Ok`; with both keys it is an `Err`."""
    for key in ("Err", "Ok"):
        try:
            value = result[key]
        except Exception:  # noqa: BLE001, S112 - Kybra takes any failure of the lookup for a missing key
            continue
        if key == "Err":
            return checked_text(value)
        _expect_none(value)
        return None
    raise TypeError(f"expected Result but received {type(result).__name__}")
