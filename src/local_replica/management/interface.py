"""Argument and result types of the management canister, read from `ic.did`."""

from functools import cache
from importlib.resources import files
from typing import Any

import candid
from candid import did
from candid.types import Func

_INTERFACE = did.parse(files(__package__).joinpath("ic.did").read_text(encoding="utf-8"))
ENV = _INTERFACE.env


def _methods() -> dict[str, Func]:
    service = _INTERFACE.service
    if service is None:
        raise ValueError("ic.did describes no service")
    return {name: function for name, function in service.methods if isinstance(function, Func)}


METHODS = _methods()
PARSER_ERROR = "binary parser error: "
MAX_PRINCIPALS = 10
"""Controllers, and viewers of a log."""
SNAPSHOT_ID_BYTES = 18
"""A number of eight bytes and a canister id (the replica's refusal names another figure)."""


class RawValues(candid.PythonValues):
    """Principals as the bytes that the rest of the replica uses."""

    def principal(self, raw: bytes) -> bytes:
        return raw

    def func(self, raw: bytes, method: str, name: str | None) -> tuple[bytes, str]:  # noqa: ARG002 - the base's
        return raw, method


class RawForms(candid.PythonForms):
    """The same on the way out."""

    def principal(self, value: bytes) -> bytes:
        return value

    def func(self, value: tuple[bytes, str]) -> tuple[bytes, str]:
        return value


@cache
def argument_decoder(method: str) -> candid.Decoder:
    """The decoder of a method's arguments."""
    return candid.compile_decoder(METHODS[method].args, ENV, values=RawValues())


@cache
def _result_encoder(method: str) -> candid.Encoder:
    return candid.compile_encoder(METHODS[method].results, ENV, forms=RawForms())


def decode_argument(method: str, arg: bytes) -> dict[str, Any]:
    """The record that the method takes (empty when it takes nothing). Raises candid.CandidError."""
    decode_header(arg)
    values = argument_decoder(method)(arg)
    argument: dict[str, Any] = values[0] if values else {}
    _check_bounds(argument)
    return argument


def decode_header(arg: bytes) -> None:
    """Raises candid.CandidError, worded as the replica's, for what does not even begin as Candid."""
    if not arg.startswith(b"DIDL"):
        reason = "Unexpected bytes at byte offset 0" if arg else "io error"
        raise candid.DecodeError(f"Cannot parse header {arg.hex()}: {PARSER_ERROR}{reason}")


def target_of(method: str, arg: bytes) -> bytes:
    """The canister that a call concerns; empty when there is none, or the argument does not decode."""
    if method not in METHODS:
        return b""
    try:
        argument = decode_argument(method, arg)
    except candid.CandidError:
        return b""
    named: bytes = argument.get("canister_id") or argument.get("target_canister") or b""
    return named


@cache
def _record_encoder(name: str) -> candid.Encoder:
    return candid.compile_encoder([ENV[name]], ENV, forms=RawForms())


def encode_record(name: str, value: object) -> bytes:
    """A message with one value of a type that `ic.did` names."""
    return _record_encoder(name)([value])


def _check_bounds(argument: dict[str, Any]) -> None:
    """What the replica's decoder refuses besides wrong types: long lists of principals, short snapshot ids."""
    settings = argument.get("settings") or {}
    visibility = settings.get("log_visibility") or {}
    for principals in (settings.get("controllers"), visibility.get("allowed_viewers")):
        if principals is not None and len(principals) > MAX_PRINCIPALS:
            raise candid.DecodeError(
                "Fail to decode argument 0: Deserialize error: The number of elements exceeds maximum allowed "
                f"{MAX_PRINCIPALS}"
            )
    for snapshot_id in (argument.get("snapshot_id"), argument.get("replace_snapshot")):
        if snapshot_id is not None and len(snapshot_id) < SNAPSHOT_ID_BYTES:
            raise candid.DecodeError(
                "Fail to decode argument 0: Deserialize error: Invalid length of SnapshotId: Invalid snapshot ID "
                "length: "
                f"provided {len(snapshot_id)}, minumum length expected 37."
            )


def encode_result(method: str, value: object) -> bytes:
    """The reply; `value` is ignored by methods that return nothing."""
    return _result_encoder(method)([value] if METHODS[method].results else [])
