"""Reports over all shards of an organisation: figures added up, medians and backlogs by age."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

from vex.helpdesk import Helpdesk
from vex_domain.reporting import tallies
from vex_domain.reporting.backlog import by_age
from vex_domain.reporting.histograms import quantile

FIRST_DAY = date(1970, 1, 1)


@dataclass
class DeskReport:
    """Figures of one scope: `tally` by metric and bucket, `backlog` by day of opening, `today` in the desk's zone."""

    today: int
    tally: tallies.Tally = field(default_factory=dict)
    backlog: dict[int, int] = field(default_factory=dict)

    def add(self, answer: Mapping[str, Any]) -> None:
        """Add what one shard says."""
        self.today = max(self.today, answer["today"])
        for day in answer["days"]:
            for figure in day["figures"]:
                metric = tallies.NAMES.index(figure["metric"])
                tallies.count(self.tally, tallies.key_of(metric, figure["bucket"]), figure["count"])
        for entry in answer["backlog"]:
            self.backlog[entry["opened_on"]] = self.backlog.get(entry["opened_on"], 0) + entry["tickets"]

    def total(self, metric: str) -> int:
        """How often something was counted: `created`, `solved`, `reopened` …"""
        return sum(self.by_bucket(metric).values())

    def by_bucket(self, metric: str) -> dict[int, int]:
        """The counts of a metric by bucket: ratings, hours of the week, targets by number."""
        return tallies.of_metric(self.tally, tallies.NAMES.index(metric))

    def quantile(self, metric: str, percent: int = 50) -> timedelta | None:
        """The median (or another percentile) of a duration, to within 12.5 %; None when nothing was counted."""
        seconds = quantile(self.by_bucket(metric), percent)
        return None if seconds is None else timedelta(seconds=seconds)

    def backlog_by_age(self) -> list[int]:
        """Open tickets younger than 1 day, of 1-2, 3-6, 7-13, 14-29, 30-89, 90 and more days."""
        return by_age(self.backlog, self.today)


async def desk_report(
    helpdesk: Helpdesk, organisation: int, first: date, last: date, *, team: int | None = None, agent: int | None = None
) -> DeskReport:
    """The figures from `first` to `last` (at most 400 days) of an organisation, or of one team or agent.

    Raises Refused (Forbidden without `report.read`), Unreachable when a shard does not answer: a sum must be whole.
    """
    scope, number = (
        ("team", team) if team is not None else ("agent", agent) if agent is not None else ("organisation", 0)
    )
    request = {
        "organisation": organisation,
        "scope": scope,
        "id": number,
        "first_day": (first - FIRST_DAY).days,
        "last_day": (last - FIRST_DAY).days,
        "by_day": False,
    }
    report = DeskReport(today=0)
    async for answer in helpdesk.at_every_shard(organisation, "report", request):
        report.add(answer)
    return report
