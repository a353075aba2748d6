"""Zendesk-style JSON: one object with `organizations`, `users` and `tickets`, comments inside their ticket."""

import json
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ConfigDict, ValidationError

from vex.exports.desk import Desk, DeskComment, DeskPerson, DeskTicket, ExportError, Priority, Role, Status

_ROLES: dict[str, Role] = {"end-user": "customer", "agent": "agent", "lead": "lead", "admin": "admin"}


class _Wire(BaseModel):
    model_config = ConfigDict(extra="ignore")


class _Attachment(_Wire):
    file_name: str


class _Comment(_Wire):
    author_id: int
    body: str
    public: bool = True
    created_at: datetime
    attachments: list[_Attachment] = []


class _Organization(_Wire):
    id: int
    name: str


class _User(_Wire):
    id: int
    name: str
    email: str
    role: str = "end-user"
    organization_id: int


class _Ticket(_Wire):
    id: int
    subject: str
    description: str
    priority: Priority | None = None
    status: Status = "new"
    requester_id: int
    assignee_id: int | None = None
    organization_id: int
    tags: list[str] = []
    created_at: datetime
    comments: list[_Comment] = []
    attachments: list[_Attachment] = []


class _Export(_Wire):
    organizations: list[_Organization]
    users: list[_User]
    tickets: list[_Ticket]


def read_zendesk(path: Path) -> Desk:
    """Read one JSON export. Raises ExportError with the path inside the document that is wrong."""
    try:
        export = _Export.model_validate(json.loads(path.read_text(encoding="utf-8")))
    except ValidationError as error:
        first = error.errors()[0]
        place = ".".join(str(part) for part in first["loc"])
        raise ExportError(f"{path}: {place}: {first['msg']}") from error
    except (UnicodeDecodeError, json.JSONDecodeError) as error:
        raise ExportError(f"{path}: not JSON in UTF-8: {error}") from error
    return _desk(path, export)


def _desk(path: Path, export: _Export) -> Desk:
    organisations = {organization.id: organization.name for organization in export.organizations}
    people = {user.id: user.email for user in export.users}
    try:
        return Desk(
            organisations=tuple(organisations.values()),
            people=tuple(_people(export, organisations)),
            tickets=tuple(_ticket(ticket, people, organisations) for ticket in export.tickets),
        )
    except KeyError as error:
        raise ExportError(f"{path}: no such organisation or user: {error.args[0]}") from error


def _people(export: _Export, organisations: dict[int, str]) -> Iterator[DeskPerson]:
    for user in export.users:
        yield DeskPerson(
            key=user.email,
            name=user.name,
            role=_ROLES.get(user.role, "customer"),
            organisation=organisations[user.organization_id],
        )


def _ticket(ticket: _Ticket, people: dict[int, str], organisations: dict[int, str]) -> DeskTicket:
    known: dict[str, Any] = ticket.model_dump(include={"subject", "status", "created_at"})
    return DeskTicket(
        **known,
        reference=str(ticket.id),
        body=ticket.description,
        priority=ticket.priority or "normal",
        requester=people[ticket.requester_id],
        assignee=None if ticket.assignee_id is None else people[ticket.assignee_id],
        organisation=organisations[ticket.organization_id],
        tags=tuple(ticket.tags),
        comments=tuple(_comment(comment, people) for comment in ticket.comments),
        attachments=len(ticket.attachments),
    )


def _comment(comment: _Comment, people: dict[int, str]) -> DeskComment:
    return DeskComment(
        author=people[comment.author_id],
        body=comment.body,
        internal=not comment.public,
        created_at=comment.created_at,
        attachments=len(comment.attachments),
    )
