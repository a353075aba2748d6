"""People, members, teams and roles in the stores: looked up and checked."""

from typing import Any

from vex_domain import permissions
from vex_domain.access import Access
from vex_domain.people.joining_rules import check_email
from vex_domain.refusals import Forbidden, Invalid, NotFound, NotRegistered
from vex_domain.text_rules import check_name, check_short

LANGUAGE_BYTES = 16
ROLES_OF_A_MEMBER = 8
TEAMS_OF_A_MEMBER = 32
PERSON_BITS = 63
NO_IDENTITY = b""


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


def full_person_of(env: Any, identity: bytes) -> int:
    """The person's id, for what an API key may not do in the person's place. Raises NotRegistered, Forbidden."""
    person = person_of(env, identity)
    if env.stores.api_keys.contains_key(identity):
        raise Forbidden("person.full")
    return person


def roles_of(env: Any, organisation: int) -> dict[str, tuple[int, int]]:
    """The organisation's roles, built-in and its own: permission bits, and the epoch since which they are so."""
    roles = {name: (bits, 0) for name, bits in permissions.BUILT_IN_ROLES.items()}
    record = env.stores.organisations.get(organisation)
    for number in range(0 if record is None else record["roles"]):
        role = env.stores.roles.get(numbered(organisation, number))
        roles[role["name"]] = (permissions.bits_of(role["permissions"]), role["since"] or 0)
    return roles


def standing_roles(env: Any, organisation: int, member: dict[str, Any] | None) -> list[str]:
    """The roles of a member that still are what they were when they were given."""
    if member is None or not member["roles"]:
        return []
    known = roles_of(env, organisation)
    return [role for role in member["roles"] if role in known and known[role][1] <= member["epoch"]]


def bits_of_roles(env: Any, organisation: int, names: list[str]) -> int:
    """What the named roles of the organisation allow together."""
    known = roles_of(env, organisation)
    bits = 0
    for name in names:
        bits |= known[name][0]
    return bits


def bits_of_member(env: Any, organisation: int, member: dict[str, Any] | None) -> int:
    """What a member may do; nothing when deactivated."""
    if member is None or member["deactivated"]:
        return 0
    return bits_of_roles(env, organisation, standing_roles(env, organisation, member))


def access_of(env: Any, identity: bytes, organisation: int) -> Access:
    """What a principal may do in an organisation; nothing for a stranger. An API key may what its scopes say, too."""
    person = env.stores.identities.get(identity)
    if person is None:
        return Access(0, organisation, 0)
    member = env.stores.members.get(member_key(organisation, person))
    bits = bits_of_member(env, organisation, member)
    if bits:
        key = env.stores.api_keys.get(identity)
        if key is not None:
            bits &= _bits_of_key(key, organisation, env.now())
    return Access(person, organisation, bits, tuple(member["teams"]) if bits else ())


def _bits_of_key(key: dict[str, Any], organisation: int, now: int) -> int:
    if key["organisation"] != organisation or key["expires"] <= now:
        return 0
    return permissions.bits_of(key["scopes"])


def require_in_organisation(env: Any, identity: bytes, organisation: int, bit: int) -> Access:
    """The caller's access. Raises NotFound for a stranger, Forbidden for a member without the permission."""
    organisation_record(env, organisation)
    access = access_of(env, identity, organisation)
    access.require_member("organisation")
    access.require(bit)
    return access


def require_no_more_than(access: Access, bits: int) -> None:
    """Nobody gives or takes away what they have not themselves. Raises Forbidden, naming a permission."""
    missing = bits & ~access.permissions
    if missing:
        raise Forbidden(permissions.names_of(missing)[0])


def check_person(fields: dict[str, Any]) -> None:
    """Name, e-mail and language of a person. Raises Invalid, TooLarge."""
    check_name("name", fields["name"])
    if fields["email"] is not None:
        check_email(fields["email"])
    if fields["language"] is not None:
        check_short("language", fields["language"], LANGUAGE_BYTES, LANGUAGE_BYTES)


def check_membership(env: Any, organisation: int, roles: list[str], teams: list[int]) -> None:
    """Roles and teams that the organisation has, none twice. Raises Invalid."""
    known = roles_of(env, organisation)
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


def write_person(env: Any, identity: bytes, fields: dict[str, Any], service_of: int | None = None) -> int:
    """Write a new person under a random id; returns the id. A service account begins without an identity."""
    person = 0
    while person == 0 or env.stores.people.contains_key(person):
        person = env.salts.draw_number(PERSON_BITS)
    record = {field: fields[field] for field in ("name", "email", "language")}
    record["identity"] = identity
    record["registered_at"] = env.now()
    record["service_of"] = service_of
    record["memberships"] = 0
    env.stores.people.insert(person, record)
    if identity != NO_IDENTITY:
        env.stores.identities.insert(identity, person)
    return person


def identities_of(env: Any, person: int) -> list[dict[str, Any]]:
    """Every identity of a person, the main one first."""
    linked = env.stores.linked.get(person)
    if linked is not None and linked["identities"]:
        found: list[dict[str, Any]] = linked["identities"]
        return found
    record = env.stores.people.get(person)
    if record is None or record["identity"] == NO_IDENTITY:
        return []
    return [{"identity": record["identity"], "label": "first", "linked_at": record["registered_at"]}]
