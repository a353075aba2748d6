"""What `users` answers about people, organisations and grants."""

from typing import Any

from kybra import Principal

from users_canister import directory
from users_canister.rosters import may_be_assigned, work_of
from vex_domain import permissions
from vex_domain.cursors import decode_cursor, encode_cursor, page_size
from vex_domain.refusals import Forbidden, Invalid, NotFound

MEMBERS_DEFAULT = 50
MEMBERS_MOST = 200
LOOKED_AT_MOST = 400


def person_view(env: Any, person: int) -> dict[str, Any]:
    """The record `Person`. Raises NotFound."""
    record = env.stores.people.get(person)
    if record is None:
        raise NotFound("person")
    view = {field: record[field] for field in ("name", "email", "language", "registered_at")}
    view["id"] = person
    view["identity"] = Principal(record["identity"])
    return view


def grants(env: Any, subject: bytes, organisation: int) -> dict[str, Any]:
    """The record `Grants` of a principal in an organisation; without permissions for a stranger."""
    access = directory.access_of(env, subject, organisation)
    found = {
        "person": access.person,
        "roles": [],
        "teams": list(access.teams),
        "permissions": permissions.names_of(access.permissions),
        "epoch": env.epoch,
        "lifetime": env.settings["grant_lifetime"],
        "known_teams": None,
        "updates_per_minute": None,
    }
    if access.permissions:
        member = env.stores.members.get(directory.member_key(organisation, access.person))
        found["roles"] = directory.standing_roles(env, organisation, member)
        found["known_teams"] = directory.organisation_record(env, organisation)["teams"]
        key = env.stores.api_keys.get(subject)
        if key is not None:
            found["updates_per_minute"] = key["per_minute"]
            found["lifetime"] = min(found["lifetime"], key["expires"] - env.now())
    return found


def known_people(env: Any, organisation: int, people: list[int]) -> dict[str, Any]:
    """The record `KnownPeople`: those who are members, also deactivated ones. Raises Invalid."""
    if len(people) > MEMBERS_MOST:
        raise Invalid("people", "are more than " + str(MEMBERS_MOST))
    known = []
    assignable = []
    for person in people:
        member = env.stores.members.get(directory.member_key(organisation, person))
        if member is not None and member["roles"]:
            known.append(person)
            if may_be_assigned(env, organisation, member):
                assignable.append(person)
    return {"people": known, "assignable": assignable}


def require_may_ask(env: Any, caller: bytes, subject: bytes) -> None:
    """Grants are told to the person, the index, registered shards and operators. Raises Forbidden."""
    if caller in (subject, env.settings["index"]) or caller in env.shards or caller in env.settings["operators"]:
        return
    raise Forbidden("fleet.shard")


def organisation_view(env: Any, caller: bytes, organisation: int) -> dict[str, Any]:
    """The record `Organisation`, for its members and operators. Raises NotFound."""
    record = _seen_organisation(env, caller, organisation)
    return {
        "id": organisation,
        "name": record["name"],
        "slug": record["slug"],
        "members": record["joined"] - record["left"],
        "teams": record["teams"],
    }


def roles_view(env: Any, caller: bytes, organisation: int) -> dict[str, Any]:
    """The record `OrganisationRoles`. Raises NotFound."""
    record = directory.organisation_record(env, organisation)
    directory.access_of(env, caller, organisation).require_member("organisation")
    teams = [
        {"id": number, "name": env.stores.teams.get(directory.numbered(organisation, number))["name"]}
        for number in range(1, record["teams"] + 1)
    ]
    roles = [
        {"name": name, "permissions": permissions.names_of(bits), "built_in": name in permissions.BUILT_IN_ROLES}
        for name, (bits, _since) in directory.roles_of(env, organisation).items()
    ]
    return {"teams": teams, "roles": roles}


def members_page(env: Any, caller: bytes, request: dict[str, Any]) -> dict[str, Any]:
    """The record `MemberPage`, in the order of joining. Raises NotFound, Forbidden, Invalid."""
    organisation = request["organisation"]
    directory.require_in_organisation(env, caller, organisation, permissions.MEMBERS_READ)
    record = directory.organisation_record(env, organisation)
    question = "members " + str(organisation)
    size = page_size(request["limit"], MEMBERS_DEFAULT, MEMBERS_MOST)
    number = decode_cursor(request["cursor"], question) or 0
    last = min(record["joined"], number + LOOKED_AT_MOST)
    members: list[dict[str, Any]] = []
    while number < last and len(members) < size:
        number += 1
        view = _member_view(env, organisation, env.stores.rolls.get(directory.numbered(organisation, number)))
        if view["roles"]:
            members.append(view)
    return {"members": members, "next": encode_cursor(number, question) if number < record["joined"] else None}


def _member_view(env: Any, organisation: int, person: int) -> dict[str, Any]:
    member = env.stores.members.get(directory.member_key(organisation, person))
    record = env.stores.people.get(person)
    view = {field: member[field] for field in ("roles", "teams", "epoch", "joined_by")}
    view["deactivated"] = bool(member["deactivated"])
    view["service"] = record["service_of"] is not None
    view["work"] = work_of(env, organisation, person)
    view["person"] = person
    view["name"] = record["name"]
    view["identity"] = Principal(record["identity"])
    return view


def _seen_organisation(env: Any, caller: bytes, organisation: int) -> dict[str, Any]:
    record = directory.organisation_record(env, organisation)
    if caller not in env.settings["operators"]:
        directory.access_of(env, caller, organisation).require_member("organisation")
    return record
