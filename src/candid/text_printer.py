"""Values printed as text."""

from collections.abc import Mapping, Sequence
from typing import Any

from candid.did_printer import print_label, quote
from candid.errors import CandidError
from candid.types import (
    BOOL,
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
    Type,
    TypeEnv,
    Variant,
    Vec,
)
from candid.values import is_tuple
from candid.wire import label_hash

_NO_ENV: TypeEnv = {}


def print_args(values: Sequence[Any], types: Sequence[Type], env: TypeEnv = _NO_ENV) -> str:
    """Argument values in parentheses, so that they can be parsed without knowing the types."""
    printed = [print_value(value, type_, env) for value, type_ in zip(values, types, strict=True)]
    return f"({', '.join(printed)})"


def print_value(value: Any, type_: Type, env: TypeEnv = _NO_ENV) -> str:
    """A value of a type as text; numbers other than `int` and `float64` carry their type.

    Raises CandidError for values that nest too deep for the interpreter.
    """
    try:
        return _Printer(env).text(value, type_)
    except RecursionError as error:
        raise CandidError("the values nest too deep") from error


class _Printer:
    def __init__(self, env: Mapping[str, Type]) -> None:
        self.env = env

    def resolve(self, type_: Type) -> Type:
        while isinstance(type_, Named):
            type_ = self.env[type_.name]
        return type_

    def is_nullable(self, type_: Type) -> bool:
        actual = self.resolve(type_)
        return actual in (NULL, RESERVED) or isinstance(actual, Opt)

    def text(self, value: Any, type_: Type) -> str:  # noqa: PLR0911 # one return per kind of type
        match self.resolve(type_):
            case Primitive() as primitive:
                return _print_primitive(value, primitive)
            case Opt(inner):
                return self.opt(value, inner)
            case Vec(inner):
                return self.vec(value, inner)
            case Record(fields):
                return self.record(value, fields)
            case Variant(cases):
                ((label, content),) = value.items()
                case = next(case for case in cases if case.label == label)
                is_bare = self.resolve(case.type) == NULL
                return f"variant {{ {print_label(label) if is_bare else self.field(label, content, case.type)} }}"
            case Func():
                principal, method = value
                return f"func {quote(str(principal))}.{print_label(method)}"
            case _:
                return f"service {quote(str(value))}"

    def opt(self, value: Any, inner: Type) -> str:
        if value is None:
            return "null"
        text = self.text(value[0] if self.is_nullable(inner) else value, inner)
        return f"opt ({text})" if " : " in text else f"opt {text}"

    def vec(self, value: Any, inner: Type) -> str:
        if self.resolve(inner) == NAT8:
            return f'blob "{"".join([_byte(byte) for byte in bytes(value)])}"'
        return f"vec {_braces([self.text(member, inner) for member in value])}"

    def record(self, value: Any, fields: tuple[Field, ...]) -> str:
        ordered = sorted(fields, key=lambda field: label_hash(field.label))
        if is_tuple([field.label for field in ordered]):
            pairs = zip(value, ordered, strict=True)
            return f"record {_braces([self.text(member, field.type) for member, field in pairs])}"
        present = [self.field(field.label, value.get(field.label), field.type) for field in fields]
        return f"record {_braces(present)}"

    def field(self, label: str | int, value: Any, type_: Type) -> str:
        return f"{print_label(label)} = {self.text(value, type_)}"


def _braces(parts: list[str]) -> str:
    return f"{{ {'; '.join(parts)} }}" if parts else "{}"


def _byte(byte: int) -> str:
    return chr(byte) if 32 <= byte < 127 and byte not in (34, 92) else f"\\{byte:02x}"


def _print_primitive(value: Any, type_: Primitive) -> str:
    if type_ in (NULL, RESERVED):
        return "null"
    if type_ == BOOL:
        return "true" if value else "false"
    if type_ == TEXT:
        return quote(value)
    if type_ == PRINCIPAL:
        return f"principal {quote(str(value))}"
    if type_ in (FLOAT32, FLOAT64):
        text = repr(float(value)).replace("e+", "e")
        return text if type_ == FLOAT64 else f"{text} : float32"
    return f"{value:_}" if type_ == INT else f"{value:_} : {type_.name}"
