"""One figure of the benchmark, the table and the JSON that they make."""

from collections.abc import Iterable
from dataclasses import asdict, dataclass
from statistics import median

from rich.table import Table

KYBRA: dict[str, str] = {
    "noop_update": "0.06-0.13 M",
    "record_echo": "0.6 M",
    "map_get": "0.65-2.0 M",
    "map_insert": "1.4 M",
    "map_overwrite": "1.1-2.9 M",
    "map_remove": "3.5 M",
    "sha256_1k": "192 k",
    "await": "1.8 M",
    "module": "26.9 MB, 13.9 MB gzipped",
    "init": "664 M",
    "upgrade_empty": "664 M",
}
"""What Kybra's own build costs on a genuine replica, where it was measured once: it cannot be built here."""


@dataclass(frozen=True, slots=True)
class Figure:
    """A measured operation: `instructions` and `ms` are medians, the maximum beside them; absent is not measured."""

    name: str
    instructions: int | None = None
    instructions_maximum: int | None = None
    ms: float | None = None
    per_second: float | None = None
    bytes: int | None = None
    note: str = ""

    def as_json(self) -> dict[str, object]:
        """The figure under the names that programs read, with Kybra's beside it."""
        values = {key: value for key, value in asdict(self).items() if key != "name"}
        return {**values, "kybra": KYBRA.get(self.name)}


def typical(name: str, runs: list[tuple[int, float]], note: str = "") -> Figure:
    """The median of several runs (instructions, milliseconds), and the worst of them."""
    counts, times = [run[0] for run in runs], [run[1] for run in runs]
    return Figure(name, round(median(counts)), max(counts), round(median(times), 3), note=note)


_COLUMNS = ("operation", "instructions", "maximum", "ms", "per second", "bytes", "Kybra", "")
_LEFT = {"operation", ""}


def table(figures: Iterable[Figure]) -> Table:
    """The figures for people: instructions first, since they are stable."""
    drawn = Table(title="Instructions as performance_counter tells them, times on this machine", title_justify="left")
    for column in _COLUMNS:
        drawn.add_column(column, justify="left" if column in _LEFT else "right")
    for figure in figures:
        drawn.add_row(*_cells(figure))
    return drawn


def markdown(figures: Iterable[Figure]) -> str:
    """The same table for a document."""
    rules = [":--" if column in _LEFT else "--:" for column in _COLUMNS]
    rows = [_COLUMNS, rules, *[_cells(figure) for figure in figures]]
    return "\n".join(["| " + " | ".join(row) + " |" for row in rows])


def _cells(figure: Figure) -> list[str]:
    return [
        figure.name,
        _number(figure.instructions),
        _number(figure.instructions_maximum),
        "" if figure.ms is None else f"{figure.ms:,.2f}",
        "" if figure.per_second is None else f"{figure.per_second:,.0f}",
        _number(figure.bytes),
        KYBRA.get(figure.name, ""),
        figure.note,
    ]


def _number(value: int | None) -> str:
    return "" if value is None else f"{value:,}"
