"""Argument and result types of the management canister, read from `ic.did`."""

from functools import cache
from importlib.resources import files
from typing import Any

import candid
from candid import did
from candid.types import PRINCIPAL, Field, Func, Named, Opt, Record, Type, Variant, Vec
from local_replica.management.decoding import fault_of
from local_replica.management.decoding.limits import TOO_MANY

_INTERFACE = did.parse(files(__package__).joinpath("ic.did").read_text(encoding="utf-8"))
ENV = _INTERFACE.env


def _methods() -> dict[str, Func]:
    service = _INTERFACE.service
    if service is None:
        raise ValueError("ic.did describes no service")
    return {name: function for name, function in service.methods if isinstance(function, Func)}


METHODS = _methods()
_UNTOLD = {"take_canister_snapshot": {"uninstall_code", "sender_canister_version"}}
"""Fields of the specification that PocketIC 10 does not know, so that its texts do not show them."""
CANISTER_ID_RECORD = Record((Field("canister_id", PRINCIPAL),))
_CREATION = "create_canister"


_FEW = 10
SNAPSHOT_ID_BYTES = 18
"""A number of eight bytes and a canister id."""


class Undecodable(candid.DecodeError):
    """An argument that does not decode. Its text is the replica's."""

    def __init__(self, arg: bytes, expected: Type | None, text: str) -> None:
        super().__init__(text)
        self.arg = arg
        self.expected = expected

    @classmethod
    def of(cls, arg: bytes, expected: Type | None, error: candid.CandidError | None = None) -> "Undecodable":
        """The failure at that type; `error` is told where the replica's decoder would not fail."""
        fault = fault_of(arg, expected)
        return cls(arg, expected, f"Error decoding candid: {fault.on_one_line if fault is not None else error}")

    @property
    def told_by_server(self) -> str:
        """The same failure where PocketIC's server decodes, whose decoder tells everything that it knows."""
        fault = fault_of(self.arg, self.expected, full=True)
        return f"Error decoding candid: Custom({fault.as_list if fault is not None else self})"


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
    """The record that the method takes (empty when it takes nothing). Raises Undecodable."""
    try:
        values = argument_decoder(method)(arg)
    except candid.CandidError as error:
        return _otherwise(method, arg, error)
    argument: dict[str, Any] = values[0] if values else {}
    if _is_suspect(argument):
        fault = fault_of(arg, told_type(method))
        if fault is not None:
            return _otherwise(method, arg, Undecodable(arg, told_type(method), ""))
    return argument


def _otherwise(method: str, arg: bytes, error: candid.CandidError) -> dict[str, Any]:
    """What becomes of an argument of another type. Raises Undecodable."""
    expected = told_type(method)
    fault = fault_of(arg, expected)
    text = f"Error decoding candid: {fault.on_one_line if fault is not None else error}"
    if method == _CREATION:
        if fault is not None and TOO_MANY in fault.on_one_line:
            raise Undecodable(arg, expected, f"Payload deserialization error: Custom({fault.as_list})")
        if fault_of(arg, None) is None:
            return {"settings": None, "sender_canister_version": None}
        text = "Payload deserialization error."
    raise Undecodable(arg, expected, text) from error


def decode_as(expected: Type, arg: bytes) -> Any:
    """Decode at one type of our own. Raises Undecodable."""
    try:
        return candid.compile_decoder([expected], ENV, values=RawValues())(arg)[0]
    except candid.CandidError as error:
        raise Undecodable.of(arg, expected, error) from error


@cache
def told_type(method: str) -> Type | None:
    """The argument's type as the replica knows it, written out; None for methods without argument."""
    args = METHODS[method].args
    if not args:
        return None
    whole = _written_out(args[0])
    untold = _UNTOLD.get(method, set())
    if isinstance(whole, Record) and untold:
        return Record(tuple(field for field in whole.fields if field.label not in untold))
    return whole


def _written_out(type_: Type) -> Type:  # noqa: PLR0911 - one return per kind of type
    """The type without names."""
    match type_:
        case Named(name):
            return _written_out(ENV[name])
        case Opt(inner):
            return Opt(_written_out(inner))
        case Vec(inner):
            return Vec(_written_out(inner))
        case Record(fields):
            return Record(tuple(Field(field.label, _written_out(field.type)) for field in fields))
        case Variant(fields):
            return Variant(tuple(Field(field.label, _written_out(field.type)) for field in fields))
        case Func(args, results, modes):
            return Func(tuple(map(_written_out, args)), tuple(map(_written_out, results)), modes)
        case _:
            return type_


def target_of(method: str, arg: bytes) -> bytes:
    """The canister (or subnet) that a call concerns; empty when there is none, or the argument does not decode."""
    if method not in METHODS:
        return b""
    try:
        argument = decode_argument(method, arg)
    except candid.CandidError:
        return b""
    named: bytes = argument.get("canister_id") or argument.get("target_canister") or argument.get("subnet_id") or b""
    return named


@cache
def _record_encoder(name: str) -> candid.Encoder:
    return candid.compile_encoder([ENV[name]], ENV, forms=RawForms())


def encode_record(name: str, value: object) -> bytes:
    """A message with one value of a type that `ic.did` names."""
    return _record_encoder(name)([value])


def _is_suspect(argument: dict[str, Any]) -> bool:
    """Whether the argument may break a limit of the decoder's own, which only a closer look finds."""
    settings = argument.get("settings") or {}
    visibility = settings.get("log_visibility") or {}
    lists = (settings.get("controllers"), visibility.get("allowed_viewers"), argument.get("derivation_path"))
    snapshot_ids = (argument.get("snapshot_id"), argument.get("replace_snapshot"))
    return (
        bool(argument.get("headers"))
        or any(items is not None and len(items) > _FEW for items in lists)
        or any(key is not None and len(key) != SNAPSHOT_ID_BYTES for key in snapshot_ids)
    )


def encode_result(method: str, value: object) -> bytes:
    """The reply; `value` is ignored by methods that return nothing."""
    return _result_encoder(method)([value] if METHODS[method].results else [])
