"""CSV exports: `people.csv`, `tickets.csv` and `comments.csv` in one folder, joined by e-mail address and ticket id."""

import csv
import sys
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path
from typing import TypeVar

from pydantic import BaseModel, ValidationError

from vex.exports.desk import Desk, DeskComment, DeskPerson, DeskTicket, ExportError

Row = dict[str, str]
Part = TypeVar("Part", bound=BaseModel)


def read_tables(folder: Path) -> Desk:
    """Read a folder of CSV tables. Raises ExportError with the file and line that is wrong."""
    people = tuple(_person(place, row) for place, row in _rows(folder / "people.csv"))
    comments: dict[str, list[DeskComment]] = defaultdict(list)
    for place, row in _rows(folder / "comments.csv"):
        comments[_cell(place, row, "ticket_id")].append(_comment(place, row))
    tickets = tuple(_ticket(place, row, comments) for place, row in _rows(folder / "tickets.csv"))
    return Desk(
        organisations=tuple(dict.fromkeys(person.organisation for person in people)),
        people=people,
        tickets=tickets,
    )


def _rows(path: Path) -> Iterator[tuple[str, Row]]:
    csv.field_size_limit(sys.maxsize)
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            reader = csv.DictReader(file, strict=True)
            for row in reader:
                yield f"{path}:{reader.line_num}", row
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise ExportError(f"{path}: {error}") from error


def _cell(place: str, row: Row, column: str) -> str:
    value = row.get(column)
    if value is None:
        raise ExportError(f"{place}: column {column} is missing")
    return value


def _person(place: str, row: Row) -> DeskPerson:
    return _built(
        DeskPerson,
        place,
        key=_cell(place, row, "email"),
        name=_cell(place, row, "name"),
        role=_cell(place, row, "role") or "customer",
        organisation=_cell(place, row, "organisation"),
    )


def _comment(place: str, row: Row) -> DeskComment:
    return _built(
        DeskComment,
        place,
        author=_cell(place, row, "author"),
        body=_cell(place, row, "body"),
        internal=_cell(place, row, "internal") or "no",
        created_at=_cell(place, row, "created_at"),
        attachments=row.get("attachments") or 0,
    )


def _ticket(place: str, row: Row, comments: dict[str, list[DeskComment]]) -> DeskTicket:
    reference = _cell(place, row, "id")
    return _built(
        DeskTicket,
        place,
        reference=reference,
        subject=_cell(place, row, "subject"),
        body=_cell(place, row, "description"),
        priority=_cell(place, row, "priority").lower() or "normal",
        status=_cell(place, row, "status").lower() or "new",
        requester=_cell(place, row, "requester"),
        assignee=row.get("assignee") or None,
        organisation=_cell(place, row, "organisation"),
        tags=tuple((row.get("tags") or "").split()),
        created_at=_cell(place, row, "created_at"),
        comments=tuple(comments.get(reference, ())),
        attachments=row.get("attachments") or 0,
    )


def _built(model: type[Part], place: str, **fields: object) -> Part:
    try:
        return model(**fields)
    except ValidationError as error:
        first = error.errors()[0]
        raise ExportError(f"{place}: {'.'.join(map(str, first['loc']))}: {first['msg']}") from error
