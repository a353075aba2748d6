"""Writes the canister's module: the base module's code, the imaged memory, the canister's exports and metadata."""

import re
from dataclasses import dataclass

from candid.wire import uleb
from canister_runtime.image.errors import ImageError
from canister_runtime.image.segments import PAGE, data_section
from canister_runtime.image.wasm import (
    CUSTOM,
    DATA,
    DATA_COUNT,
    EXPORT,
    MEMORY,
    Export,
    Section,
    assemble,
    custom,
    export_section,
    exports,
    memory_section,
    sections,
    start_section,
)

KEPT_EXPORTS = frozenset({"memory"})

UNFOLD = "image_unfold"
"""The base module's export that puts back what the image has folded (runtime/src/heads.c)."""


@dataclass(frozen=True, slots=True)
class WrittenModule:
    """A module's bytes and its number of data segments."""

    module: bytes
    segments: int


def write_module(base: bytes, memory: bytes, names: tuple[str, ...], metadata: dict[str, bytes]) -> WrittenModule:
    """The base module with `memory` as its first state and its numbered entries exported under `names`.

    `metadata` are custom sections by name. Raises ImageError when there are more names than entries.
    """
    data, segments = data_section(memory)
    replaced = {
        MEMORY: memory_section(len(memory) // PAGE),
        DATA: data,
        DATA_COUNT: Section(DATA_COUNT, uleb(segments)),
    }
    written = []
    for section in sections(base):
        if section.number == EXPORT:
            offered = exports(section)
            written.append(export_section(renamed(offered, names)))
            written += [start_section(entry.index) for entry in offered if entry.name == UNFOLD]
        elif section.number != CUSTOM:
            written.append(replaced.get(section.number, section))
    written += [custom(name, content) for name, content in metadata.items()]
    return WrittenModule(assemble(written), segments)


def renamed(entries: list[Export], names: tuple[str, ...]) -> list[Export]:
    """Of the base module's exports the memory, and `entry_<i>` as `names[i]`."""
    kept = [entry for entry in entries if entry.name in KEPT_EXPORTS]
    numbered = {int(match[1]): entry for entry in entries if (match := re.fullmatch(r"entry_(\d+)", entry.name))}
    if len(names) > len(numbered):
        raise ImageError(f"{len(names)} exported methods, and the runtime has entries for {len(numbered)}")
    return kept + [Export(name, numbered[i].kind, numbered[i].index) for i, name in enumerate(names)]
