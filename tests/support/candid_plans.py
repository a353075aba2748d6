"""Plans in C beside the Python codec, and types of every kind to hold against both."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, NoReturn

from kybra import Principal, Service

from candid.types import (
    BLOB,
    BOOL,
    FLOAT32,
    FLOAT64,
    INT,
    NAT,
    NAT8,
    NAT32,
    NAT64,
    NULL,
    PRINCIPAL,
    RESERVED,
    TEXT,
    Field,
    Func,
    Named,
    Opt,
    Record,
    Type,
    Variant,
    Vec,
)
from candid.types import Service as ServiceType
from canister_runtime.host import plans
from canister_runtime.host.signature import Codec
from support.candid_strategies import ENV
from support.native_extension import native_extension


class GaveUp(Exception):
    """The plan left the message to the Python codec."""


class Ledger(Service):
    """What a canister declares for the service type of that name."""


SCOPE = {"Ledger": Ledger}
LEDGER = ServiceType((("get", Func((), (NAT,), ("query",))),))
EVERYTHING = Record(
    (
        Field("zebra", NAT64),
        Field("class", TEXT),
        Field("who", PRINCIPAL),
        Field("maybe", Opt(NAT)),
        Field("level", Variant((Field("Low", NULL), Field("High", NAT32)))),
        Field("pair", Record((Field(0, TEXT), Field(1, INT)))),
        Field("raw", BLOB),
        Field("yes", BOOL),
        Field("half", FLOAT32),
        Field("whole", FLOAT64),
        Field("list", Named("List")),
        Field("callback", Func((), ())),
        Field("ledger", Named("Ledger")),
        Field("names", Vec(TEXT)),
        Field("numbers", Vec(NAT8)),
        Field("gone", RESERVED),
        Field("empty", Record(())),
    )
)
ENV_WITH_SERVICE = {**ENV, "Ledger": LEDGER}
VALUES = {
    "zebra": 2**64 - 1,
    "class_": "grün \U0001f600 €",
    "who": Principal(b"\xca\xff\xee"),
    "maybe": 2**100,
    "level": {"High": 7},
    "pair": ("a", -(2**40)),
    "raw": b"\0\xff",
    "yes": True,
    "half": 1.5,
    "whole": -0.1,
    "list": {"head": 1, "tail": {"head": 2, "tail": None}},
    "callback": (Principal(b"\1"), "call_me"),
    "ledger": Ledger(Principal(b"\2\3")),
    "names": ["x" * 200, ""],
    "numbers": b"abc",
    "gone": None,
    "empty": {},
}


@contextmanager
def native_plans() -> Iterator[None]:
    """Plans are made in C within."""
    former, plans.candid_plan = plans.candid_plan, native_extension("_candid_plan", "candid/*.c")
    try:
        yield
    finally:
        plans.candid_plan = former


class Pair:
    """The plan of a type, which says when it gives up, beside the Python codec."""

    def __init__(self, *types: Type) -> None:
        codec = Codec(ENV_WITH_SERVICE, Principal, SCOPE)
        self.python_decode = codec._python_decoder(types)
        self.python_encode = codec._python_encoder(types)
        made = plans.plan(types, ENV_WITH_SERVICE, codec._values, self._give_up, self._give_up)
        if made is None:
            raise plans.Unplannable
        self.plan = made

    def decodes_alike(self, message: bytes) -> bool:
        """Whether the plan decoded the message at all; if so, then as the Python codec does."""
        try:
            found = self.plan.decode(message)
        except GaveUp:
            return False
        assert shown(found) == shown(self.python_decode(message))
        return True

    def encodes_alike(self, *given: Any) -> bool:
        """As `decodes_alike`, for values."""
        try:
            message = self.plan.encode(*given)
        except GaveUp:
            return False
        assert message == self.python_encode(*given)
        return True

    @staticmethod
    def _give_up(*_given: Any) -> NoReturn:
        raise GaveUp


def shown(value: Any) -> str:
    """A value with the order of its dicts, the types of its members and the attributes of its objects."""
    if isinstance(value, (Principal, Service)):
        return f"{type(value).__name__}({shown(vars(value))})"
    if isinstance(value, dict):
        return "{" + ", ".join(f"{key!r}: {shown(member)}" for key, member in value.items()) + "}"
    if isinstance(value, (list, tuple)):
        return f"{type(value).__name__}({', '.join(map(shown, value))})"
    return f"{type(value).__name__} {value!r}"
