"""Candid values as text in the layout of Rust's `candid` library, which is what `ic.candid_decode` answers.

Lines of at most 80 characters where that is possible; numbers with their types; field names as numbers, since the
wire carries no others.
"""

from collections.abc import Mapping, Sequence
from struct import pack, unpack
from typing import Any, NamedTuple, TypeAlias

from candid.did_printer import print_label, quote
from candid.types import Func, Named, Opt, Primitive, Record, Service, Type, Variant, Vec
from candid.values import Some
from canister_runtime.host.outgoing import is_tuple

_WIDTH = 80
_INDENT = 2


class _Group(NamedTuple):
    """Items that stand in one line, or each in its own behind a separator, also the last."""

    opening: str
    items: "list[_Doc]"
    separator: str
    closing: str


_Doc: TypeAlias = "tuple[str | _Group, ...]"


def print_arguments(types: Sequence[Type], env: Mapping[str, Type], values: Sequence[Any]) -> str:
    """The values of a message in parentheses."""
    layout = _Layout(env)
    docs = [layout.value(value, type_) for value, type_ in zip(values, types, strict=True)]
    return _show((_Group("(", docs, ",", ")"),), 0, 0, 0)


class _Layout:
    def __init__(self, env: Mapping[str, Type]) -> None:
        self._env = env

    def value(self, value: Any, type_: Type) -> _Doc:  # noqa: PLR0911 - one arm per kind of type
        resolved = self._resolve(type_)
        match resolved:
            case Primitive():
                return (_primitive(value, resolved.name),)
            case Opt():
                return self._opt(value, resolved.inner)
            case Vec():
                return self._vec(value, resolved.inner)
            case Record():
                return self._record(value, resolved)
            case Variant():
                return self._variant(value, resolved)
            case Func():
                return (f"func {quote(str(value[0]))}.{print_label(value[1])}",)
            case Service() | Named():
                return (f"service {quote(str(value))}",)

    def _resolve(self, type_: Type) -> Type:
        while isinstance(type_, Named):
            type_ = self._env[type_.name]
        return type_

    def _opt(self, value: Any, inner: Type) -> _Doc:
        if value is None:
            return ("null",)
        content = self.value(value.value if isinstance(value, Some) else value, inner)
        if isinstance(self._resolve(inner), Primitive) and " : " in str(content[0]):
            return ("opt ", _Group("(", [content], "", ")"))
        return ("opt ", *content)

    def _vec(self, value: Any, inner: Type) -> _Doc:
        if isinstance(value, bytes) and value:
            return ('blob "' + "".join([f"\\{byte:02x}" for byte in value]) + '"',)
        return _braces("vec", [self.value(item, inner) for item in value])

    def _record(self, value: Any, type_: Record) -> _Doc:
        if is_tuple(type_.fields):
            pairs = zip(value, type_.fields, strict=True)
            return _braces("record", [self.value(member, field.type) for member, field in pairs])
        fields: list[_Doc] = [
            (f"{_label(field.label)} = ", *self.value(value[field.label], field.type)) for field in type_.fields
        ]
        return _braces("record", fields)

    def _variant(self, value: Any, type_: Variant) -> _Doc:
        ((label, payload),) = value.items()
        (case,) = [field.type for field in type_.fields if field.label == label]
        if self._resolve(case) == Primitive("null"):
            return ("variant ", _Group("{ ", [(_label(label),)], "", " }"))
        return ("variant ", _Group("{ ", [(f"{_label(label)} = ", *self.value(payload, case))], "", " }"))


def _braces(kind: str, items: list[_Doc]) -> _Doc:
    return (f"{kind} ", _Group("{ ", items, ";", " }")) if items else (f"{kind} {{}}",)


def _label(label: str | int) -> str:
    return f"{label:_}" if isinstance(label, int) else print_label(label)


def _primitive(value: Any, name: str) -> str:
    match name:
        case "text":
            return quote(value)
        case "bool":
            return "true" if value else "false"
        case "null" | "reserved":
            return f"null : {name}"
        case "principal":
            return f"principal {quote(str(value))}"
        case "float32" | "float64":
            return f"{_float(value, name)} : {name}"
    return f"{value:_} : {name}"


def _float(value: float, name: str) -> str:
    if value != value:  # noqa: PLR0124 - only NaN differs from itself
        return "NaN"
    if value.is_integer():
        return f"{value:.1f}"
    return _shortest32(value) if name == "float32" else repr(value)


def _shortest32(value: float) -> str:
    """The shortest decimal that is this value in 32 bits."""
    for digits in range(1, 9):
        text = f"{value:.{digits}g}"
        if unpack("<f", pack("<f", float(text)))[0] == value:
            return repr(float(text))
    return repr(value)


def _flat(doc: _Doc) -> str:
    parts = []
    for part in doc:
        if isinstance(part, str):
            parts.append(part)
        else:
            items = f"{part.separator} ".join([_flat(item) for item in part.items])
            parts.append(part.opening + items + part.closing)
    return "".join(parts)


def _show(doc: _Doc, indent: int, column: int, behind: int) -> str:
    """A doc that starts at `column` and has `behind` characters after it in its last line."""
    shown = ""
    for part in doc:
        text = part if isinstance(part, str) else _flat((part,))
        if isinstance(part, _Group) and column + len(text) + behind > _WIDTH:
            text = _broken(part, indent)
        shown += text
        column += len(text)
    return shown


def _broken(group: _Group, indent: int) -> str:
    inner = indent + _INDENT
    behind = len(group.separator)
    lines = [" " * inner + _show(item, inner, inner, behind) + group.separator for item in group.items]
    return "\n".join([group.opening.rstrip(), *lines, " " * indent + group.closing.lstrip()])
