"""What the demo asks of an export is said before anything is started."""

from datetime import UTC, datetime

import pytest

from vex.demo.suitable import check
from vex.exports import Desk, DeskPerson, DeskTicket, ExportError

NOON = datetime(2026, 2, 3, 12, tzinfo=UTC)
ADMIN = DeskPerson(key="admin@alder", name="Ada", role="admin", organisation="Alder")
CUSTOMER = DeskPerson(key="bo@alder", name="Bo", organisation="Alder")
STRANGER = DeskPerson(key="cy@birch", name="Cy", organisation="Birch")


def a_desk(*people: DeskPerson, requester: str) -> Desk:
    ticket = DeskTicket(
        reference="1", subject="Printer", body="Fire", requester=requester, organisation="Alder", created_at=NOON
    )
    return Desk(organisations=("Alder", "Birch"), people=people, tickets=(ticket,))


def test_one_organisation_with_an_admin_is_enough() -> None:
    check(a_desk(ADMIN, CUSTOMER, requester="bo@alder"))


def test_an_export_without_tickets_is_refused() -> None:
    with pytest.raises(ExportError, match="no tickets"):
        check(Desk(organisations=("Alder",), people=(ADMIN,), tickets=()))


def test_an_organisation_without_an_admin_is_refused_by_name() -> None:
    with pytest.raises(ExportError, match="Alder: nobody there has the role admin"):
        check(a_desk(CUSTOMER, requester="bo@alder"))


def test_a_person_of_another_organisation_is_refused_with_the_ticket() -> None:
    with pytest.raises(ExportError, match="ticket 1: cy@birch is of Birch"):
        check(a_desk(ADMIN, STRANGER, requester="cy@birch"))
