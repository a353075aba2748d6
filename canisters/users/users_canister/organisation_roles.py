"""Roles of an organisation's own: defined, changed, deleted; shards hear of it for all members at once."""

from typing import Any

from users_canister import directory
from users_canister.membership import counted_organisation
from users_canister.pushing import announce_to_all_members, announce_work
from vex_domain import permissions
from vex_domain.refusals import Forbidden, Invalid, NotFound, Taken, TooLarge
from vex_domain.text_rules import check_line

ROLES_MOST = 32
ROLE_CHARACTERS = 32
ROLE_BYTES = 64


def define_role(env: Any, caller: bytes, request: dict[str, Any]) -> list[int]:
    """Define a role; its number. Raises NotFound, Forbidden, Invalid, TooLarge, Taken."""
    organisation = request["organisation"]
    access = directory.require_in_organisation(env, caller, organisation, permissions.ROLES_MANAGE)
    check_line("name", request["name"], ROLE_CHARACTERS, ROLE_BYTES)
    if request["name"] in directory.roles_of(env, organisation):
        raise Taken("the role's name is in use")
    directory.require_no_more_than(access, _checked_bits(request["permissions"]))
    record = directory.organisation_record(env, organisation)
    if record["roles"] >= ROLES_MOST:
        raise TooLarge("roles", ROLES_MOST, record["roles"] + 1)
    epoch = announce_to_all_members(env, organisation)
    role = {"name": request["name"], "permissions": request["permissions"], "since": epoch}
    env.stores.roles.insert(directory.numbered(organisation, record["roles"]), role)
    record["roles"] += 1
    env.stores.organisations.insert(organisation, record)
    return [record["roles"]]


def update_role(env: Any, caller: bytes, request: dict[str, Any]) -> list[int]:
    """Change what a role allows; the epoch. Raises NotFound, Forbidden, Invalid."""
    organisation = request["organisation"]
    access = directory.require_in_organisation(env, caller, organisation, permissions.ROLES_MANAGE)
    key, role = _own_role(env, organisation, request["name"])
    directory.require_no_more_than(
        access, _checked_bits(request["permissions"]) | permissions.bits_of(role["permissions"])
    )
    counted_organisation(env, organisation)
    role["permissions"] = request["permissions"]
    env.stores.roles.insert(key, role)
    return [_announce_role(env, organisation, request["name"])]


def delete_role(env: Any, caller: bytes, request: dict[str, Any]) -> list[int]:
    """Delete a role, from all who have it; the epoch. Raises NotFound, Forbidden.

    Members keep its name in their record, which counts for nothing, also when a role is defined by that name again.
    """
    organisation = request["organisation"]
    access = directory.require_in_organisation(env, caller, organisation, permissions.ROLES_MANAGE)
    key, role = _own_role(env, organisation, request["name"])
    directory.require_no_more_than(access, permissions.bits_of(role["permissions"]))
    record = counted_organisation(env, organisation)
    record["roles"] -= 1
    last = directory.numbered(organisation, record["roles"])
    moved = env.stores.roles.remove(last)
    if last != key:
        env.stores.roles.insert(key, moved)
    env.stores.organisations.insert(organisation, record)
    return [_announce_role(env, organisation, request["name"])]


def _checked_bits(names: list[str]) -> int:
    if not names or len(set(names)) != len(names) or any(name not in permissions.BITS for name in names):
        raise Invalid("permissions", "are none, have one twice, or name one that does not exist")
    return permissions.bits_of(names)


def _own_role(env: Any, organisation: int, name: str) -> tuple[int, dict[str, Any]]:
    if name in permissions.BUILT_IN_ROLES:
        raise Forbidden("roles.manage_built_in")
    for number in range(directory.organisation_record(env, organisation)["roles"]):
        key = directory.numbered(organisation, number)
        role = env.stores.roles.get(key)
        if role["name"] == name:
            return key, role
    raise NotFound("role")


def _announce_role(env: Any, organisation: int, name: str) -> int:
    """Everybody's grants by one push; those on the staff's roll who have the role one by one, for assignment."""
    epoch = announce_to_all_members(env, organisation)
    for number in range(1, directory.organisation_record(env, organisation)["staff"] + 1):
        person = env.stores.staff.get(directory.numbered(organisation, number))
        if name in env.stores.members.get(directory.member_key(organisation, person))["roles"]:
            announce_work(env, organisation, person)
    return epoch
