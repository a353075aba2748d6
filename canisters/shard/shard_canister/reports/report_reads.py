"""Reports: what was counted, by day or added up, and how old the open tickets are. No ticket is looked at."""

from typing import Any

from shard_canister.reports.report_figures import moment_of, own_calendar
from vex_domain import permissions
from vex_domain.access import Access
from vex_domain.refusals import Forbidden, Invalid, TooLarge
from vex_domain.reporting import scopes, tallies

DAYS_MOST = 400
DAYS_APART_MOST = 31


def report(env: Any, access: Access, request: dict[str, Any]) -> dict[str, Any]:
    """The record `Report` of this shard. Raises NotFound, Forbidden, Invalid, TooLarge."""
    access.require_member("organisation")
    scope = _scope(access, request)
    first, last, apart = request["first_day"], request["last_day"], request["by_day"]
    if last < first:
        raise Invalid("last_day", "is before first_day")
    most = DAYS_APART_MOST if apart else DAYS_MOST
    if last - first >= most:
        raise TooLarge("days", most, last - first + 1)
    organisation = access.organisation
    by_day = [(day, env.figures.tally_of(organisation, scope, day)) for day in range(first, last + 1)]
    if not apart:
        by_day = [(first, tallies.merged([tally for _, tally in by_day]))]
    backlog = env.figures.backlog.days_of(organisation, scope)
    return {
        "today": moment_of(own_calendar(env.rules_of(organisation)), env.now()).day,
        "days": [{"day": day, "figures": _figures(tally)} for day, tally in by_day if tally],
        "backlog": [{"opened_on": day, "tickets": backlog[day]} for day in sorted(backlog)],
    }


def _scope(access: Access, request: dict[str, Any]) -> scopes.Scope:
    if request["scope"] not in scopes.NAMES:
        raise Invalid("scope", "is not one of " + ", ".join(scopes.NAMES))
    kind = scopes.NAMES.index(request["scope"])
    if (kind == scopes.ORGANISATION) != (request["id"] == 0):
        raise Invalid("id", "is 0 for an organisation, and only then")
    if not access.may(permissions.REPORT_READ):
        own = kind == scopes.AGENT and request["id"] == access.person and access.may(permissions.TICKET_READ)
        if not own:
            raise Forbidden(permissions.NAMES[permissions.REPORT_READ])
    return kind, request["id"]


def _figures(tally: tallies.Tally) -> list[dict[str, Any]]:
    return [{"metric": metric, "bucket": bucket, "count": times} for metric, bucket, times in tallies.entries(tally)]
