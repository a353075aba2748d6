"""What members do for an organisation, as admins, leads and they themselves say."""

from typing import Any

from users_canister import directory
from users_canister.membership import is_member, member_of
from users_canister.pushing import announce_work
from users_canister.rosters import may_be_assigned, work_of
from vex_domain import permissions
from vex_domain.people.work_rules import check_out_until, check_work
from vex_domain.refusals import NotFound


def set_work(env: Any, caller: bytes, request: dict[str, Any]) -> int:
    """Set a member's skills, capacity and calendar; the epoch. Raises NotFound, Forbidden, Invalid, TooLarge."""
    organisation = request["organisation"]
    directory.require_in_organisation(env, caller, organisation, permissions.TEAMS_MANAGE)
    check_work(request["skills"], request["capacity"], request["calendar"])
    changed = {field: request[field] for field in ("skills", "capacity", "calendar")}
    return _write(env, organisation, request["person"], changed)


def set_out_of_office(env: Any, caller: bytes, request: dict[str, Any]) -> int:
    """Be away until a time, or back; for others with `teams.manage`; the epoch. Raises NotFound, Forbidden, Invalid."""
    organisation = request["organisation"]
    directory.organisation_record(env, organisation)
    access = directory.access_of(env, caller, organisation)
    access.require_member("organisation")
    person = access.person if request["person"] is None else request["person"]
    if person != access.person:
        access.require(permissions.TEAMS_MANAGE)
    check_out_until(request["until"], env.now())
    return _write(env, organisation, person, {"out_until": request["until"]})


def _write(env: Any, organisation: int, person: int, changed: dict[str, Any]) -> int:
    member = member_of(env, organisation, person)
    if member is None or not is_member(member):
        raise NotFound("member")
    work = work_of(env, organisation, person)
    work.update(changed)
    env.stores.work.insert(directory.member_key(organisation, person), work)
    if may_be_assigned(env, organisation, member):
        announce_work(env, organisation, person)
    epoch: int = env.epoch
    return epoch
