"""By what keys compare: decoded values, as the types that Kybra generates in Rust derive it."""

from collections.abc import Callable
from struct import Struct
from typing import Any

from candid import compile_decoder
from candid.decoder import Decoder
from candid.table import Table, build, header
from candid.types import Type, TypeEnv
from candid.wire import (
    EMPTY,
    FIXED_FORMATS,
    NAT8,
    NULL,
    OPT,
    PRINCIPAL,
    RECORD,
    RESERVED,
    TEXT,
    VARIANT,
    VEC,
)

Order = Callable[[Any], Any]


def order_of(type_: Type, env: TypeEnv) -> Callable[[bytes], Any]:
    """A function from a Candid-encoded key of this type to what it compares by.

    Numbers compare as numbers, texts and blobs bytewise, `vec`s and tuples member by member, records field by field
    and variants by case, both in the order of their declaration, null before any other `opt`, principals by length
    and bytes.
    """
    prefix = header(build([type_], env))
    table = build([type_], env, by_name=True)
    root = table.roots[0]
    decoder = compile_decoder([type_], env)
    decoder.prepare(prefix)
    if root in FIXED_FORMATS:
        return FixedOrder(FIXED_FORMATS[root], len(prefix), decoder)
    order = _value_order(table, root, {})
    return lambda key: order(decoder(key)[0])


def plan_of(type_: Type, env: TypeEnv) -> tuple[str, int] | None:
    """How keys of this type compare without decoding them: what stands behind a header of how many bytes.

    The letter is that of `struct` for integers, "s" for texts and blobs, "p" for principals. None for all else.
    """
    table = build([type_], env)
    start = len(header(table))
    root = table.roots[0]
    letter = _PLANNED.get(root) or _INTEGERS.get(root)
    if letter is None and root >= 0 and table.entries[root][:2] == (VEC, NAT8):
        letter = "s"
    return None if letter is None else (letter, start)


class FixedOrder:
    """The order of keys that end in a number of fixed width.

    `fixed` is (where the number starts, its `struct` letter, the key's length): whoever has many keys side by side may
    unpack the numbers of those of this length at once.
    """

    __slots__ = ("_decoder", "_unpack", "fixed")

    def __init__(self, letter: str, start: int, decoder: Decoder) -> None:
        layout = Struct("<" + letter)
        self.fixed = start, letter, start + layout.size
        self._unpack = layout.unpack_from
        self._decoder = decoder

    def __call__(self, key: bytes) -> Any:
        start, _, length = self.fixed
        return self._unpack(key, start)[0] if len(key) == length else self._decoder(key)[0]


def _same(value: Any) -> Any:
    return value


def _nothing(_value: Any) -> Any:
    return 0


def _principal(value: Any) -> Any:
    return len(value.bytes), value.bytes


def _value_order(table: Table, ref: int, made: dict[int, Order]) -> Order:
    if ref < 0:
        return _PRIMITIVES.get(ref, _same)
    if ref not in made:
        made[ref] = lambda value: made[ref](value)  # noqa: PLW0108 # looked up late: the type contains itself
        made[ref] = _compile(table, ref, made)
    return made[ref]


def _compile(table: Table, ref: int, made: dict[int, Order]) -> Order:
    entry = table.entries[ref]
    code = entry[0]
    if code == OPT:
        inner = _value_order(table, entry[1], made)
        return lambda value: () if value is None else (inner(value[0] if type(value) is tuple else value),)
    if code == VEC:
        return _vec(_value_order(table, entry[1], made))
    if code == RECORD:
        return _record(table, ref, made)
    if code == VARIANT:
        return _variant(table, ref, made)
    return _principal


def _vec(inner: Order) -> Order:
    return lambda value: value if isinstance(value, bytes) else [inner(member) for member in value]


def _declared(table: Table, ref: int, made: dict[int, Order]) -> list[tuple[str | int, Order]]:
    refs = dict(zip(table.labels[ref], table.entries[ref][2], strict=True))
    return [(label, _value_order(table, refs[label], made)) for label in table.order[ref]]


def _record(table: Table, ref: int, made: dict[int, Order]) -> Order:
    fields = _declared(table, ref, made)
    return lambda value: tuple([order(value[label]) for label, order in fields])


def _variant(table: Table, ref: int, made: dict[int, Order]) -> Order:
    cases = {label: (index, order) for index, (label, order) in enumerate(_declared(table, ref, made))}

    def order(value: Any) -> Any:
        ((label, content),) = value.items()
        index, inner = cases[label]
        return index, inner(content)

    return order


_PLANNED = {TEXT: "s", PRINCIPAL: "p"}
_INTEGERS = {code: letter for code, letter in FIXED_FORMATS.items() if letter in "BHIQbhiq"}
_PRIMITIVES: dict[int, Order] = {NULL: _nothing, RESERVED: _nothing, EMPTY: _nothing, PRINCIPAL: _principal}
