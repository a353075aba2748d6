"""Candid types as the Rust crate prints them: on one line of at most 80 columns, or a field a line."""

from candid.types import BLOB, NULL, Field, Func, Named, Opt, Primitive, Record, Service, Type, Variant, Vec
from candid.wire import label_hash

WIDTH = 80
MAX_TYPE_LENGTH = 500
"""Types with longer texts (as `is_short` estimates them) are left out of messages."""
_ENTRY_LENGTHS = {
    **dict.fromkeys(("null", "bool", "text", "nat8", "int8"), 4),
    **dict.fromkeys(("nat", "int"), 3),
    **dict.fromkeys(("nat16", "nat32", "nat64", "int16", "int32", "int64", "empty"), 5),
    **dict.fromkeys(("float32", "float64"), 7),
    "reserved": 8,
    "principal": 9,
}


def by_hash(fields: tuple[Field, ...]) -> list[Field]:
    """Fields in the order in which they are encoded."""
    return sorted(fields, key=lambda field: label_hash(field.label))


def printed(type_: Type) -> str:
    """A type that stands alone."""
    return _fitted(type_, 0, 0, 0)


def _fitted(type_: Type, indent: int, column: int, trailing: int) -> str:
    """A type that begins at `column`; so many characters follow it on its last line."""
    flat = _flat(type_)
    if column + len(flat) + trailing <= WIDTH:
        return flat
    match type_:
        case Opt(inner):
            return "opt " + _fitted(inner, indent, column + 4, trailing)
        case Vec(inner):
            return "vec " + _fitted(inner, indent, column + 4, trailing)
        case Record(fields) | Variant(fields):
            keyword = "record" if isinstance(type_, Record) else "variant"
            lines = [_line(field, indent + 2, type_) for field in by_hash(fields)]
            return f"{keyword} {{\n{''.join(lines)}{' ' * indent}}}"
        case _:
            return flat


def _line(field: Field, indent: int, owner: Record | Variant) -> str:
    head = _head(field, owner)
    body = "" if _is_bare(field, owner) else _fitted(field.type, indent, indent + len(head), 1)
    return f"{' ' * indent}{head}{body};\n"


def _flat(type_: Type) -> str:
    match type_:
        case Primitive(name) | Named(name):
            return name
        case Opt(inner):
            return f"opt {_flat(inner)}"
        case Vec(inner):
            return "blob" if type_ == BLOB else f"vec {_flat(inner)}"
        case Record(fields) | Variant(fields):
            keyword = "record" if isinstance(type_, Record) else "variant"
            told = [_entry(field, type_) for field in by_hash(fields)]
            return f"{keyword} {{ {'; '.join(told)} }}" if told else f"{keyword} {{}}"
        case Func(args, results, modes):
            sides = [f"({', '.join(map(_flat, side))})" for side in (args, results)]
            return f"func {' -> '.join(sides)}" + "".join(f" {mode}" for mode in modes)
        case Service(methods):
            return f"service {{ {'; '.join(f'{name} : {_flat(of)}' for name, of in methods)} }}"


def _entry(field: Field, owner: Record | Variant) -> str:
    return _head(field, owner) + ("" if _is_bare(field, owner) else _flat(field.type))


def _head(field: Field, owner: Record | Variant) -> str:
    if isinstance(owner, Record) and is_tuple(owner):
        return ""
    return printed_label(field.label) + ("" if _is_bare(field, owner) else " : ")


def _is_bare(field: Field, owner: Record | Variant) -> bool:
    """A case of a variant without content."""
    return isinstance(owner, Variant) and field.type == NULL


def is_tuple(record: Record) -> bool:
    """Whether the labels count up from 0."""
    return [label_hash(field.label) for field in by_hash(record.fields)] == list(range(len(record.fields)))


def printed_label(label: str | int) -> str:
    """A name, or a hash with its digits in groups."""
    return f"{label:_}" if isinstance(label, int) else label


def is_short(type_: Type) -> bool:
    """Whether messages show the type, by the crate's estimate of its length."""
    return _estimated(type_, MAX_TYPE_LENGTH) is not None


def _estimated(type_: Type, limit: int) -> int | None:
    """The estimate, or None once it passes the limit."""
    if limit <= 1:
        return None
    cost = _cost(type_, limit)
    return None if cost is None or cost > limit else cost


def _cost(type_: Type, limit: int) -> int | None:
    match type_:
        case Primitive(name):
            return _ENTRY_LENGTHS[name]
        case Named(name):
            return len(name)
        case Opt(inner) | Vec(inner):
            below = _estimated(inner, limit - 4)
            return None if below is None else 4 + below
        case Record(fields) | Variant(fields):
            return _cost_of_fields([(_label_length(field.label), field.type) for field in by_hash(fields)], limit)
        case Func(args, results, modes):
            return _cost_of_func(args + results, 6 if modes else 0, limit)
        case Service(methods):
            return _cost_of_fields([(len(name), of) for name, of in methods], limit)


def _label_length(label: str | int) -> int:
    return 4 if isinstance(label, int) else len(label)


def _cost_of_fields(fields: list[tuple[int, Type]], limit: int) -> int | None:
    """As the crate counts: what earlier fields cost is taken from the limit once more with each field."""
    total = 0
    for length, type_ in fields:
        below = _estimated(type_, limit - length - 3)
        if below is None:
            return None
        total += length + below + 3
        limit -= total
    return 9 + total


def _cost_of_func(types: tuple[Type, ...], mode: int, limit: int) -> int | None:
    total = mode + 6
    limit -= total
    for type_ in types:
        below = _estimated(type_, limit)
        if below is None:
            return None
        total += below
        limit -= total
    return total
