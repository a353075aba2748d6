"""Binary decoding: for each pair of type table and expected types a plan of closures, built once and kept.

A reader is `(data, pos, quota) -> (value, new pos)`. Readers do not check where the message ends: past it they fail
with IndexError or run ahead, and `Decoder` looks at the final position.
"""

from collections.abc import Callable, Sequence
from struct import error as StructError  # noqa: N812 # the name of an error
from typing import Any

from candid.errors import DecodeError
from candid.limits import DEFAULT, Limits
from candid.principal import Principal
from candid.readers import (
    PRIMITIVE_READERS,
    Reader,
    blob_reader,
    fixed_vec_reader,
    func_reader,
    late_reader,
    mismatch_reader,
    opt_reader,
    optional_reader,
    principal_reader,
    skipping_reader,
    text_vec_reader,
    variant_reader,
    vec_reader,
    zero_sized_vec_reader,
)
from candid.record_reader import CALL, FIXED, OPTION, PASS, SIZED, Step, record_reader, tuple_reader
from candid.skip import INFINITE, Skip, Skipper, skipped
from candid.subtype import Relation, accepts_absence
from candid.table import Table, build, parse
from candid.types import Type, TypeEnv
from candid.values import Some, is_tuple
from candid.wire import (
    EMPTY,
    FIXED_FORMATS,
    FIXED_SIZES,
    FUNC,
    INT,
    KIND_NAMES,
    NAT,
    NAT8,
    NULL,
    OPT,
    PRINCIPAL,
    RECORD,
    RESERVED,
    SERVICE,
    TEXT,
    VARIANT,
    VEC,
)

PLANS_KEPT = 16
"""Type tables per decoder whose plans are kept; senders other than ours rarely use more than two or three."""


class PythonValues:
    """How decoded values look; a host that speaks another dialect overrides what differs.

    `name` is the definition that the expected type came from, or None. `key` gives the dict key of a label.
    `some` wraps what is present in an `opt` whose content may be null; None: no wrapping.
    """

    some: Callable[[Any], Any] | None = Some
    strict_tuples = False
    """Whether a tuple with more members on the wire than expected is a mismatch."""
    fills_nested_opts = True
    """Whether what is no opt, read at an `opt` whose content may be null, is its content; otherwise it is null.

    The specification's rules since 2025 (pull requests 678 and 679 of dfinity/candid); the library in Kybra is older.
    """

    def principal(self, raw: bytes) -> Any:
        return Principal(raw)

    def service(self, raw: bytes, name: str | None) -> Any:  # noqa: ARG002 # for overriding dialects
        return Principal(raw)

    def func(self, raw: bytes, method: str, name: str | None) -> Any:  # noqa: ARG002 # for overriding dialects
        return Principal(raw), method

    def key(self, label: str | int) -> Any:
        return label

    def is_tuple(self, labels: Sequence[str | int]) -> bool:
        return is_tuple(labels)


class Decoder:
    """Decodes messages at one list of expected types."""

    __slots__ = ("_lengths", "_plans", "_quota", "expected", "limits", "values")

    def __init__(
        self, types: Sequence[Type], env: TypeEnv, limits: Limits = DEFAULT, values: PythonValues | None = None
    ) -> None:
        self.expected = build(types, env, by_name=True)
        self.limits = limits
        self.values = values or PythonValues()
        skippable = INFINITE if limits.skipped_bytes is None else limits.skipped_bytes
        self._quota = limits.zero_sized, limits.depth, skippable
        self._plans: dict[bytes, Plan] = {}
        self._lengths: tuple[int, ...] = ()

    def __call__(self, data: bytes) -> list[Any]:
        """The argument values in `data`. Raises DecodeError."""
        if type(data) is not bytes:
            data = bytes(data)
        for length in self._lengths:
            plan = self._plans.get(data[:length])
            if plan is not None and length <= len(data):
                break
        else:
            plan, length = self._plan_of(data)
        try:
            values, pos = plan.run(data, length, list(self._quota))
        except (IndexError, UnicodeDecodeError, StructError, OverflowError, RecursionError) as error:
            raise _damaged(error) from error
        if pos != len(data):
            raise DecodeError("bytes follow the last value" if pos < len(data) else "the message ends early")
        return values

    def prepare(self, header: bytes) -> None:
        """Build the plan for messages that start with `header` (see `Encoder.header`) ahead of the first one."""
        self._plan_of(bytes(header))

    def _plan_of(self, data: bytes) -> "tuple[Plan, int]":
        table, length = parse(data, self.limits)
        try:
            plan = Plan(table, self.expected, self.values)
        except RecursionError as error:
            raise DecodeError("the types nest too deep") from error
        if len(self._plans) >= PLANS_KEPT:
            del self._plans[next(iter(self._plans))]
        self._plans[data[:length]] = plan
        self._lengths = tuple(dict.fromkeys([len(header) for header in self._plans]))
        return plan, length


def _damaged(error: Exception) -> DecodeError:
    if isinstance(error, UnicodeDecodeError):
        return DecodeError("a text is not UTF-8")
    if isinstance(error, RecursionError):
        return DecodeError("values nest too deep")
    return DecodeError("the message ends early")


class Plan:
    """Readers and skips for the arguments of messages with one type table."""

    __slots__ = ("missing", "readers", "skips")

    def __init__(self, wire: Table, expected: Table, values: PythonValues) -> None:
        compiler = PlanCompiler(wire, expected, values)
        roots = wire.roots
        self.readers = [compiler.reader(*pair) for pair in zip(roots, expected.roots)]  # noqa: B905 # the rest below
        self.skips = [compiler.skipper.of(ref) for ref in roots[len(expected.roots) :]]
        absent = expected.roots[len(roots) :]
        if not all(accepts_absence(expected, ref) for ref in absent):
            raise DecodeError(f"{len(expected.roots)} values are expected, the message has {len(roots)}")
        self.missing = [None] * len(absent)

    def run(self, data: bytes, pos: int, quota: list[int]) -> tuple[list[Any], int]:
        """Read all arguments from `pos` on; returns their values and the position behind the last one."""
        values: list[Any] = []
        for read in self.readers:
            value, pos = read(data, pos, quota)
            values.append(value)
        for skip in self.skips:
            pos = skipped(skip, data, pos, quota)
        values += self.missing
        return values, pos


class PlanCompiler:
    """Compiles readers for pairs of a wire type and an expected type; each pair once."""

    def __init__(self, wire: Table, expected: Table, values: PythonValues) -> None:
        self.wire = wire
        self.expected = expected
        self.values = values
        self.skipper = Skipper(wire)
        self.relation = Relation(wire, expected)
        self.made: dict[tuple[int, int], Reader] = {}

    def reader(self, wire: int, expected: int) -> Reader:
        """The reader of a value of type `wire` where `expected` is wanted; one that always fails if that can't be."""
        pair = wire, expected
        made = self.made.get(pair)
        if made is None:
            self.made[pair] = late_reader(self.made, pair)
            made = self.made[pair] = self._compile(wire, expected)
        return made

    def _compile(self, wire: int, expected: int) -> Reader:  # noqa: PLR0911 # one return per kind of type
        if expected == RESERVED or wire == EMPTY:
            return skipping_reader(self.skipper.of(wire))
        wanted, kind = self.expected.kind(expected), self.wire.kind(wire)
        if wanted == OPT:
            return self._opt(wire, kind, expected)
        if wanted == PRINCIPAL and kind in (PRINCIPAL, SERVICE):
            return principal_reader(self.values.principal)
        if expected < 0:
            if kind == expected or (kind, expected) == (NAT, INT):
                return PRIMITIVE_READERS[kind]
            return self._mismatch(wire, expected)
        if kind != wanted:
            return self._mismatch(wire, expected)
        if wanted == VEC:
            return self._vec(self.wire.entries[wire][1], self.expected.entries[expected][1])
        if wanted == RECORD:
            return self._record(wire, expected)
        if wanted == VARIANT:
            return self._variant(wire, expected)
        return self._reference(wire, expected)

    def _mismatch(self, wire: int, expected: int) -> Reader:
        return mismatch_reader(f"{_name(self.wire, wire)} where {_name(self.expected, expected)} is expected")

    def _reference(self, wire: int, expected: int) -> Reader:
        if not self.relation.holds(wire, expected):
            return self._mismatch(wire, expected)
        name, values = self.expected.names[expected], self.values
        if self.expected.kind(expected) == FUNC:
            return func_reader(lambda raw, method: values.func(raw, method, name))
        return principal_reader(lambda raw: values.service(raw, name))

    def _opt(self, wire: int, kind: int, expected: int) -> Reader:
        inner = self.expected.entries[expected][1]
        may_be_null = accepts_absence(self.expected, inner)
        some = self.values.some if may_be_null else None
        if kind == OPT:
            content = self.wire.entries[wire][1]
            return opt_reader(self.reader(content, inner), self._late_skip(content), some)
        if kind in (NULL, RESERVED) or (may_be_null and not self.values.fills_nested_opts):
            return skipping_reader(self.skipper.of(wire))
        return optional_reader(self.reader(wire, inner), self._late_skip(wire), some)

    def _late_skip(self, ref: int) -> Callable[[], Skip]:
        return lambda: self.skipper.of(ref)

    def _vec(self, wire: int, expected: int) -> Reader:
        if wire == expected == NAT8:
            return blob_reader
        if wire == expected and wire in FIXED_FORMATS:
            return fixed_vec_reader(FIXED_FORMATS[wire], FIXED_SIZES[wire])
        if wire == expected == TEXT:
            return text_vec_reader
        convert = bytes if expected == NAT8 else None
        nodes = self.skipper.nodes(wire)
        if nodes:
            return zero_sized_vec_reader(self.reader(wire, expected), nodes)
        return vec_reader(self.reader(wire, expected), convert)

    def _record(self, wire: int, expected: int) -> Reader:
        steps, absent = self._fields(wire, expected)
        if steps is None:
            return self._mismatch(wire, expected)
        labels = self.expected.order[expected]
        entry = self.wire.entries[wire]
        free = [nodes for nodes in map(self.skipper.nodes, entry[2]) if nodes]
        need, spend = sum(free) + absent, len(free) + absent
        if self.values.is_tuple(self.expected.labels[expected]):
            return tuple_reader(len(labels), steps, need, spend)
        template = dict.fromkeys([self.values.key(label) for label in labels])
        return record_reader(template, steps, need, spend)

    def _fields(self, wire: int, expected: int) -> tuple[list[Step] | None, int]:
        """The steps that read the wire's fields in their order, and how many expected fields are absent."""
        ids, refs = self.expected.entries[expected][1:]
        labels = self.expected.labels[expected]
        wanted = {id_: (ref, label) for id_, ref, label in zip(ids, refs, labels, strict=True)}
        steps: list[Step] = []
        for id_, ref in zip(*self.wire.entries[wire][1:], strict=True):
            if id_ in wanted:
                want, label = wanted.pop(id_)
                steps.append(self._step(ref, want, label, expected))
            elif self.values.strict_tuples and self.values.is_tuple(labels):
                return None, 0
            else:
                steps.append((PASS, None, self.skipper.of(ref)))
        if not all(accepts_absence(self.expected, ref) for ref, _ in wanted.values()):
            return None, 0
        return steps, len(wanted)

    def _step(self, wire: int, wanted: int, label: str | int, record: int) -> Step:
        is_tuple = self.values.is_tuple(self.expected.labels[record])
        key = label if is_tuple else self.values.key(label)
        if is_tuple:
            return CALL, key, self.reader(wire, wanted)
        if wire == wanted == TEXT:
            return SIZED, key, bytes.decode
        if wire == wanted and wire in FIXED_FORMATS:
            return FIXED, key, FIXED_FORMATS[wire]
        reader = self.reader(wire, wanted)
        if reader is blob_reader:
            return SIZED, key, bytes
        is_option = self.wire.kind(wire) == OPT == self.expected.kind(wanted)
        return OPTION if is_option else CALL, key, reader

    def _variant(self, wire: int, expected: int) -> Reader:
        entry = self.expected.entries[expected]
        labels = self.expected.labels[expected]
        wanted = {id_: (ref, label) for id_, ref, label in zip(entry[1], entry[2], labels, strict=True)}
        cases: list[tuple[Any, Reader | None] | None] = []
        for id_, ref in zip(*self.wire.entries[wire][1:], strict=True):
            if id_ not in wanted:
                cases.append(None)
                continue
            want, label = wanted[id_]
            is_null = ref == want == NULL
            cases.append((self.values.key(label), None if is_null else self.reader(ref, want)))
        return variant_reader(cases)


def _name(table: Table, ref: int) -> str:
    return KIND_NAMES.get(table.kind(ref), "a type of a later version")
