"""What the demo needs of an export beside that it can be read, said before anything is started."""

from vex.exports import Desk, DeskPerson, DeskTicket, ExportError

__all__ = ["admin_of", "check"]


def check(desk: Desk) -> None:
    """Raise ExportError where the import would be refused: people are of one organisation, its admin adds them."""
    if not desk.tickets:
        raise ExportError("the export has no tickets")
    admins = {person.organisation for person in desk.people if person.role == "admin"}
    home = {person.key: person.organisation for person in desk.people}
    for ticket in desk.tickets:
        if ticket.organisation not in admins:
            raise ExportError(f"{ticket.organisation}: nobody there has the role admin, so nobody could add its people")
        if stranger := next((key for key in _named(ticket) if home[key] != ticket.organisation), None):
            raise ExportError(
                f"ticket {ticket.reference}: {stranger} is of {home[stranger]}, the ticket of {ticket.organisation}"
            )


def admin_of(desk: Desk, organisation: str) -> DeskPerson:
    """An admin of an organisation that has tickets; `check` has seen that there is one."""
    return next(person for person in desk.people if (person.organisation, person.role) == (organisation, "admin"))


def _named(ticket: DeskTicket) -> list[str]:
    assignee = [] if ticket.assignee is None else [ticket.assignee]
    return [ticket.requester, *assignee, *(comment.author for comment in ticket.comments)]
