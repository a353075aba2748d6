"""A report of an organisation is the sum of what its shards say."""

import asyncio
from datetime import UTC, datetime

import pytest

from support.desk import Desk
from support.native_transport import NativeNet
from support.platform import AGENT, CUSTOMER, LEAD
from vex.errors import Refused
from vex.helpdesk import Helpdesk
from vex.models import NewTicket
from vex.reports import DeskReport, desk_report


def test_shards_add_up(desk: Desk, net: NativeNet) -> None:
    customer = Helpdesk(net.caller(CUSTOMER), net.platform.index.id)
    lead = Helpdesk(net.caller(LEAD), net.platform.index.id)
    ticket = NewTicket(organisation=desk.organisation, subject="Screen dark", body="Since noon.")

    async def filled() -> DeskReport:
        for _ in range(11):
            await customer.create_ticket(ticket)
        today = datetime.now(UTC).date()
        return await desk_report(lead, desk.organisation, today, today)

    report = asyncio.run(filled())
    assert len({place.shard for place in asyncio.run(lead.shards_of(desk.organisation)).shards}) > 1
    assert (report.total("created"), report.backlog_by_age()) == (12, [12, 0, 0, 0, 0, 0, 0])
    assert report.quantile("resolution") is None


def test_without_the_permission_there_is_no_report(desk: Desk, net: NativeNet) -> None:
    agent = Helpdesk(net.caller(AGENT), net.platform.index.id)
    today = datetime.now(UTC).date()
    with pytest.raises(Refused) as refused:
        asyncio.run(desk_report(agent, desk.organisation, today, today))
    assert refused.value.code == 101
    mine = asyncio.run(desk_report(agent, desk.organisation, today, today, agent=desk.people["agent"]))
    assert mine.total("created") == 0


def test_a_median_is_read_off_added_histograms() -> None:
    report = DeskReport(today=0)
    for seconds in (10, 12, 14):
        figure = {"metric": "first_reply", "bucket": seconds, "count": 1}
        report.add({"today": 5, "days": [{"day": 5, "figures": [figure]}], "backlog": []})
    median = report.quantile("first_reply")
    assert median is not None
    assert median.total_seconds() == 12
