"""`encode` and `decode`, and the compiled callables behind them."""

from collections.abc import Mapping, Sequence
from typing import Any

from candid.decoder import Decoder, PythonValues
from candid.encoder import Encoder, PythonForms
from candid.errors import CandidError
from candid.limits import DEFAULT, Limits
from candid.table import parse, to_types
from candid.types import Type, TypeEnv

_KEPT = 256

_NO_ENV: TypeEnv = {}

_encoders: dict[Any, tuple[Encoder, TypeEnv]] = {}
_decoders: dict[Any, tuple[Decoder, TypeEnv]] = {}


def compile_encoder(types: Sequence[Type], env: TypeEnv = _NO_ENV, forms: PythonForms | None = None) -> Encoder:
    """A callable that encodes lists of values of these types, with its header's bytes made once."""
    return Encoder(types, env, forms)


def compile_decoder(
    types: Sequence[Type], env: TypeEnv = _NO_ENV, limits: Limits = DEFAULT, values: PythonValues | None = None
) -> Decoder:
    """A callable that decodes messages at these types and keeps a plan for each type table that it meets."""
    return Decoder(types, env, limits, values)


def encode(types: Sequence[Type], values: Sequence[Any], env: TypeEnv = _NO_ENV) -> bytes:
    """The message with `values` as arguments of `types`.

    The compiled encoder is kept for the next call with equal types and the same `env`, which must not change
    meanwhile. Raises EncodeError.
    """
    key = tuple(types), id(env)
    known = _encoders.get(key)
    if known is None:
        known = _keep(_encoders, key, (Encoder(types, env), env))
    return known[0](values)


def decode(types: Sequence[Type], data: bytes, env: TypeEnv = _NO_ENV, limits: Limits = DEFAULT) -> list[Any]:
    """The arguments in `data`, read at `types`; missing optional ones are None, extra ones are passed over.

    The compiled decoder is kept as `encode` does. Raises DecodeError.
    """
    key = tuple(types), id(env), limits
    known = _decoders.get(key)
    if known is None:
        known = _keep(_decoders, key, (Decoder(types, env, limits), env))
    return known[0](data)


def decode_untyped(data: bytes, limits: Limits = DEFAULT) -> tuple[list[Type], Mapping[str, Type], list[Any]]:
    """(types, definitions, values) of a message by its own type table; labels are numbers."""
    types, env = to_types(parse(data, limits)[0])
    try:
        return types, env, Decoder(types, env, limits)(data)
    except RecursionError as error:
        raise CandidError("the types nest too deep") from error


def _keep(cache: dict[Any, Any], key: Any, entry: Any) -> Any:
    if len(cache) >= _KEPT:
        del cache[next(iter(cache))]
    cache[key] = entry
    return entry
