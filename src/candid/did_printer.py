"""Types and interface descriptions as text."""

from collections.abc import Mapping, Sequence

from candid.types import BLOB, NULL, Field, Func, Named, Opt, Primitive, Record, Service, Type, Variant, Vec
from candid.wire import PRIMITIVE_CODES

RESERVED_WORDS = frozenset(
    [
        "blob",
        "opt",
        "vec",
        "record",
        "variant",
        "func",
        "service",
        "type",
        "import",
        "query",
        "composite_query",
        "oneway",
        "true",
        "false",
    ]
).union(PRIMITIVE_CODES)
"""Words that cannot be names unless quoted."""

_ESCAPES = {ord('"'): '\\"', ord("\\"): "\\\\", ord("\n"): "\\n", ord("\r"): "\\r", ord("\t"): "\\t"}
_ESCAPES |= {code: f"\\{code:02x}" for code in [*range(32), 127] if code not in _ESCAPES}


def quote(text: str) -> str:
    """A text literal."""
    return f'"{text.translate(_ESCAPES)}"'


def print_label(label: str | int) -> str:
    """A label as it stands in types and values, quoted where it has to be."""
    if isinstance(label, int):
        return str(label)
    plain = label.isascii() and label.isidentifier() and label not in RESERVED_WORDS
    return label if plain else quote(label)


def print_type(type_: Type, indent: str = "") -> str:  # noqa: PLR0911 # one return per kind of type
    """A type in Candid syntax; records, variants and services take several lines, indented by `indent`."""
    match type_:
        case Primitive(name) | Named(name):
            return name
        case Opt(inner):
            return f"opt {print_type(inner, indent)}"
        case Vec(inner):
            return "blob" if type_ == BLOB else f"vec {print_type(inner, indent)}"
        case Record(fields):
            return f"record {_block(_record_lines(fields, indent), indent)}"
        case Variant(fields):
            return f"variant {_block([_case(field, indent) for field in fields], indent)}"
        case Func():
            return f"func {print_func(type_, indent)}"
        case Service(methods):
            return f"service {print_methods(methods, indent)}"


def print_func(func: Func, indent: str = "") -> str:
    """`(…) -> (…) mode`, without the keyword."""
    modes = "".join([f" {mode}" for mode in func.modes])
    return f"{print_tuple(func.args, indent)} -> {print_tuple(func.results, indent)}{modes}"


def print_tuple(types: Sequence[Type], indent: str = "") -> str:
    """Argument types in parentheses."""
    return f"({', '.join([print_type(type_, indent) for type_ in types])})"


def print_methods(methods: Sequence[tuple[str, Func | Named]], indent: str = "") -> str:
    """The methods of a service in braces."""
    lines = []
    for name, type_ in methods:
        text = type_.name if isinstance(type_, Named) else print_func(type_, indent + "  ")
        lines.append(f"{print_label(name)} : {text}")
    return _block(lines, indent)


def print_interface_parts(env: Mapping[str, Type], init: Sequence[Type] | None, service: Service | None) -> str:
    """Definitions, init arguments and service as the text of a `.did` file."""
    parts = [f"type {name} = {print_type(type_)};\n" for name, type_ in env.items()]
    if service is not None:
        arguments = "" if init is None else f"{print_tuple(init)} -> "
        parts.append(f"service : {arguments}{print_methods(service.methods)}\n")
    return "".join(parts)


def _record_lines(fields: tuple[Field, ...], indent: str) -> list[str]:
    is_tuple = all(field.label == index for index, field in enumerate(fields))
    return [_field(field, indent, bare=is_tuple) for field in fields]


def _field(field: Field, indent: str, *, bare: bool) -> str:
    text = print_type(field.type, indent + "  ")
    return text if bare else f"{print_label(field.label)} : {text}"


def _case(field: Field, indent: str) -> str:
    return print_label(field.label) if field.type == NULL else _field(field, indent, bare=False)


def _block(lines: list[str], indent: str) -> str:
    if not lines:
        return "{}"
    one = f"{{ {'; '.join(lines)} }}"
    if len(one) + len(indent) <= 80 and "\n" not in one:
        return one
    return "{\n" + "".join([f"{indent}  {line};\n" for line in lines]) + indent + "}"
