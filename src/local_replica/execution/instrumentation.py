"""Rewrites a module so that the executor can see, save and restore all of its state.

Mutable globals, memory, table and start function are exported under names that no module uses; the start section goes
(it runs as a message of its own); data segments go, because the executor keeps the initial heap itself and maps it.
Instructions get the replica's cost (`weights.py`).
"""

from dataclasses import dataclass

from local_replica.execution.binary import (
    CODE,
    DATA,
    EXPORT,
    PREAMBLE,
    START,
    DataSegment,
    Export,
    Limits,
    Module,
    encode_export,
    encode_section,
    encode_unsigned,
    read_data_segments,
    read_module,
)
from local_replica.execution.binary import DATA_COUNT as DATA_COUNT_SECTION
from local_replica.execution.weights import weigh_code

PREFIX = "\0vex:"
MEMORY_NAME = PREFIX + "memory"
TABLE_NAME = PREFIX + "table"
START_NAME = PREFIX + "start"

_WIDTHS = {"i32": 4, "f32": 4, "i64": 8, "f64": 8, "v128": 16, "funcref": 0, "externref": 0}
_ORDER = {1: 1, 2: 2, 3: 3, 4: 4, 5: 5, 13: 6, 6: 7, 7: 8, 8: 9, 9: 10, 12: 11, 10: 12, 11: 13}


@dataclass(frozen=True, slots=True)
class Instrumented:
    """A module ready to compile, and what was taken out of it."""

    wasm: bytes
    imports: tuple[tuple[str, str], ...]
    """Imported functions as (module, name), in index order."""
    unknown_import: str
    """An import that is not a function, which passes the checks but is never defined; mostly empty."""
    exports: frozenset[str]
    """The module's own exported functions."""
    indices: dict[str, int]
    """Function indices of `exports`."""
    mutable_globals: tuple[int, ...]
    global_widths: tuple[int, ...]
    """Bytes of each mutable global's value."""
    memory: Limits | None
    has_table: bool
    has_start: bool
    segments: tuple[tuple[int, bytes], ...]
    """Initial heap contents: (offset, bytes)."""


def global_name(index: int) -> str:
    return f"{PREFIX}g{index}"


def instrument(data: bytes) -> Instrumented:
    """Rewrite a validated module. Raises Malformed."""
    module = read_module(data)
    mutable = tuple(index for index, (_, is_mutable) in enumerate(module.globals) if is_mutable)
    segments = read_data_segments(module)
    return Instrumented(
        wasm=_rewrite(module, _exports(module, mutable), segments),
        imports=tuple((item.module, item.name) for item in module.imported_functions()),
        unknown_import=next((f"{item.module}::{item.name}" for item in module.imports if item.kind != "func"), ""),
        exports=frozenset(export.name for export in module.exports if export.kind == "func"),
        indices={export.name: export.index for export in module.exports if export.kind == "func"},
        mutable_globals=mutable,
        global_widths=tuple(_WIDTHS[module.globals[index][0]] for index in mutable),
        memory=module.memories[0] if module.memories else None,
        has_table=bool(module.tables),
        has_start=module.start is not None,
        segments=tuple(
            (segment.offset, data[segment.start : segment.end]) for segment in segments if segment.offset is not None
        ),
    )


def _exports(module: Module, mutable: tuple[int, ...]) -> list[Export]:
    exports = [*module.exports, *(Export(global_name(index), "global", index) for index in mutable)]
    if module.memories:
        exports.append(Export(MEMORY_NAME, "memory", 0))
    if module.tables:
        exports.append(Export(TABLE_NAME, "table", 0))
    if module.start is not None:
        exports.append(Export(START_NAME, "func", module.start))
    return exports


def _rewrite(module: Module, exports: list[Export], segments: list[DataSegment]) -> bytes:
    content = encode_unsigned(len(exports)) + b"".join(
        encode_export(export.name, export.kind, export.index) for export in exports
    )
    parts = [PREAMBLE]
    export_section = encode_section(EXPORT, content)
    for section in module.sections:
        if export_section and section.id and _ORDER[section.id] > _ORDER[EXPORT]:
            parts.append(export_section)
            export_section = b""
        if section.id == EXPORT:
            parts.append(export_section)
            export_section = b""
        elif section.id == DATA:
            if module.section(DATA_COUNT_SECTION) is not None:
                parts.append(encode_section(DATA, _emptied(module, segments)))
        elif section.id == CODE:
            parts.append(encode_section(CODE, weigh_code(module)))
        elif section.id != START:
            parts.append(encode_section(section.id, module.data[section.start : section.end]))
    return b"".join([*parts, export_section])


def _emptied(module: Module, segments: list[DataSegment]) -> bytes:
    """The data section with active segments made empty: to `memory.init` that is what a dropped one looks like."""
    parts = [encode_unsigned(len(segments))]
    for segment in segments:
        content = b"" if segment.offset is not None else module.data[segment.start : segment.end]
        parts.append(b"\x01" + encode_unsigned(len(content)) + content)
    return b"".join(parts)
