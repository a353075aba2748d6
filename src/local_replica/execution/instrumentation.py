"""Rewrites a module so that the executor can see, save and restore all of its state.

Mutable globals, memory, table and start function are exported under names that no module uses; the start section goes
(it runs as a message of its own); data segments go, because the executor keeps the initial heap itself and maps it.
Instructions get the replica's cost (`weights.py`).
"""

from dataclasses import dataclass

from candid.wire import uleb
from local_replica.execution.binary import (
    CODE,
    CUSTOM,
    DATA,
    DATA_COUNT,
    EXPORT,
    GLOBAL,
    PREAMBLE,
    START,
    Export,
    Limits,
    Module,
    Reader,
    read_module,
)
from local_replica.execution.encoding import encode_export, encode_section
from local_replica.execution.segments import DataSegment, read_data_segments
from local_replica.execution.weights import weigh_code

PREFIX = "\0vex:"
MEMORY_NAME = PREFIX + "memory"
TABLE_NAME = PREFIX + "table"
START_NAME = PREFIX + "start"
REST_NAME = PREFIX + "rest"

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
    """The export under which the executor reaches a mutable global."""
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
    exports.append(Export(REST_NAME, "global", len(module.globals)))
    if module.memories:
        exports.append(Export(MEMORY_NAME, "memory", 0))
    if module.tables:
        exports.append(Export(TABLE_NAME, "table", 0))
    if module.start is not None:
        exports.append(Export(START_NAME, "func", module.start))
    return exports


def _rewrite(module: Module, exports: list[Export], segments: list[DataSegment]) -> bytes:
    contents = {
        section.id: module.data[section.start : section.end] for section in module.sections if section.id != CUSTOM
    }
    contents.pop(START, None)
    contents[EXPORT] = uleb(len(exports)) + b"".join(
        encode_export(export.name, export.kind, export.index) for export in exports
    )
    contents[GLOBAL] = _with_rest(module)
    if CODE in contents:
        contents[CODE] = weigh_code(module, rest_global=len(module.globals))
    if contents.pop(DATA, None) is not None and DATA_COUNT in contents:
        contents[DATA] = _emptied(module, segments)
    ordered = sorted(contents.items(), key=lambda item: _ORDER[item[0]])
    customs = [section for section in module.sections if section.id == CUSTOM]
    return b"".join(
        [
            PREAMBLE,
            *(encode_section(section_id, content) for section_id, content in ordered),
            *(encode_section(CUSTOM, module.data[section.start : section.end]) for section in customs),
        ]
    )


def _with_rest(module: Module) -> bytes:
    """The global section with an `i32` of ours behind the module's own, for `weights.py`."""
    section = module.section(GLOBAL)
    own = b""
    if section is not None:
        reader = Reader(module.data, section.start, section.end)
        reader.unsigned()
        own = module.data[reader.position : section.end]
    return uleb(len(module.globals) + 1) + own + b"\x7f\x01\x41\x00\x0b"


def _emptied(module: Module, segments: list[DataSegment]) -> bytes:
    """The data section with active segments made empty: to `memory.init` that is what a dropped one looks like."""
    parts = [uleb(len(segments))]
    for segment in segments:
        content = b"" if segment.offset is not None else module.data[segment.start : segment.end]
        parts.append(b"\x01" + uleb(len(content)) + content)
    return b"".join(parts)
