"""The archive of modules that the builder hands to the interpreter (runtime/python/_archive.py reads it)."""

from collections.abc import Iterable
from dataclasses import dataclass

PACKAGE, BYTECODE, OPTIMISED = "p", "c", "o"

ENTRY, WANTED, KEEPS = ":entry", ":wanted", ":keeps"
"""Entries that are no modules: the module to enter by, the imports that stand inside functions, and what
else the source may ask for."""


@dataclass(frozen=True, slots=True)
class Entry:
    """A module: dotted name, file as tracebacks show it, flags (see above), source or bytecode."""

    name: str
    file: str
    flags: str
    content: bytes


@dataclass(frozen=True, slots=True)
class Wish:
    """An import inside a function of `importer`: `name`, or `attribute` of it. An optional one may fail."""

    importer: str
    name: str
    attribute: str
    line: int
    optional: bool


def encode(entries: Iterable[Entry]) -> bytes:
    """The archive's bytes."""
    output = bytearray()
    for entry in entries:
        for part in (entry.name.encode(), entry.file.encode(), entry.flags.encode(), entry.content):
            output += len(part).to_bytes(4, "little") + part
    return bytes(output)


def instructions(entry: str, wishes: Iterable[Wish], keeps: Iterable[str]) -> list[Entry]:
    """The three entries that are no modules."""
    lines = (
        f"{wish.importer}\t{wish.name}\t{wish.attribute}\t{wish.line}\t{'?' if wish.optional else ''}"
        for wish in wishes
    )
    return [
        Entry(ENTRY, "", "", entry.encode()),
        Entry(WANTED, "", "", "\n".join(lines).encode()),
        Entry(KEEPS, "", "", " ".join(sorted(keeps)).encode()),
    ]
