"""Erasing a person's record when an organisation orders it, and telling all that is here of somebody."""

from typing import Any

from users_canister import directory
from users_canister.code_records import drop_of_person, forget_address
from users_canister.identities import write_identities
from users_canister.joining import forget_asking
from users_canister.membership import check_member, is_member, member_of, write_member
from users_canister.platform_settings import require_index
from vex_domain import permissions
from vex_domain.privacy.legal_holds import PERSON
from vex_domain.refusals import LastAdmin, NotFound
from vex_domain.text_rules import ERASED_TEXT


def take_order(env: Any, caller: bytes, order: dict[str, Any]) -> None:
    """End the membership that an order is about, and erase who is a member nowhere else. Callers: index.

    An organisation's last admin stays until there is another one; holds concern tickets and stop orders at the index.
    """
    require_index(env, caller)
    if order["kind"] != "erase" or order["subject_kind"] != PERSON:
        return
    organisation, person = order["organisation"], order["subject"]
    forget_asking(env, organisation, person)
    member = member_of(env, organisation, person)
    if member is None or env.stores.people.get(person) is None:
        return
    if is_member(member) and not _end_membership(env, organisation, person):
        return
    forget_address(env, organisation, person)
    if not _memberships(env, person):
        drop_of_person(env, person)
        _erase_record(env, person)


def _end_membership(env: Any, organisation: int, person: int) -> bool:
    changed: dict[str, Any] = {"roles": [], "teams": []}
    try:
        check_member(env, organisation, person, changed)
    except LastAdmin:
        return False
    write_member(env, organisation, person, changed)
    return True


def _memberships(env: Any, person: int) -> int:
    counted = env.stores.people.get(person)["memberships"]
    if counted is not None:
        return int(counted)
    # A record of an earlier schema has no count: one look at each organisation, once.
    count = 0
    for organisation in range(1, env.stores.organisations.len() + 1):
        member = member_of(env, organisation, person)
        count += member is not None and is_member(member)
    return count


def _erase_record(env: Any, person: int) -> None:
    write_identities(env, person, directory.identities_of(env, person), [])
    record = env.stores.people.get(person)
    for field in ("name", "email", "language"):
        if record[field] is not None:
            record[field] = "x" * len(record[field].encode())
    env.stores.people.insert(person, record)
    record.update({"name": ERASED_TEXT, "email": None, "language": None})
    env.stores.people.insert(person, record)


def export_record(env: Any, caller: bytes, organisation: int, person: int) -> dict[str, Any]:
    """The record `ExportedPerson`. Callers: the person, `privacy.export`, operators. Raises NotFound, Forbidden."""
    own = env.stores.identities.get(caller) == person
    if not own or env.stores.api_keys.contains_key(caller):
        directory.require_in_organisation(env, caller, organisation, permissions.PRIVACY_EXPORT)
    record = env.stores.people.get(person)
    member = member_of(env, organisation, person)
    if record is None or member is None:
        raise NotFound("person")
    found = {field: record[field] for field in ("name", "email", "language", "registered_at")}
    found["person"] = person
    found["roles"] = member["roles"]
    found["teams"] = member["teams"]
    found["identities"] = [known["identity"] for known in directory.identities_of(env, person)]
    return found
