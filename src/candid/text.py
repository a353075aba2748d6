"""Values as text: parsed at expected types, or with the types that they show; and printed (`text_printer`)."""

from collections.abc import Sequence
from typing import Any

from candid.codec import decode, encode
from candid.errors import CandidError, Mismatch
from candid.text_printer import print_args, print_value
from candid.types import (
    BOOL,
    EMPTY,
    FLOAT32,
    FLOAT64,
    INT,
    NAT8,
    NULL,
    PRINCIPAL,
    RESERVED,
    TEXT,
    Field,
    Func,
    Named,
    Opt,
    Primitive,
    Record,
    Service,
    Type,
    TypeEnv,
    Variant,
    Vec,
)
from candid.values import Some, is_tuple
from candid.values_text import Node, parse_nodes
from candid.wire import label_hash

__all__ = ["parse_args", "parse_untyped", "print_args", "print_value"]

_NO_ENV: TypeEnv = {}


def parse_args(source: str, types: Sequence[Type], env: TypeEnv = _NO_ENV) -> list[Any]:
    """The values of `(…)` at `types`, with the coercions that decoding makes (missing `opt`s, extra fields).

    One of them it does not make: what does not fit an `opt` is an error, not null, since somebody has just typed it.

    Raises TextError where it does not parse, Mismatch where a value does not fit, CandidError otherwise.
    """
    try:
        return _values(parse_nodes(source), types, env)
    except RecursionError as error:
        raise CandidError("the values nest too deep") from error


def parse_untyped(source: str) -> tuple[list[Type], list[Any]]:
    """The values of `(…)` with their types: `int` and `float64` unless an annotation says otherwise.

    Raises TextError where it does not parse, CandidError otherwise.
    """
    try:
        nodes = parse_nodes(source)
        types = [_type_of(node) for node in nodes]
        return types, _values(nodes, types, _NO_ENV)
    except RecursionError as error:
        raise CandidError("the values nest too deep") from error


def _values(nodes: Sequence[Node], types: Sequence[Type], env: TypeEnv) -> list[Any]:
    reader = ValueReader(env)
    values = [reader.value(node, type_) for node, type_ in zip(nodes, types, strict=False)]
    for type_ in types[len(nodes) :]:
        if not reader.is_nullable(type_):
            raise Mismatch(f"{len(types)} values are expected, not {len(nodes)}")
        values.append(None)
    return values


class ValueReader:
    """Makes values of a parsed text at an expected type. Raises Mismatch; CandidError for an undefined name."""

    def __init__(self, env: TypeEnv) -> None:
        self.env = env

    def resolve(self, type_: Type) -> Type:
        while isinstance(type_, Named):
            if type_.name not in self.env:
                raise CandidError(f"type {type_.name} is not defined")
            type_ = self.env[type_.name]
        return type_

    def is_nullable(self, type_: Type) -> bool:
        actual = self.resolve(type_)
        return actual in (NULL, RESERVED) or isinstance(actual, Opt)

    def value(self, node: Node, type_: Type) -> Any:  # noqa: PLR0911 # one return per kind of type
        actual = self.resolve(type_)
        if node.kind == "typed":
            return self.typed(node.value, type_)
        if actual == RESERVED:
            return None
        if isinstance(actual, Opt):
            return self.opt(node, actual.inner)
        if isinstance(actual, Primitive):
            return self.primitive(node, actual)
        if isinstance(actual, Vec):
            return self.vec(node, actual.inner)
        if isinstance(actual, Record):
            return self.record(node, actual)
        if isinstance(actual, Variant):
            return self.variant(node, actual)
        return self.reference(node, actual)

    def typed(self, typed: tuple[Node, Type], wanted: Type) -> Any:
        node, own = typed
        data = encode([own], [self.value(node, own)], self.env)
        return decode([wanted], data, self.env)[0]

    def opt(self, node: Node, inner: Type) -> Any:
        if node.kind == "null":
            return None
        content = self.value(node.value if node.kind == "opt" else node, inner)
        return Some(content) if self.is_nullable(inner) else content

    def primitive(self, node: Node, type_: Primitive) -> Any:
        if node.kind == "number":
            return _number(node.value, type_)
        if _LITERALS.get(node.kind) != type_:
            raise Mismatch(f"{node.kind} where {type_.name} is expected")
        return node.value

    def vec(self, node: Node, inner: Type) -> Any:
        is_blob = self.resolve(inner) == NAT8
        if node.kind == "blob":
            if not is_blob:
                return [self.value(Node("number", str(byte)), inner) for byte in node.value]
            return node.value
        if node.kind != "vec":
            raise Mismatch(f"{node.kind} where vec is expected")
        values = [self.value(member, inner) for member in node.value]
        return bytes(values) if is_blob else values

    def record(self, node: Node, type_: Record) -> Any:
        if node.kind != "record":
            raise Mismatch(f"{node.kind} where record is expected")
        given = {label_hash(label): member for label, member in node.value}
        record: dict[Any, Any] = {}
        for field in type_.fields:
            member = given.get(label_hash(field.label))
            if member is None and not self.is_nullable(field.type):
                raise Mismatch(f"field {field.label} is missing")
            record[field.label] = None if member is None else self.value(member, field.type)
        ordered = sorted(record, key=label_hash)
        return tuple([record[label] for label in ordered]) if is_tuple(ordered) else record

    def variant(self, node: Node, type_: Variant) -> Any:
        if node.kind != "variant":
            raise Mismatch(f"{node.kind} where variant is expected")
        label, content = node.value
        for case in type_.fields:
            if label_hash(case.label) == label_hash(label):
                return {case.label: self.value(content, case.type)}
        raise Mismatch(f"a variant has no case {label}")

    def reference(self, node: Node, type_: Type) -> Any:
        if node.kind != ("func" if isinstance(type_, Func) else "service"):
            raise Mismatch(f"{node.kind} where a reference is expected")
        return node.value


_LITERALS = {"null": NULL, "bool": BOOL, "text": TEXT, "principal": PRINCIPAL}


def _number(text: str, type_: Primitive) -> Any:
    digits = text.replace("_", "").lower()
    if type_ in (FLOAT32, FLOAT64):
        return float.fromhex(digits) if "0x" in digits else float(digits)
    try:
        number = int(digits, 16 if "0x" in digits else 10)
    except ValueError:
        raise Mismatch(f"{text} where {type_.name} is expected") from None
    low, high = _range(type_)
    if (low is not None and number < low) or (high is not None and number > high):
        raise Mismatch(f"{text} does not fit {type_.name}")
    return number


def _range(type_: Primitive) -> tuple[int | None, int | None]:
    """The least and greatest number of a type; None: there is none."""
    name = type_.name
    if name == "int":
        return None, None
    if name == "nat":
        return 0, None
    if name.startswith("nat"):
        return 0, (1 << int(name[3:])) - 1
    if name.startswith("int"):
        return -(1 << (int(name[3:]) - 1)), (1 << (int(name[3:]) - 1)) - 1
    raise Mismatch(f"a number where {name} is expected")


def _type_of(node: Node) -> Type:  # noqa: PLR0911 # one return per kind of type
    match node:
        case Node("typed", (_, type_)):
            return type_  # type: ignore[no-any-return] # a typed node holds a Type
        case Node("number", text):
            is_float = "0x" not in text and any(mark in text.lower() for mark in (".", "e", "nan", "inf"))
            return FLOAT64 if is_float or ("0x" in text and ("." in text or "p" in text.lower())) else INT
        case Node("opt", inner):
            return Opt(_type_of(inner))
        case Node("vec", members):
            return Vec(_common(members))
        case Node("blob", _):
            return Vec(NAT8)
        case Node("record", fields):
            return Record(tuple([Field(label, _type_of(member)) for label, member in fields]))
        case Node("variant", (label, content)):
            return Variant((Field(label, _type_of(content)),))
        case Node("func", _):
            return Func((), ())
        case Node("service", _):
            return Service(())
    return _LITERALS[node.kind]


def _common(members: list[Node]) -> Type:
    types = [_type_of(member) for member in members]
    if any(type_ != types[0] for type_ in types):
        raise CandidError("the members of a vec have different types: annotate them")
    return types[0] if types else EMPTY
