"""Who may be assigned tickets in an organisation, and what shards know of them for it."""

from typing import Any

from users_canister import directory
from vex_domain import permissions
from vex_domain.people.work_rules import NO_WORK


def work_of(env: Any, organisation: int, person: int) -> dict[str, Any]:
    """Skills, capacity, absence and calendar of a member."""
    stored: dict[str, Any] | None = env.stores.work.get(directory.member_key(organisation, person))
    return dict(NO_WORK) if stored is None else stored


def roster_member(env: Any, organisation: int, person: int, member: dict[str, Any]) -> dict[str, Any]:
    """The record `RosterMember`."""
    view = work_of(env, organisation, person)
    view["person"] = person
    view["teams"] = member["teams"]
    return view


def may_be_assigned(env: Any, organisation: int, member: dict[str, Any] | None) -> bool:
    """Whether a member works on tickets: may change them."""
    return directory.bits_of_member(env, organisation, member) & permissions.TICKET_UPDATE != 0


def roster_change(env: Any, organisation: int, person: int) -> dict[str, Any]:
    """The record `RosterChange` of what is so now."""
    member = env.stores.members.get(directory.member_key(organisation, person))
    return {
        "organisation": organisation,
        "epoch": env.epoch,
        "member": roster_member(env, organisation, person, member),
        "gone": not may_be_assigned(env, organisation, member),
    }


def roster(env: Any, organisation: int) -> dict[str, Any]:
    """The record `Roster`; at most 2,000 members, since an organisation has no more staff. Raises NotFound."""
    record = directory.organisation_record(env, organisation)
    members = []
    for number in range(1, (record["staff"] or 0) + 1):
        person = env.stores.staff.get(directory.numbered(organisation, number))
        member = env.stores.members.get(directory.member_key(organisation, person))
        if may_be_assigned(env, organisation, member):
            members.append(roster_member(env, organisation, person, member))
    return {"organisation": organisation, "epoch": env.epoch, "members": members}
