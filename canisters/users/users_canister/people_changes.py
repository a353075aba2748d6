"""Registering people, making organisations, members, teams and roles: each checks all, then changes all, in one slice.

They return the numbers that their endpoint answers from.
"""

from typing import Any

from users_canister import directory
from users_canister.pushing import announce
from vex_canister.incoming_call import ANONYMOUS
from vex_domain import permissions
from vex_domain.refusals import Forbidden, Invalid, NotFound, Taken, TooLarge
from vex_domain.text_rules import check_line

PEOPLE_AT_ONCE = 50
TEAMS_MOST = 1_000
ROLES_MOST = 32
ROLE_CHARACTERS = 32
ROLE_BYTES = 64


def register(env: Any, identity: bytes, request: dict[str, Any]) -> list[int]:
    """Register the caller; the person's id. Raises Taken, Invalid, TooLarge."""
    directory.check_person(request)
    if env.stores.identities.get(identity) is not None:
        raise Taken("the caller is registered")
    return [directory.write_person(env, identity, request)]


def require_in_organisation(env: Any, identity: bytes, organisation: int, bit: int) -> None:
    """Raises NotFound for a stranger, Forbidden for a member without the permission. Operators may everywhere."""
    directory.organisation_record(env, organisation)
    if identity in env.settings["operators"]:
        return
    access = directory.access_of(env, identity, organisation)
    access.require_member("organisation")
    access.require(bit)


def register_organisation(env: Any, request: dict[str, Any]) -> None:
    """Make an organisation with its first admin; the same again changes nothing. Raises Invalid, TooLarge, Taken."""
    organisation = request["organisation"]
    if organisation == 0 or organisation >= 1 << 32:
        raise Invalid("organisation", "is not in 1..2^32-1")
    check_line("name", request["name"], directory.NAME_CHARACTERS, directory.NAME_BYTES)
    former = env.stores.organisations.get(organisation)
    if former is not None:
        if former["slug"] != request["slug"]:
            raise Taken("the organisation's id is in use")
        return
    record = {"name": request["name"], "slug": request["slug"], "joined": 0, "left": 0, "teams": 0, "roles": 0}
    env.stores.organisations.insert(organisation, record)
    identity = request["admin"].bytes
    person = env.stores.identities.get(identity)
    if person is None:
        fields = {"name": "Admin of " + request["slug"], "email": None, "language": None}
        person = directory.write_person(env, identity, fields)
    epoch = announce(env, organisation, identity)
    directory.write_member(env, organisation, person, {"roles": ["admin"], "teams": [], "epoch": epoch})


def add_people(env: Any, caller: bytes, request: dict[str, Any]) -> list[int]:
    """Make people members, registering those who are not yet; epoch and ids.

    Raises NotFound, Forbidden, Invalid, TooLarge.
    """
    organisation = request["organisation"]
    require_in_organisation(env, caller, organisation, permissions.MEMBERS_MANAGE)
    people = request["people"]
    if len(people) > PEOPLE_AT_ONCE:
        raise TooLarge("people", PEOPLE_AT_ONCE, len(people))
    identities = [person["identity"].bytes for person in people]
    if not people or len(set(identities)) != len(identities) or ANONYMOUS in identities:
        raise Invalid("people", "are none, anonymous, or have one twice")
    for person in people:
        directory.check_person(person)
        directory.check_membership(env, organisation, person["roles"], person["teams"])
        if not person["roles"]:
            raise Invalid("roles", "are empty")
    numbers = [0]
    for person in people:
        identity = person["identity"].bytes
        known = env.stores.identities.get(identity)
        person_id = directory.write_person(env, identity, person) if known is None else known
        epoch = announce(env, organisation, identity)
        membership = {"roles": person["roles"], "teams": person["teams"], "epoch": epoch}
        directory.write_member(env, organisation, person_id, membership)
        numbers[0] = epoch
        numbers.append(person_id)
    return numbers


def set_member(env: Any, caller: bytes, request: dict[str, Any]) -> list[int]:
    """Replace a member's roles and teams; the epoch. Raises NotFound, Forbidden, Invalid."""
    organisation = request["organisation"]
    require_in_organisation(env, caller, organisation, permissions.MEMBERS_MANAGE)
    person = request["person"]
    record = env.stores.people.get(person)
    member = env.stores.members.get(directory.member_key(organisation, person))
    if record is None or member is None:
        raise NotFound("member")
    directory.check_membership(env, organisation, request["roles"], request["teams"])
    if record["identity"] == caller and "admin" in member["roles"] and "admin" not in request["roles"]:
        raise Forbidden("members.manage_self")
    epoch = announce(env, organisation, record["identity"])
    membership = {"roles": request["roles"], "teams": request["teams"], "epoch": epoch}
    directory.write_member(env, organisation, person, membership)
    return [epoch]


def create_team(env: Any, caller: bytes, request: dict[str, Any]) -> list[int]:
    """Make a team; its number within the organisation. Raises NotFound, Forbidden, Invalid, TooLarge."""
    organisation = request["organisation"]
    require_in_organisation(env, caller, organisation, permissions.TEAMS_MANAGE)
    check_line("name", request["name"], directory.NAME_CHARACTERS, directory.NAME_BYTES)
    record = directory.organisation_record(env, organisation)
    if record["teams"] >= TEAMS_MOST:
        raise TooLarge("teams", TEAMS_MOST, record["teams"] + 1)
    record["teams"] += 1
    env.stores.teams.insert(directory.numbered(organisation, record["teams"]), {"name": request["name"]})
    env.stores.organisations.insert(organisation, record)
    return [record["teams"]]


def define_role(env: Any, caller: bytes, request: dict[str, Any]) -> list[int]:
    """Define a role of the organisation's own; its number. Raises NotFound, Forbidden, Invalid, TooLarge, Taken."""
    organisation = request["organisation"]
    require_in_organisation(env, caller, organisation, permissions.ROLES_MANAGE)
    check_line("name", request["name"], ROLE_CHARACTERS, ROLE_BYTES)
    if request["name"] in directory.role_bits(env, organisation):
        raise Taken("the role's name is in use")
    names = request["permissions"]
    if not names or len(names) > len(permissions.BITS) or any(name not in permissions.BITS for name in names):
        raise Invalid("permissions", "are none, or name one that does not exist")
    record = directory.organisation_record(env, organisation)
    if record["roles"] >= ROLES_MOST:
        raise TooLarge("roles", ROLES_MOST, record["roles"] + 1)
    role = {"name": request["name"], "permissions": names}
    env.stores.roles.insert(directory.numbered(organisation, record["roles"]), role)
    record["roles"] += 1
    env.stores.organisations.insert(organisation, record)
    return [record["roles"]]
