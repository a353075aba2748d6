"""Metadata sections of a module ("icp:public x", "icp:private x")."""

from collections.abc import Mapping
from dataclasses import dataclass

from local_replica.execution.binary import CUSTOM, Reader, read_sections

_PUBLIC, _PRIVATE = "icp:public ", "icp:private "


@dataclass(frozen=True, slots=True)
class MetadataSection:
    """A section's content; a private one is told to controllers only."""

    is_public: bool
    content: bytes


def read_metadata(module: bytes) -> Mapping[str, MetadataSection]:
    """Return the metadata sections of a valid module by name."""
    found = {}
    for section in read_sections(module):
        if section.id != CUSTOM:
            continue
        reader = Reader(module, section.start, section.end)
        name = reader.name()
        for prefix in (_PUBLIC, _PRIVATE):
            if name.startswith(prefix):
                content = module[reader.position : section.end]
                found[name.removeprefix(prefix)] = MetadataSection(prefix == _PUBLIC, content)
    return found
