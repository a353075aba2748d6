"""What the interpreter tells the builder by its log: plain prints, frames, exceptions, missing imports."""

from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Where:
    """A place in a source file, named as tracebacks name it."""

    file: str
    line: int
    function: str = ""

    @property
    def is_module_level(self) -> bool:
        return self.function == "<module>"


@dataclass(slots=True)
class Reports:
    """The log's lines; those that _archive.py and image.c write in columns are read back here."""

    lines: list[str] = field(default_factory=list)

    def frames(self) -> list[Where]:
        """Lines of `image_where`."""
        columns = [line.split("\t") for line in self.lines]
        return [Where(parts[0], int(parts[1]), parts[2]) for parts in columns if len(parts) == 3]

    def traceback(self) -> list[Where]:
        """Frames of the reported exception, outermost first."""
        return [Where(parts[0], int(parts[1])) for parts in self._rows("frame", 2)]

    def exception(self) -> tuple[str, str] | None:
        """Type name and text of the reported exception."""
        for name, text in self._rows("error", 2):
            return name, text
        return None

    def missing(self) -> list[tuple[Where, str]]:
        """Imports inside functions that would fail on chain."""
        return [(Where(file, int(line)), text) for file, line, text in self._rows("missing", 3)]

    def printed(self) -> list[str]:
        """What the canister's modules themselves printed."""
        return [line for line in self.lines if line.partition("\t")[0] not in {"frame", "error", "missing"}]

    def _rows(self, kind: str, columns: int) -> list[list[str]]:
        rows = [line.split("\t", columns) for line in self.lines]
        return [row[1:] for row in rows if row[0] == kind and len(row) == columns + 1]
