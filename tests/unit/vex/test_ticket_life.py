"""A ticket's life through the SDK: fields in Python's types, macros, history, relations."""

import asyncio
from datetime import date
from decimal import Decimal

from support.desk import Desk
from support.life import with_claims
from support.native_transport import NativeNet
from support.platform import AGENT, CUSTOMER, LEAD
from vex.field_values import Choice, entries_of, values_of
from vex.helpdesk import Helpdesk
from vex.models import NewTicket, TicketChange


def test_field_values_are_pythons_own_types() -> None:
    values = {"a": "text", "b": Decimal("1.50"), "c": date(2026, 2, 28), "d": Choice("x"), "e": ["x", "y"], "f": True}
    entries = entries_of(values)
    assert entries is not None
    assert [next(iter(entry["value"])) for entry in entries] == [
        "Text",
        "Number",
        "Date",
        "Choice",
        "Choices",
        "Checkbox",
    ]
    assert values_of(entries) == values
    assert entries_of({"a": None}) == [{"field": "a", "value": {"Empty": None}}]
    assert entries_of(None) is None


def test_a_ticket_goes_through_its_life(desk: Desk, net: NativeNet) -> None:
    with_claims(desk)
    customer, agent, lead = (Helpdesk(net.caller(who), net.platform.index.id) for who in (CUSTOMER, AGENT, LEAD))
    organisation = desk.organisation

    async def lived() -> None:
        new = NewTicket(organisation=organisation, subject="Roof", body="It leaks", kind="claim")
        ticket = (await customer.create_ticket(new.model_copy(update={"fields": {"policy": "AB123456"}}))).ticket
        change = TicketChange(status="checking", fields={"amount": Decimal("12.5"), "parts": ["roof"]})
        await agent.update_ticket(organisation, ticket, 1, change)
        life = (await agent.get_ticket(organisation, ticket)).life
        assert life is not None
        assert (life.category, life.fields["amount"], life.moves) == ("open", Decimal("12.50"), ["waiting", "settled"])
        await customer.add_comment(organisation, ticket, "my number is 555")
        await customer.edit_comment(organisation, ticket, 1, "call 555")
        await lead.redact_comment(organisation, ticket, 1, ["555"])
        assert [one.body for one in await agent.revisions(organisation, ticket, 1)] == ["my number is ***"]
        preview = await agent.preview_macro(organisation, ticket, "suspect")
        assert [change.field for change in preview.changes] == ["fields.fraud"]
        await agent.apply_macro(organisation, ticket, preview.version, "suspect")
        split = await agent.split_ticket(organisation, ticket, preview.version + 1, [1], subject="Calls")
        results = await agent.bulk_update(organisation, [split.ticket, 10**9], TicketChange(priority="low"))
        assert [result.refusal and result.refusal[0] for result in results] == [None, 300]
        assert (await agent.relate_tickets("link", "blocks", split.ticket, ticket)).done
        found = [one.id async for one in agent.tickets(organisation, kind="claim")]
        assert found == [split.ticket, ticket]

    asyncio.run(lived())
