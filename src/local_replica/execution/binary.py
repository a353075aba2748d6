"""WebAssembly modules as bytes: sections, types, imports, exports (core specification, section 5, "Binary Format")."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import TypeVar

from local_replica.execution.remembering import Remembered

T = TypeVar("T")

CUSTOM, TYPE, IMPORT, FUNCTION, TABLE, MEMORY, GLOBAL, EXPORT, START, ELEMENT, CODE, DATA, DATA_COUNT = range(13)
VALUE_TYPES = {0x7F: "i32", 0x7E: "i64", 0x7D: "f32", 0x7C: "f64", 0x7B: "v128", 0x70: "funcref", 0x6F: "externref"}
EXTERNAL_KINDS = ("func", "table", "memory", "global", "tag")
MAX_SECTIONS = 100_000
"""A bound of ours: each takes a thousand times its bytes to look at."""
PREAMBLE = b"\0asm\x01\0\0\0"


class Malformed(Exception):
    """The bytes are not a module, or use an encoding that is not read here (wasmtime says which)."""


class NotConstant(Exception):
    """A constant expression that computes; `reader` stands behind the instruction."""

    def __init__(self, reader: "Reader") -> None:
        opcode = reader.data[reader.position - 1]
        super().__init__(_ARITHMETIC.get(opcode, f"{opcode:#x}"))
        self.offset = reader.position - 1


_ARITHMETIC = {0x6A: "i32.add", 0x6B: "i32.sub", 0x6C: "i32.mul", 0x7C: "i64.add", 0x7D: "i64.sub", 0x7E: "i64.mul"}


class Reader:
    """Reads the primitives of the binary format from `data[position:end]`."""

    def __init__(self, data: bytes, position: int, end: int) -> None:
        self.data = data
        self.position = position
        self.end = end

    def byte(self) -> int:
        if self.position >= self.end:
            raise Malformed("unexpected end")
        self.position += 1
        return self.data[self.position - 1]

    def unsigned(self) -> int:
        result = shift = 0
        while True:
            byte = self.byte()
            result |= (byte & 0x7F) << shift
            if byte < 0x80:
                return result
            shift += 7
            if shift > 63:
                raise Malformed("number too long")

    def signed(self) -> int:
        result = shift = 0
        while True:
            byte = self.byte()
            result |= (byte & 0x7F) << shift
            shift += 7
            if byte < 0x80:
                return result - (1 << shift) if byte & 0x40 else result
            if shift > 70:
                raise Malformed("number too long")

    def take(self, length: int) -> bytes:
        if self.position + length > self.end:
            raise Malformed("unexpected end")
        self.position += length
        return self.data[self.position - length : self.position]

    def name(self) -> str:
        try:
            return self.take(self.unsigned()).decode()
        except UnicodeDecodeError as error:
            raise Malformed("a name is not UTF-8") from error

    def vector(self, item: Callable[[], T]) -> list[T]:
        return [item() for _ in range(self.unsigned())]


@dataclass(frozen=True, slots=True)
class Section:
    """`data[start:end]` is the content, without the section's id and size."""

    id: int
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class FunctionType:
    """Parameters and results by name of the value type."""

    params: tuple[str, ...]
    results: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Import:
    """`type_index` is meaningful for functions only."""

    module: str
    name: str
    kind: str
    type_index: int = 0


@dataclass(frozen=True, slots=True)
class Export:
    """An exported item by kind ("func", "memory" …) and index."""

    name: str
    kind: str
    index: int


@dataclass(frozen=True, slots=True)
class Limits:
    """Size limits of a memory in pages of 64 KiB, or of a table in elements."""

    minimum: int
    maximum: int | None
    is_64: bool


@dataclass(slots=True)
class Module:
    """What the executor needs to know of a module. Function indices count imports first."""

    data: bytes
    sections: list[Section]
    types: list[FunctionType | None] = field(default_factory=list)
    imports: list[Import] = field(default_factory=list)
    functions: list[int] = field(default_factory=list)
    tables: list[Limits] = field(default_factory=list)
    memories: list[Limits] = field(default_factory=list)
    globals: list[tuple[str, bool]] = field(default_factory=list)
    exports: list[Export] = field(default_factory=list)
    start: int | None = None

    def section(self, section_id: int) -> Section | None:
        return next((section for section in self.sections if section.id == section_id), None)

    def imported_functions(self) -> list[Import]:
        return [item for item in self.imports if item.kind == "func"]

    def function_type(self, index: int) -> FunctionType | None:
        """The type of a function by index, None where it is not a plain function type."""
        imported = self.imported_functions()
        type_index = imported[index].type_index if index < len(imported) else self.functions[index - len(imported)]
        return self.types[type_index]

    def custom_sections(self) -> Iterator[tuple[str, bytes]]:
        for section in self.sections:
            if section.id == CUSTOM:
                reader = Reader(self.data, section.start, section.end)
                name = reader.name()
                yield name, self.data[reader.position : section.end]


def read_sections(data: bytes) -> list[Section]:
    """The sections in order. Raises Malformed when a header is cut or a size leads out of the module."""
    reader = Reader(data, len(PREAMBLE), len(data))
    sections = []
    while reader.position < reader.end:
        section_id = reader.byte()
        size = reader.unsigned()
        start = reader.position
        if start + size > len(data):
            raise Malformed("a section is cut short")
        reader.position = start + size
        sections.append(Section(section_id, start, start + size))
        if len(sections) > MAX_SECTIONS:
            raise Malformed("too many sections")
    return sections


def _read_module(data: bytes) -> Module:
    """Parse all but code, elements and data of a module that wasmtime accepts. Raises Malformed and NotConstant."""
    module = Module(data, read_sections(data))
    readers = {
        TYPE: _read_types,
        IMPORT: _read_imports,
        FUNCTION: _read_functions,
        TABLE: _read_tables,
        MEMORY: _read_memories,
        GLOBAL: _read_globals,
        EXPORT: _read_exports,
        START: _read_start,
    }
    for section in module.sections:
        if section.id in readers:
            readers[section.id](module, Reader(data, section.start, section.end))
    return module


read_module: Remembered[Module] = Remembered(_read_module, kept=2)
"""The parts of a module but code, elements and data, for reading alone. Raises Malformed and NotConstant."""


def _value_type(reader: Reader) -> str:
    byte = reader.byte()
    if byte not in VALUE_TYPES:
        raise Malformed(f"value type {byte:#x}")
    return VALUE_TYPES[byte]


def _read_types(module: Module, reader: Reader) -> None:
    for _ in range(reader.unsigned()):
        if reader.byte() != 0x60:
            raise Malformed("not a function type")
        params = reader.vector(lambda: _value_type(reader))
        results = reader.vector(lambda: _value_type(reader))
        module.types.append(FunctionType(tuple(params), tuple(results)))


def _read_limits(reader: Reader) -> Limits:
    flags = reader.byte()
    minimum = reader.unsigned()
    maximum = reader.unsigned() if flags & 1 else None
    return Limits(minimum, maximum, bool(flags & 4))


def _read_imports(module: Module, reader: Reader) -> None:
    for _ in range(reader.unsigned()):
        source, name, kind = reader.name(), reader.name(), reader.byte()
        type_index = 0
        if kind == 0:
            type_index = reader.unsigned()
        elif kind == 1:
            reader.byte()
            _read_limits(reader)
        elif kind == 2:
            _read_limits(reader)
        elif kind == 3:
            _value_type(reader)
            reader.byte()
        else:
            raise Malformed(f"import of kind {kind}")
        module.imports.append(Import(source, name, EXTERNAL_KINDS[kind], type_index))


def _read_functions(module: Module, reader: Reader) -> None:
    module.functions = reader.vector(reader.unsigned)


def _read_tables(module: Module, reader: Reader) -> None:
    for _ in range(reader.unsigned()):
        _value_type(reader)
        module.tables.append(_read_limits(reader))


def _read_memories(module: Module, reader: Reader) -> None:
    module.memories = reader.vector(lambda: _read_limits(reader))


def _read_globals(module: Module, reader: Reader) -> None:
    for _ in range(reader.unsigned()):
        module.globals.append((_value_type(reader), bool(reader.byte())))
        _skip_constant(reader)


def _skip_constant(reader: Reader) -> None:
    """Skip a constant expression up to and including its `end`."""
    immediates: dict[int, Callable[[], object]] = {
        0x41: reader.signed,
        0x42: reader.signed,
        0x43: lambda: reader.take(4),
        0x44: lambda: reader.take(8),
        0x23: reader.unsigned,
        0xD2: reader.unsigned,
        0xD0: reader.signed,
        0xFD: lambda: (reader.unsigned(), reader.take(16)),
    }
    while (opcode := reader.byte()) != 0x0B:
        if opcode not in immediates:
            raise NotConstant(reader)
        immediates[opcode]()


def _read_exports(module: Module, reader: Reader) -> None:
    for _ in range(reader.unsigned()):
        name, kind, index = reader.name(), reader.byte(), reader.unsigned()
        if kind >= len(EXTERNAL_KINDS):
            raise Malformed(f"export of kind {kind}")
        module.exports.append(Export(name, EXTERNAL_KINDS[kind], index))


def _read_start(module: Module, reader: Reader) -> None:
    module.start = reader.unsigned()
