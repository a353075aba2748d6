"""A deliverer tells people of events in their own language."""

import pytest

from candid import Principal
from vex.models import TicketSummary
from vex.notifications import notification
from vex.outbox import Delivery
from vex_domain.texts.notifications import NOTIFICATIONS
from vex_domain.triggers.trigger_rules import EVENTS


def ticket(language: str | None) -> TicketSummary:
    return TicketSummary.model_construct(id=7, subject="Printer on fire", language=language)


def happened(kind: str, **detail: object) -> Delivery:
    return Delivery(Principal(b"\1"), 1, kind, 0, 7, 1, detail)


@pytest.mark.parametrize(
    ("reader", "ticket_language", "found"),
    [(["de"], "fr", "de"), ([], "fr", "fr"), (["tlh"], None, "en"), ([None], "pt-br", "pt")],
)
def test_the_readers_language_decides_then_the_tickets(
    reader: list[str | None], ticket_language: str | None, found: str
) -> None:
    line = notification(happened("created"), ticket(ticket_language), reader)
    assert line is not None
    assert line.language == found
    assert "Printer on fire" in line.text


def test_a_breach_names_its_target() -> None:
    line = notification(happened("sla_breached", metric="first_reply"), ticket("es"))
    assert line is not None
    assert "first_reply" in line.text


def test_what_only_machines_care_for_is_no_line() -> None:
    assert notification(happened("attached"), ticket("en")) is None


def test_every_line_is_of_an_event_that_there_is() -> None:
    assert set(NOTIFICATIONS) <= {*EVENTS, "survey"}
