"""Accounts of programs: members whose principals are API keys with scopes, an end and a limit of updates."""

from typing import Any

from users_canister import directory
from users_canister.code_records import check_unused, keep_for_person
from users_canister.identities import write_identities
from users_canister.membership import check_member, member_of, write_member
from users_canister.people_changes import BY_ADMIN, managed_member
from vex_domain import permissions
from vex_domain.people import identity_rules
from vex_domain.people.secret_codes import API_KEY, check_new_code
from vex_domain.refusals import Invalid, NotFound, TooLarge
from vex_domain.text_rules import check_name
from vex_domain.time_units import DAY_NS

SCOPES_MOST = 24
KEY_LIFE_MOST = 366 * DAY_NS
UPDATES_A_MINUTE_MOST = 1_000_000


def create_account(env: Any, caller: bytes, request: dict[str, Any]) -> list[int]:
    """Make an account without keys; its person. Raises NotFound, Forbidden, Invalid, TooLarge, QuotaExceeded."""
    organisation = request["organisation"]
    access = directory.require_in_organisation(env, caller, organisation, permissions.MEMBERS_MANAGE)
    check_name("name", request["name"])
    directory.check_membership(env, organisation, request["roles"], request["teams"])
    if not request["roles"] or "admin" in request["roles"]:
        raise Invalid("roles", "are none, or admin, which stays with people")
    directory.require_no_more_than(access, directory.bits_of_roles(env, organisation, request["roles"]))
    changed = {"roles": request["roles"], "teams": request["teams"], "joined_by": BY_ADMIN}
    check_member(env, organisation, 0, changed)
    fields = {"name": request["name"], "email": None, "language": None}
    person = directory.write_person(env, directory.NO_IDENTITY, fields, organisation)
    write_member(env, organisation, person, changed)
    return [person]


def create_key(env: Any, caller: bytes, request: dict[str, Any]) -> list[int]:
    """Open a code with which a principal becomes an API key of a person or account; the person.

    Callers: `members.manage` for the organisation's service accounts, anybody for themselves.
    Raises NotFound, Forbidden, NotRegistered, Invalid, TooLarge, Taken, QuotaExceeded.
    """
    organisation = request["organisation"]
    person = _keeper(env, caller, organisation, request["person"])
    identity_rules.check_label(request["label"])
    if len(request["scopes"]) > SCOPES_MOST:
        raise TooLarge("scopes", SCOPES_MOST, len(request["scopes"]))
    held = directory.bits_of_member(env, organisation, member_of(env, organisation, person))
    identity_rules.check_scopes(request["scopes"], permissions.names_of(held))
    now = env.now()
    if not now < request["key_expires"] <= now + KEY_LIFE_MOST:
        raise Invalid("key_expires", "is not within a year from now")
    if not 0 < request["updates_per_minute"] <= UPDATES_A_MINUTE_MOST:
        raise Invalid("updates_per_minute", "is not in 1.." + str(UPDATES_A_MINUTE_MOST))
    check_new_code(API_KEY, request["digest"], request["expires"], now)
    check_unused(env, request["digest"])
    identity_rules.linked(directory.identities_of(env, person), {}, None)
    fields = {field: request[field] for field in ("organisation", "label", "scopes", "key_expires", "expires")}
    fields["kind"] = API_KEY
    fields["per_minute"] = request["updates_per_minute"]
    keep_for_person(env, person, request["digest"], fields)
    return [person]


def _keeper(env: Any, caller: bytes, organisation: int, person: int) -> int:
    """The person whose keys the caller may make and revoke."""
    directory.organisation_record(env, organisation)
    if env.stores.identities.get(caller) == person:
        return directory.full_person_of(env, caller)
    managed_member(env, caller, organisation, person)
    if env.stores.people.get(person)["service_of"] != organisation:
        raise NotFound("service account")
    return person


def revoke_key(env: Any, caller: bytes, request: dict[str, Any]) -> list[int]:
    """End an API key; the person whose it was. Raises NotFound, Forbidden, NotRegistered."""
    identity = request["identity"].bytes
    person: int | None = env.stores.identities.get(identity)
    if person is None or not env.stores.api_keys.contains_key(identity):
        raise NotFound("API key")
    _keeper(env, caller, request["organisation"], person)
    before = directory.identities_of(env, person)
    write_identities(env, person, before, [known for known in before if known["identity"] != identity])
    return [person]
