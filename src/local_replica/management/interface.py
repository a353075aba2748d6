"""Argument and result types of the management canister, read from `ic.did`."""

from functools import cache
from importlib.resources import files
from typing import Any

import candid
from candid import did
from candid.types import Func, Type

_INTERFACE = did.parse(files(__package__).joinpath("ic.did").read_text(encoding="utf-8"))
_ENV = _INTERFACE.env


def _methods() -> dict[str, Func]:
    service = _INTERFACE.service
    if service is None:
        raise ValueError("ic.did describes no service")
    return {name: function for name, function in service.methods if isinstance(function, Func)}


METHODS = _methods()


class _RawValues(candid.PythonValues):
    """Principals as the bytes that the rest of the replica uses."""

    def principal(self, raw: bytes) -> bytes:
        return raw


class _RawForms(candid.PythonForms):
    """The same on the way out."""

    def principal(self, value: bytes) -> bytes:
        return value


@cache
def argument_decoder(method: str) -> candid.Decoder:
    """The decoder of a method's arguments."""
    return candid.compile_decoder(METHODS[method].args, _ENV, values=_RawValues())


@cache
def _result_encoder(method: str) -> candid.Encoder:
    return candid.compile_encoder(METHODS[method].results, _ENV, forms=_RawForms())


def decode_argument(method: str, arg: bytes) -> dict[str, Any]:
    """The record that the method takes (empty when it takes nothing). Raises candid.CandidError."""
    values = argument_decoder(method)(arg)
    return values[0] if values else {}


def encode_result(method: str, value: object) -> bytes:
    """The reply; `value` is ignored by methods that return nothing."""
    return _result_encoder(method)([value] if METHODS[method].results else [])


def result_types(method: str) -> tuple[tuple[Type, ...], dict[str, Type]]:
    """Result types with their environment, for readers of replies."""
    return METHODS[method].results, dict(_ENV)
