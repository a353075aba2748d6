"""Arguments and results of methods and calls: whole Candid messages from and to Python values."""

from collections.abc import Callable, Mapping
from typing import Any, TypeAlias

from candid.decoder import Decoder
from candid.table import build, header
from candid.types import NULL, Type
from canister_runtime.host.incoming import KybraValues
from canister_runtime.host.outgoing import OutgoingCompiler
from canister_runtime.host.plans import Plan, plan
from canister_runtime.host.scalars import Encoder

NO_ARGUMENTS = b"DIDL\x00\x00"

Encode: TypeAlias = Callable[..., bytes]
Decode: TypeAlias = Callable[[bytes], list[Any]]


class Codec:
    """Compiles whole messages over one canister's types, its `Principal` class and its `Service` classes.

    Messages go through plans where there are some (see `plans`), which call the functions made here when they give up.
    """

    def __init__(self, env: Mapping[str, Type], principal_class: type, scope: Mapping[str, Any]) -> None:
        self._env = env
        self._values = KybraValues(principal_class, scope)
        self._outgoing = OutgoingCompiler(env, principal_class)
        self._plans: dict[tuple[Type, ...], Plan | None] = {}

    def decoder(self, types: tuple[Type, ...]) -> Decode:
        """From a message to the list of its values; raises candid.CandidError."""
        compiled = self.plan(types)
        return self._python_decoder(types) if compiled is None else compiled.decode

    def encoder(self, types: tuple[Type, ...]) -> Encode:
        """From values (one argument each) to a message; raises what Kybra's conversions raise."""
        compiled = self.plan(types)
        return self._python_encoder(types) if compiled is None else compiled.encode

    def value_decoder(self, type_: Type) -> Callable[[bytes], Any]:
        """From a message of one value to that value; raises candid.CandidError."""
        compiled = self.plan((type_,))
        return _first(self._python_decoder((type_,))) if compiled is None else compiled.decode_first

    def result_encoder(self, result: Type | None) -> Callable[[Any], bytes]:
        """From a method's return value to its reply; `void` takes None only."""
        if result is None:
            return _single(NO_ARGUMENTS, self._outgoing.compile(NULL))
        return self.encoder((result,))

    def result_decoder(self, result: Type | None) -> Callable[[bytes], Any]:
        """From a reply to the value of `CallResult.Ok`; `void` accepts any reply, as Kybra does."""
        return _discarding(self.decoder(())) if result is None else self.value_decoder(result)

    def plan(self, types: tuple[Type, ...]) -> Plan | None:
        """The plan of these types, made once; None where there is none."""
        if types not in self._plans:
            decode, encode = self._python_decoder(types), self._python_encoder(types)
            self._plans[types] = plan(types, self._env, self._values, decode, encode)
        return self._plans[types]

    def _python_decoder(self, types: tuple[Type, ...]) -> Decode:
        decode = Decoder(types, self._env, values=self._values)
        decode.prepare(self._header(types))
        return decode

    def _python_encoder(self, types: tuple[Type, ...]) -> Encode:
        prefix = self._header(types)
        encoders = tuple(self._outgoing.compile(each) for each in types)
        if not encoders:
            return lambda: prefix
        if len(encoders) == 1:
            return _single(prefix, encoders[0])

        def encode(*values: Any) -> bytes:
            return prefix + b"".join([each(value) for each, value in zip(encoders, values, strict=True)])

        return encode

    def _header(self, types: tuple[Type, ...]) -> bytes:
        return header(build(types, self._env))


def _single(prefix: bytes, encode: Encoder) -> Encode:
    return lambda value: prefix + encode(value)


def _first(decode: Decode) -> Callable[[bytes], Any]:
    return lambda message: decode(message)[0]


def _discarding(decode: Decode) -> Callable[[bytes], None]:
    def discard(message: bytes) -> None:
        decode(message)

    return discard
