"""What an export may look like, and how a damaged one is refused: with its place and the reason."""

import json
from pathlib import Path
from typing import Any

import pytest

from vex.exports import ExportError, read_export


def an_export(**ticket: Any) -> dict[str, Any]:
    whole = {
        "id": 1,
        "subject": "Printer",
        "description": "It is on fire",
        "requester_id": 7,
        "organization_id": 3,
        "created_at": "2026-02-03T04:05:06Z",
    }
    return {
        "organizations": [{"id": 3, "name": "Alder"}],
        "users": [{"id": 7, "name": "Ada", "email": "ada@alder.example", "organization_id": 3}],
        "tickets": [{**whole, **ticket}],
    }


def written(tmp_path: Path, export: object) -> Path:
    path = tmp_path / "desk.json"
    path.write_text(json.dumps(export), encoding="utf-8")
    return path


def test_missing_priority_is_normal_and_comments_are_public_unless_marked(tmp_path: Path) -> None:
    comment = {
        "author_id": 7,
        "body": "hello",
        "created_at": "2026-02-03T05:00:00Z",
        "attachments": [{"file_name": "a"}],
    }
    ticket = read_export(written(tmp_path, an_export(comments=[comment]))).tickets[0]
    assert (ticket.priority, ticket.comments[0].internal, ticket.attachment_count) == ("normal", False, 1)


@pytest.mark.parametrize(
    ("ticket", "reason"),
    [
        ({"priority": "asap"}, "tickets.0.priority"),
        ({"created_at": "soon"}, "tickets.0.created_at"),
        ({"requester_id": 99}, "no such organisation or user: 99"),
        ({"organization_id": 99}, "no such organisation or user: 99"),
        ({"subject": None}, "tickets.0.subject"),
    ],
)
def test_a_damaged_ticket_is_refused_with_its_place(tmp_path: Path, ticket: dict[str, Any], reason: str) -> None:
    with pytest.raises(ExportError, match=reason):
        read_export(written(tmp_path, an_export(**ticket)))


def test_what_is_not_json_or_not_there_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ExportError, match=r"neither a \.json export nor a folder"):
        read_export(tmp_path)
    (tmp_path / "desk.json").write_bytes(b"\xff{")
    with pytest.raises(ExportError, match="not JSON in UTF-8"):
        read_export(tmp_path)


def a_table_folder(tmp_path: Path, **changed: str) -> Path:
    tables = {
        "people": "email,name,role,organisation\na@x.example,Ada,,Alder\nb@x.example,Bo,agent,Alder\n",
        "tickets": "id,subject,description,priority,status,requester,assignee,organisation,tags,created_at\n"
        '1,Printer,"On fire, twice\nand smoking",High,Open,a@x.example,b@x.example,Alder,red hot,2026-01-01T00:00Z\n',
        "comments": "ticket_id,author,internal,created_at,body\n1,b@x.example,yes,2026-01-02T00:00:00Z,Call them\n",
        **changed,
    }
    for name, text in tables.items():
        (tmp_path / f"{name}.csv").write_text(text, encoding="utf-8")
    return tmp_path


def test_tables_are_joined_by_address_and_ticket_id(tmp_path: Path) -> None:
    (ticket,) = read_export(a_table_folder(tmp_path)).tickets
    assert ticket.body == "On fire, twice\nand smoking"
    assert (ticket.priority, ticket.status, ticket.tags) == ("high", "open", ("red", "hot"))
    assert ticket.comments[0].internal


def test_a_table_without_a_column_is_refused_with_file_and_line(tmp_path: Path) -> None:
    folder = a_table_folder(tmp_path, comments="ticket_id,author\n1,b@x.example\n")
    with pytest.raises(ExportError, match=r"comments\.csv:2: column body is missing"):
        read_export(folder)


def test_a_comment_of_a_stranger_is_refused(tmp_path: Path) -> None:
    stranger = "ticket_id,author,internal,created_at,body\n1,eve@x.example,no,2026-01-02T00:00:00Z,hi\n"
    with pytest.raises(ExportError, match=r"ticket 1: no such person: eve@x\.example"):
        read_export(a_table_folder(tmp_path, comments=stranger))
