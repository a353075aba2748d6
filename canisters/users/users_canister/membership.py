"""Writing a member: counts of members, admins and staff stay right, shards are told. One place, for all who join."""

from typing import Any

from users_canister import directory
from users_canister.pushing import announce, announce_work
from vex_domain.refusals import LastAdmin, QuotaExceeded

CUSTOMER_ROLE = "customer"
ADMIN_ROLE = "admin"
STAFF_MOST = 2_000
NOBODY = {
    "number": 0,
    "roles": [],
    "teams": [],
    "epoch": 0,
    "deactivated": None,
    "joined_by": None,
    "staff": None,
}


def is_member(member: dict[str, Any]) -> bool:
    """Whether somebody belongs to the organisation, be it deactivated."""
    return bool(member["roles"])


def is_admin(member: dict[str, Any]) -> bool:
    """Whether somebody is one of the organisation's active admins."""
    return ADMIN_ROLE in member["roles"] and not member["deactivated"]


def is_staff(member: dict[str, Any]) -> bool:
    """Whether somebody is active and more than a customer."""
    return not member["deactivated"] and any(role != CUSTOMER_ROLE for role in member["roles"])


def counted_organisation(env: Any, organisation: int) -> dict[str, Any]:
    """The stored organisation, its admins and staff counted: once, for one of an earlier schema. Raises NotFound."""
    record = directory.organisation_record(env, organisation)
    if record["admins"] is None:
        admins = record["staff"] = 0
        for number in range(1, record["joined"] + 1):
            person = env.stores.rolls.get(directory.numbered(organisation, number))
            key = directory.member_key(organisation, person)
            member = env.stores.members.get(key)
            admins += is_admin(member)
            if is_staff(member):
                record["staff"] += 1
                member["staff"] = record["staff"]
                env.stores.staff.insert(directory.numbered(organisation, record["staff"]), person)
                env.stores.members.insert(key, member)
        record["admins"] = admins
        env.stores.organisations.insert(organisation, record)
    return record


def member_of(env: Any, organisation: int, person: int) -> dict[str, Any] | None:
    """The stored member, also one who left; None for a person who never was one."""
    found: dict[str, Any] | None = env.stores.members.get(directory.member_key(organisation, person))
    return found


def check_member(env: Any, organisation: int, person: int, changed: dict[str, Any], more: int = 0) -> None:
    """Check that this change may be written, after `more` others like it. Raises LastAdmin, QuotaExceeded."""
    record = counted_organisation(env, organisation)
    former, member = _before_and_after(env, organisation, person, changed)
    if is_admin(former) and not is_admin(member) and record["admins"] <= 1:
        raise LastAdmin
    most = record["people_most"]
    comes = is_member(member) and not is_member(former)
    if comes and most is not None and record["joined"] - record["left"] + more >= most:
        raise QuotaExceeded("people", most)
    if is_staff(member) and not is_staff(former) and record["staff"] + more >= STAFF_MOST:
        raise QuotaExceeded("staff", STAFF_MOST)


def check_admins_stay(env: Any, organisation: int, roles: dict[int, list[str]]) -> None:
    """Check that an admin is left when these people get these roles together. Raises LastAdmin."""
    admins = counted_organisation(env, organisation)["admins"]
    lost = 0
    for person, names in roles.items():
        former, member = _before_and_after(env, organisation, person, {"roles": names})
        lost += is_admin(former) - is_admin(member)
    if lost and admins - lost < 1:
        raise LastAdmin


def write_member(env: Any, organisation: int, person: int, changed: dict[str, Any]) -> int:
    """Write what `changed` says of a member (roles, teams, deactivated, joined_by), checked before; the new epoch."""
    record = counted_organisation(env, organisation)
    former, member = _before_and_after(env, organisation, person, changed)
    if not former["number"]:
        record["joined"] += 1
        record["left"] += 1
        member["number"] = record["joined"]
        env.stores.rolls.insert(directory.numbered(organisation, member["number"]), person)
    joins = is_member(member) - is_member(former)
    record["left"] -= joins
    record["admins"] += is_admin(member) - is_admin(former)
    _move_on_staff_roll(env, (organisation, person), record, former, member)
    _count_membership(env, person, joins)
    member["epoch"] = announce(env, organisation, [known["identity"] for known in directory.identities_of(env, person)])
    env.stores.members.insert(directory.member_key(organisation, person), member)
    env.stores.organisations.insert(organisation, record)
    if is_staff(former) or is_staff(member):
        announce_work(env, organisation, person)
    epoch: int = member["epoch"]
    return epoch


def _before_and_after(
    env: Any, organisation: int, person: int, changed: dict[str, Any]
) -> tuple[dict[str, Any], dict[str, Any]]:
    stored = member_of(env, organisation, person)
    former = dict(NOBODY) if stored is None else stored
    member = dict(former)
    # Whoever keeps their roles gets a new epoch: a role that was deleted since must not come back with it.
    member["roles"] = directory.standing_roles(env, organisation, stored)
    member.update(changed)
    return former, member


def _move_on_staff_roll(
    env: Any, who: tuple[int, int], record: dict[str, Any], former: dict[str, Any], member: dict[str, Any]
) -> None:
    organisation, person = who
    if is_staff(member) and not is_staff(former):
        record["staff"] += 1
        member["staff"] = record["staff"]
        env.stores.staff.insert(directory.numbered(organisation, record["staff"]), person)
    elif is_staff(former) and not is_staff(member):
        last = env.stores.staff.remove(directory.numbered(organisation, record["staff"]))
        if last != person:
            env.stores.staff.insert(directory.numbered(organisation, former["staff"]), last)
            key = directory.member_key(organisation, last)
            moved = env.stores.members.get(key)
            moved["staff"] = former["staff"]
            env.stores.members.insert(key, moved)
        record["staff"] -= 1
        member["staff"] = None


def _count_membership(env: Any, person: int, joins: int) -> None:
    record = env.stores.people.get(person)
    if joins and record["memberships"] is not None:
        record["memberships"] += joins
        env.stores.people.insert(person, record)
