"""Data segments: the initial heap as a module gives it."""

from dataclasses import dataclass

from local_replica.execution.binary import DATA, Malformed, Module, NotConstant, Reader


@dataclass(frozen=True, slots=True)
class DataSegment:
    """An active segment (`offset` set) or a passive one; `data[start:end]` are its bytes."""

    offset: int | None
    start: int
    end: int


def read_data_segments(module: Module) -> list[DataSegment]:
    """The data section. Raises NotConstant where an offset is computed, which the IC's wasmtime refuses."""
    section = module.section(DATA)
    if section is None:
        return []
    reader = Reader(module.data, section.start, section.end)
    return [_read_data_segment(reader) for _ in range(reader.unsigned())]


def _read_data_segment(reader: Reader) -> DataSegment:
    flags = reader.unsigned()
    offset = None
    if flags != 1:
        if flags == 2:
            reader.unsigned()
        opcode = reader.byte()
        if opcode in (0x41, 0x42):
            offset = reader.signed()
        if opcode not in (0x41, 0x42) or reader.byte() != 0x0B:
            raise NotConstant(reader)
    length = reader.unsigned()
    start = reader.position
    if start + length > reader.end:
        raise Malformed("a data segment is cut short")
    reader.position += length
    return DataSegment(offset, start, start + length)
