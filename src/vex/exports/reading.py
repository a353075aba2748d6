"""Finds out which format an export has and reads it."""

from pathlib import Path

from vex.exports.desk import Desk, ExportError
from vex.exports.tables import read_tables
from vex.exports.zendesk import read_zendesk


def read_export(path: Path) -> Desk:
    """Read a `.json` file, a folder of CSV tables, or a folder that holds both kinds and is read as one desk.

    Raises ExportError: nothing to read there, a damaged file, or a ticket that names somebody unknown.
    """
    if path.is_file():
        return read_zendesk(path).checked()
    parts = [read_zendesk(file) for file in sorted(path.glob("*.json"))]
    parts += [read_tables(file.parent) for file in sorted(path.glob("**/tickets.csv"))]
    if not parts:
        raise ExportError(f"{path}: neither a .json export nor a folder with tickets.csv")
    desk = parts[0]
    for part in parts[1:]:
        desk = desk.joined(part)
    return desk.checked()
