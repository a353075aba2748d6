"""Type tables as they come on the wire."""

from collections.abc import Iterable

from candid.errors import DecodeError
from candid.limits import DEFAULT, Limits
from candid.table_model import FUTURE, Entry, Table
from candid.wire import (
    EMPTY,
    FUNC,
    FUNC_MODE_NAMES,
    MAGIC,
    OPT,
    PRINCIPAL,
    RECORD,
    SERVICE,
    VARIANT,
    VEC,
    read_index,
    read_length,
)


def parse(data: bytes, limits: Limits = DEFAULT) -> tuple[Table, int]:
    """Read the bytes before the values; returns the table and the position of the first value.

    Raises DecodeError for anything that the specification forbids and for more than `limits` allow.
    """
    bounded = data[: limits.header_bytes]
    if bounded[:4] != MAGIC:
        raise DecodeError("not Candid: the magic number is missing")
    reader = _HeaderReader(bounded)
    try:
        table = reader.table(limits)
    except IndexError as error:
        if len(bounded) < len(data):
            raise DecodeError(f"the type table is longer than {limits.header_bytes} bytes") from error
        raise DecodeError("the type table ends early") from error
    except UnicodeDecodeError as error:
        raise DecodeError("a method's name is not UTF-8") from error
    return table, reader.pos


class _HeaderReader:
    def __init__(self, data: bytes) -> None:
        self.data = data
        self.pos = len(MAGIC)
        self.count = 0

    def table(self, limits: Limits) -> Table:
        table = Table()
        self.count = self.length()
        if self.count > limits.table_entries:
            raise DecodeError(f"the type table has {self.count} entries, more than {limits.table_entries}")
        for _ in range(self.count):
            table.entries.append(self.entry())
        for entry in table.entries:
            if entry[0] == SERVICE:
                _check_methods(table, entry)
        table.roots = self.refs()
        return table

    def length(self) -> int:
        byte = self.data[self.pos]
        if byte < 128:
            self.pos += 1
            return byte
        number, self.pos = read_length(self.data, self.pos)
        return number

    def index(self) -> int:
        byte = self.data[self.pos]
        if byte < 128:
            self.pos += 1
            return byte - 128 if byte & 64 else byte
        number, self.pos = read_index(self.data, self.pos)
        return number

    def ref(self) -> int:
        ref = self.index()
        if ref >= self.count or (ref < EMPTY and ref != PRINCIPAL):
            raise DecodeError(f"{ref} is not a type")
        return ref

    def refs(self) -> tuple[int, ...]:
        return tuple([self.ref() for _ in self.counted()])

    def counted(self) -> Iterable[int]:
        """As many turns as a count says that stands here; each turn takes at least a byte."""
        count = self.length()
        if count > len(self.data) - self.pos:
            raise IndexError
        return range(count)

    def entry(self) -> Entry:
        code = self.index()
        if code in (OPT, VEC):
            return code, self.ref()
        if code in (RECORD, VARIANT):
            return self.fields(code)
        if code == FUNC:
            return FUNC, self.refs(), self.refs(), self.modes()
        if code == SERVICE:
            return self.service()
        if code < PRINCIPAL:
            return self.future()
        raise DecodeError(f"{code} cannot stand in a type table")

    def fields(self, code: int) -> Entry:
        ids: list[int] = []
        refs: list[int] = []
        last = -1
        for _ in self.counted():
            id_ = self.length()
            if not last < id_ < 1 << 32:
                raise DecodeError(f"field id {id_} is out of order, repeated or too large")
            last = id_
            ids.append(id_)
            refs.append(self.ref())
        return code, tuple(ids), tuple(refs)

    def modes(self) -> tuple[int, ...]:
        modes = self.take(self.length())
        if len(modes) > 1 or any(mode not in FUNC_MODE_NAMES for mode in modes):
            raise DecodeError(f"{modes!r} are not annotations of a func")
        return tuple(modes)

    def service(self) -> Entry:
        names: list[str] = []
        refs: list[int] = []
        last = None
        for _ in self.counted():
            raw = self.take(self.length())
            if last is not None and raw <= last:
                raise DecodeError(f"method {raw!r} is out of order or repeated")
            last = raw
            names.append(raw.decode())
            refs.append(self.ref())
        return SERVICE, tuple(names), tuple(refs)

    def future(self) -> Entry:
        self.take(self.length())
        return (FUTURE,)

    def take(self, length: int) -> bytes:
        end = self.pos + length
        if end > len(self.data):
            raise IndexError
        raw = self.data[self.pos : end]
        self.pos = end
        return raw


def _check_methods(table: Table, entry: Entry) -> None:
    for name, ref in zip(entry[1], entry[2], strict=True):
        if table.kind(ref) != FUNC:
            raise DecodeError(f"method {name} of a service is not a func")
