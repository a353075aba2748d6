"""A support desk's content as an export gives it, whichever format it came in. No file is touched here."""

from datetime import datetime
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

Priority = Literal["low", "normal", "high", "urgent"]
Status = Literal["new", "open", "pending", "hold", "solved", "closed"]
Role = Literal["customer", "agent", "lead", "admin"]


class ExportError(ValueError):
    """An export that cannot be read: says the file, the place in it, and what is wrong there."""


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="ignore")


class DeskPerson(_Part):
    """Somebody who asks or answers; `key` is unique within the export, `organisation` names where they belong."""

    key: str = Field(min_length=1)
    name: str
    role: Role = "customer"
    organisation: str = Field(min_length=1)


class DeskComment(_Part):
    """One comment after the description; an internal one is never shown to customers."""

    author: str
    body: str
    internal: bool = False
    created_at: datetime
    attachments: int = Field(default=0, ge=0)


class DeskTicket(_Part):
    """A ticket with its conversation; people are named by their key, the organisation by its name."""

    reference: str = Field(min_length=1)
    subject: str
    body: str
    priority: Priority = "normal"
    status: Status = "new"
    requester: str
    assignee: str | None = None
    organisation: str = Field(min_length=1)
    tags: tuple[str, ...] = ()
    created_at: datetime
    comments: tuple[DeskComment, ...] = ()
    attachments: int = Field(default=0, ge=0)

    @property
    def attachment_count(self) -> int:
        """Files of the ticket and of all its comments."""
        return self.attachments + sum(comment.attachments for comment in self.comments)


class Desk(_Part):
    """A whole export: every ticket's people and organisation are among `people` and `organisations`."""

    organisations: tuple[str, ...]
    people: tuple[DeskPerson, ...]
    tickets: tuple[DeskTicket, ...]

    def checked(self) -> "Desk":
        """This desk, or ExportError where a ticket or comment names somebody or something unknown."""
        people = {person.key for person in self.people}
        organisations = set(self.organisations)
        for ticket in self.tickets:
            named = {ticket.requester, *(comment.author for comment in ticket.comments)}
            if ticket.assignee is not None:
                named.add(ticket.assignee)
            if unknown := sorted(named - people):
                raise ExportError(f"ticket {ticket.reference}: no such person: {unknown[0]}")
            if ticket.organisation not in organisations:
                raise ExportError(f"ticket {ticket.reference}: no such organisation: {ticket.organisation}")
        return self

    def joined(self, other: "Desk") -> "Desk":
        """Both desks as one; people and organisations that both have are kept once, the first one's."""
        people = {person.key: person for person in (*other.people, *self.people)}
        return Desk(
            organisations=tuple(dict.fromkeys((*self.organisations, *other.organisations))),
            people=tuple(people.values()),
            tickets=(*self.tickets, *other.tickets),
        )
