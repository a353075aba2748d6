"""Registering people, making organisations, members and teams: each checks all, then changes all, in one slice.

They return the numbers that their endpoint answers from.
"""

from typing import Any

from users_canister import directory
from users_canister.membership import ADMIN_ROLE, check_admins_stay, check_member, member_of, write_member
from users_canister.pushing import announce_to_all_members
from vex_canister.incoming_call import ANONYMOUS
from vex_domain import permissions
from vex_domain.access import Access
from vex_domain.refusals import Forbidden, Invalid, NotFound, Taken, TooLarge
from vex_domain.text_rules import check_name

PEOPLE_AT_ONCE = 50
TEAMS_MOST = 1_000
BY_ADMIN = "admin"


def register(env: Any, identity: bytes, request: dict[str, Any]) -> list[int]:
    """Register the caller; the person's id. Raises Taken, Invalid, TooLarge, RateLimited."""
    directory.check_person(request)
    if env.stores.identities.get(identity) is not None:
        raise Taken("the caller is registered")
    env.newcomers.take(env.now())
    return [directory.write_person(env, identity, request)]


def update_profile(env: Any, caller: bytes, request: dict[str, Any]) -> int:
    """Replace one's own name, e-mail and language; the person. Raises NotRegistered, Forbidden, Invalid, TooLarge."""
    person = directory.full_person_of(env, caller)
    directory.check_person(request)
    record = env.stores.people.get(person)
    for field in ("name", "email", "language"):
        record[field] = request[field]
    env.stores.people.insert(person, record)
    return person


def register_organisation(env: Any, request: dict[str, Any]) -> None:
    """Make an organisation with its first admin; the same again changes nothing. Raises Invalid, TooLarge, Taken."""
    organisation = request["organisation"]
    if organisation == 0 or organisation >= 1 << 32:
        raise Invalid("organisation", "is not in 1..2^32-1")
    check_name("name", request["name"])
    former = env.stores.organisations.get(organisation)
    if former is not None:
        if former["slug"] != request["slug"]:
            raise Taken("the organisation's id is in use")
        return
    record = {"name": request["name"], "slug": request["slug"], "joined": 0, "left": 0, "teams": 0, "roles": 0}
    record.update({"admins": 0, "staff": 0, "asking": 0, "invited": 0, "people_most": None})
    env.stores.organisations.insert(organisation, record)
    identity = request["admin"].bytes
    person = env.stores.identities.get(identity)
    if person is None:
        fields = {"name": "Admin of " + request["slug"], "email": None, "language": None}
        person = directory.write_person(env, identity, fields)
    write_member(env, organisation, person, {"roles": [ADMIN_ROLE], "teams": [], "joined_by": BY_ADMIN})


def add_people(env: Any, caller: bytes, request: dict[str, Any]) -> list[int]:
    """Make people members, registering those who are not yet; epoch and ids.

    Raises NotFound, Forbidden, Invalid, TooLarge, LastAdmin, QuotaExceeded.
    """
    organisation = request["organisation"]
    access = directory.require_in_organisation(env, caller, organisation, permissions.MEMBERS_MANAGE)
    people = request["people"]
    if len(people) > PEOPLE_AT_ONCE:
        raise TooLarge("people", PEOPLE_AT_ONCE, len(people))
    identities = [person["identity"].bytes for person in people]
    if not people or len(set(identities)) != len(identities) or ANONYMOUS in identities:
        raise Invalid("people", "are none, anonymous, or have one twice")
    for position, person in enumerate(people):
        _check_newcomer(env, access, person, position)
    check_admins_stay(env, organisation, _roles_by_person(env, people))
    numbers = [0]
    for person in people:
        identity = person["identity"].bytes
        known = env.stores.identities.get(identity)
        person_id = directory.write_person(env, identity, person) if known is None else known
        changed = {"roles": person["roles"], "teams": person["teams"], "joined_by": BY_ADMIN}
        numbers[0] = write_member(env, organisation, person_id, changed)
        numbers.append(person_id)
    return numbers


def _roles_by_person(env: Any, people: list[dict[str, Any]]) -> dict[int, list[str]]:
    """The new roles of those who are registered. Raises Invalid for a person named by two principals."""
    known = [(env.stores.identities.get(person["identity"].bytes), person["roles"]) for person in people]
    roles = {person: names for person, names in known if person is not None}
    if len(roles) != sum([person is not None for person, _names in known]):
        raise Invalid("people", "have one twice")
    return roles


def _check_newcomer(env: Any, access: Access, person: dict[str, Any], position: int) -> None:
    directory.check_person(person)
    organisation = access.organisation
    directory.check_membership(env, organisation, person["roles"], person["teams"])
    if not person["roles"]:
        raise Invalid("roles", "are empty")
    directory.require_no_more_than(access, directory.bits_of_roles(env, organisation, person["roles"]))
    known = env.stores.identities.get(person["identity"].bytes)
    if known is not None:
        member = member_of(env, organisation, known)
        directory.require_no_more_than(access, directory.bits_of_member(env, organisation, member))
    check_member(env, organisation, known or 0, {"roles": person["roles"]}, position)


def managed_member(env: Any, caller: bytes, organisation: int, person: int) -> tuple[Access, dict[str, Any]]:
    """The caller's access and a member whom they may manage: one who may do no more than they.

    Raises NotFound, Forbidden.
    """
    access = directory.require_in_organisation(env, caller, organisation, permissions.MEMBERS_MANAGE)
    member = member_of(env, organisation, person)
    if member is None:
        raise NotFound("member")
    active = dict(member)
    active["deactivated"] = None
    directory.require_no_more_than(access, directory.bits_of_member(env, organisation, active))
    return access, member


def set_member(env: Any, caller: bytes, request: dict[str, Any]) -> list[int]:
    """Replace a member's roles and teams; the epoch. Raises NotFound, Forbidden, Invalid, LastAdmin, QuotaExceeded."""
    organisation = request["organisation"]
    person = request["person"]
    access, member = managed_member(env, caller, organisation, person)
    directory.check_membership(env, organisation, request["roles"], request["teams"])
    directory.require_no_more_than(access, directory.bits_of_roles(env, organisation, request["roles"]))
    changed = {"roles": request["roles"], "teams": request["teams"]}
    check_member(env, organisation, person, changed)
    if access.person == person and ADMIN_ROLE in member["roles"] and ADMIN_ROLE not in request["roles"]:
        raise Forbidden("members.manage_self")
    return [write_member(env, organisation, person, changed)]


def deactivate_member(env: Any, caller: bytes, request: dict[str, Any]) -> list[int]:
    """Take everything away from a member, or give it back; the epoch. Raises NotFound, Forbidden, LastAdmin."""
    organisation = request["organisation"]
    person = request["person"]
    managed_member(env, caller, organisation, person)
    changed = {"deactivated": request["deactivated"]}
    check_member(env, organisation, person, changed)
    return [write_member(env, organisation, person, changed)]


def leave(env: Any, caller: bytes, request: dict[str, Any]) -> int:
    """End one's own membership; the epoch. Raises NotFound, Forbidden, LastAdmin."""
    organisation = request["organisation"]
    directory.organisation_record(env, organisation)
    person = directory.full_person_of(env, caller)
    member = member_of(env, organisation, person)
    if member is None or not member["roles"]:
        raise NotFound("organisation")
    changed: dict[str, Any] = {"roles": [], "teams": []}
    check_member(env, organisation, person, changed)
    return write_member(env, organisation, person, changed)


def create_team(env: Any, caller: bytes, request: dict[str, Any]) -> list[int]:
    """Make a team; its number within the organisation. Raises NotFound, Forbidden, Invalid, TooLarge."""
    organisation = request["organisation"]
    directory.require_in_organisation(env, caller, organisation, permissions.TEAMS_MANAGE)
    check_name("name", request["name"])
    record = directory.organisation_record(env, organisation)
    if record["teams"] >= TEAMS_MOST:
        raise TooLarge("teams", TEAMS_MOST, record["teams"] + 1)
    record["teams"] += 1
    env.stores.teams.insert(directory.numbered(organisation, record["teams"]), {"name": request["name"]})
    env.stores.organisations.insert(organisation, record)
    announce_to_all_members(env, organisation)
    return [record["teams"]]
