"""Compiled plans: the same conversions in C, for what the C side knows; everything else stays with the Python codec.

`_candid_plan` (runtime/src/candid) is part of the runtime on chain. Where it is missing, there are no plans. A plan
gives up on whatever it does not know or does not like, and then calls the Python function that it was made with.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Protocol, TypeAlias

from candid.table import Table, build, header
from candid.types import Type
from candid.wire import FUNC, OPT, RECORD, SERVICE, VARIANT, VEC
from canister_runtime.host.incoming import KybraValues

try:
    import _candid_plan  # type: ignore[import-not-found] # in C, a part of the runtime
except ImportError:  # the machine's own Python
    _candid_plan = None

try:
    import _runtime  # type: ignore[import-not-found] # in C, a part of the runtime
except ImportError:  # the machine's own Python
    _runtime = None

candid_plan: Any = _candid_plan
"""The C side, or None."""

MOST_VALUES = 16

Node: TypeAlias = tuple[int, int, tuple[int, ...], tuple[int, ...], tuple[Any, ...], tuple[int, ...], bool, Any]
"""(kind, inner, ids, refs, keys, places, whether a tuple, service class): a node as the C side takes it."""


class Plan(Protocol):
    """A compiled list of types."""

    def decode(self, message: bytes, /) -> list[Any]: ...
    def decode_first(self, message: bytes, /) -> Any: ...
    def encode(self, *values: Any) -> bytes: ...


class Unplannable(Exception):
    """A type that no plan is made for."""


def plan(
    types: Sequence[Type],
    env: Mapping[str, Type],
    values: KybraValues,
    decode: Callable[[bytes], list[Any]],
    encode: Callable[..., bytes],
) -> Plan | None:
    """The plan of these types, with the Python functions that take over; None where there can be none."""
    if candid_plan is None or len(types) > MOST_VALUES:
        return None
    own, expected = build(types, env), build(types, env, by_name=True)
    try:
        nodes = tuple([_node(expected, ref, values) for ref in range(len(expected.entries))])
    except Unplannable:
        return None
    plain = is_plain(values.principal_class)
    entries = tuple([_wire_entry(entry) for entry in own.entries])
    made: Plan = candid_plan.Plan(
        header(own), entries, own.roots, nodes, expected.roots, values.principal_class, plain, decode, encode
    )
    return made


def native_entry(
    function: Callable[..., Any],
    arguments: Plan,
    result: Plan | None,
    *,
    replies: bool,
    otherwise: Callable[[], None],
    finish: Callable[[Any], None],
    drive: Callable[[Any, Callable[[Any], None]], None],
) -> Callable[[], None] | None:
    """What an exported function does, in C: arguments, call, reply. None outside of a canister.

    `otherwise` does all of it in Python, `finish` the reply, `drive` takes generators. `result`: None for void.
    """
    if _runtime is None or not hasattr(_runtime, "Method"):
        return None
    run: Callable[[], None] = _runtime.Method(function, arguments, result, replies, otherwise, finish, drive).run
    return run


def _wire_entry(entry: tuple[Any, ...]) -> tuple[Any, ...]:
    return entry[:1] if entry[0] in (FUNC, SERVICE) else entry


def _node(table: Table, ref: int, values: KybraValues) -> Node:
    entry = table.entries[ref]
    kind = entry[0]
    if kind in (OPT, VEC):
        return kind, entry[1], (), (), (), (), False, None
    if kind in (RECORD, VARIANT):
        return _fields(table, ref, values)
    service = None if kind == FUNC else values.service_class(table.names[ref])
    if kind == SERVICE and service is None:
        raise Unplannable
    return kind, 0, (), (), (), (), False, service


def _fields(table: Table, ref: int, values: KybraValues) -> Node:
    kind, ids, refs = table.entries[ref]
    labels, order = table.labels[ref], table.order[ref]
    is_tuple = kind == RECORD and values.is_tuple(labels)
    if is_tuple and order != labels:
        raise Unplannable
    if not is_tuple and not all(isinstance(label, str) for label in labels):
        raise Unplannable
    keys = tuple([label if is_tuple else values.key(label) for label in labels])
    places = tuple([order.index(label) for label in labels])
    return kind, 0, ids, refs, keys, places, is_tuple, None


def is_plain(principal_class: Any) -> bool:
    """Whether principals are what kybra 0.7.1 makes them: four attributes and nothing besides."""
    sample: dict[str, Any] = vars(principal_class(b"\xab\x01"))
    return sample == {"_len": 2, "_bytes": b"\xab\x01", "hex": "AB01", "_isPrincipal": True}
