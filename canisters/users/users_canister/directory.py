"""People, members, teams and roles in the stores: looked up, counted, written."""

from typing import Any

from vex_domain import permissions
from vex_domain.access import Access
from vex_domain.refusals import Invalid, NotFound, NotRegistered
from vex_domain.text_rules import check_line, check_short

NAME_CHARACTERS = 100
NAME_BYTES = 240
EMAIL_BYTES = 254
LANGUAGE_BYTES = 16
ROLES_OF_A_MEMBER = 8
TEAMS_OF_A_MEMBER = 32
PERSON_BITS = 63


def member_key(organisation: int, person: int) -> bytes:
    """The key of a membership."""
    return organisation.to_bytes(8, "big") + person.to_bytes(8, "big")


def numbered(organisation: int, number: int) -> int:
    """The key of something that is numbered within an organisation."""
    return organisation << 32 | number


def organisation_record(env: Any, organisation: int) -> dict[str, Any]:
    """The stored organisation. Raises NotFound."""
    record: dict[str, Any] | None = env.stores.organisations.get(organisation)
    if record is None:
        raise NotFound("organisation")
    return record


def person_of(env: Any, identity: bytes) -> int:
    """The person's id. Raises NotRegistered."""
    person: int | None = env.stores.identities.get(identity)
    if person is None:
        raise NotRegistered
    return person


def role_bits(env: Any, organisation: int) -> dict[str, int]:
    """The organisation's roles, built-in and its own, as permission bits."""
    roles = dict(permissions.BUILT_IN_ROLES)
    record = env.stores.organisations.get(organisation)
    for number in range(0 if record is None else record["roles"]):
        role = env.stores.roles.get(numbered(organisation, number))
        roles[role["name"]] = permissions.bits_of(role["permissions"])
    return roles


def access_of(env: Any, identity: bytes, organisation: int) -> Access:
    """What a principal may do in an organisation; nothing for a stranger."""
    person = env.stores.identities.get(identity)
    if person is None:
        return Access(0, organisation, 0)
    member = env.stores.members.get(member_key(organisation, person))
    if member is None or not member["roles"]:
        return Access(person, organisation, 0)
    known = role_bits(env, organisation)
    bits = 0
    for role in member["roles"]:
        bits |= known.get(role, 0)
    return Access(person, organisation, bits, tuple(member["teams"]))


def check_person(fields: dict[str, Any]) -> None:
    """Name, e-mail and language of a person. Raises Invalid, TooLarge."""
    check_line("name", fields["name"], NAME_CHARACTERS, NAME_BYTES)
    email = fields["email"]
    if email is not None:
        check_line("email", email, EMAIL_BYTES, EMAIL_BYTES)
        before, at, domain = email.partition("@")
        if not before or not at or not domain or " " in email:
            raise Invalid("email", "is not an address")
    if fields["language"] is not None:
        check_short("language", fields["language"], LANGUAGE_BYTES, LANGUAGE_BYTES)


def check_membership(env: Any, organisation: int, roles: list[str], teams: list[int]) -> None:
    """Roles and teams that the organisation has, none twice. Raises Invalid."""
    known = role_bits(env, organisation)
    if len(roles) > ROLES_OF_A_MEMBER or len(set(roles)) != len(roles):
        raise Invalid("roles", "are more than " + str(ROLES_OF_A_MEMBER) + " or one twice")
    for role in roles:
        if role not in known:
            raise Invalid("roles", "name one that the organisation has not")
    if len(teams) > TEAMS_OF_A_MEMBER or len(set(teams)) != len(teams):
        raise Invalid("teams", "are more than " + str(TEAMS_OF_A_MEMBER) + " or one twice")
    count = organisation_record(env, organisation)["teams"]
    for team in teams:
        if not 0 < team <= count:
            raise Invalid("teams", "name one that the organisation has not")


def write_person(env: Any, identity: bytes, fields: dict[str, Any]) -> int:
    """Write a new person under a random id; returns the id."""
    person = 0
    while person == 0 or env.stores.people.contains_key(person):
        person = env.salts.draw_number(PERSON_BITS)
    record = {field: fields[field] for field in ("name", "email", "language")}
    record["identity"] = identity
    record["registered_at"] = env.now()
    env.stores.people.insert(person, record)
    env.stores.identities.insert(identity, person)
    return person


def write_member(env: Any, organisation: int, person: int, membership: dict[str, Any]) -> None:
    """Write roles, teams and epoch of a member; a new one gets the next number of the roll."""
    key = member_key(organisation, person)
    former = env.stores.members.get(key)
    record = organisation_record(env, organisation)
    if former is None:
        record["joined"] += 1
        number = record["joined"]
        env.stores.rolls.insert(numbered(organisation, number), person)
        env.stores.organisations.insert(organisation, record)
        was_member = False
    else:
        number = former["number"]
        was_member = bool(former["roles"])
    is_member = bool(membership["roles"])
    if former is not None and was_member != is_member:
        record["left"] += 1 if was_member else -1
        env.stores.organisations.insert(organisation, record)
    stored = {field: membership[field] for field in ("roles", "teams", "epoch")}
    stored["number"] = number
    env.stores.members.insert(key, stored)
