"""Several principals of one person: linked and unlinked by proof from both sides, replaced by a recovery.

One side begins with a code (its SHA-256), the other confirms by showing it: `confirm` is called by the other principal.
"""

from typing import Any

from kybra import Principal

from users_canister import directory
from users_canister.attempts import shown_code
from users_canister.code_records import check_unused, drop_of_person, keep_for_person, mark_used
from users_canister.people_changes import managed_member
from users_canister.pushing import announce_identity
from vex_canister.operators import require_operator
from vex_domain.people import identity_rules
from vex_domain.people.secret_codes import API_KEY, LINK, RECOVERY, UNLINK, check_new_code, digest_of
from vex_domain.refusals import CodeWrong, Forbidden, NotFound
from vex_domain.time_units import DAY_NS

OPERATOR_WAITS = 3 * DAY_NS
"""An operator's recovery counts after this long (ns), so that the person can take it back."""


def begin_link(env: Any, caller: bytes, request: dict[str, Any]) -> list[int]:
    """Open a code with which another principal becomes the caller's person, too; the person.

    Raises NotRegistered, Forbidden, Invalid, TooLarge, Taken, QuotaExceeded.
    """
    person = directory.full_person_of(env, caller)
    identity_rules.check_label(request["label"])
    check_new_code(LINK, request["digest"], request["expires"], env.now())
    check_unused(env, request["digest"])
    identity_rules.linked(directory.identities_of(env, person), {}, None)
    fields = {"kind": LINK, "label": request["label"], "expires": request["expires"], "made_by": person}
    keep_for_person(env, person, request["digest"], fields)
    return [person]


def begin_unlink(env: Any, caller: bytes, request: dict[str, Any]) -> list[int]:
    """Open a code with which one of the person's principals agrees to go; the person.

    Raises NotRegistered, Forbidden, Invalid, Taken, NotFound, LastIdentity.
    """
    person = directory.full_person_of(env, caller)
    check_new_code(UNLINK, request["digest"], request["expires"], env.now())
    check_unused(env, request["digest"])
    identity = request["identity"].bytes
    identity_rules.unlinked(directory.identities_of(env, person), identity, _signing(env, person))
    fields = {"kind": UNLINK, "identity": identity, "expires": request["expires"], "made_by": person}
    keep_for_person(env, person, request["digest"], fields)
    return [person]


def begin_recovery(env: Any, caller: bytes, request: dict[str, Any]) -> list[int]:
    """Open a code with which a new principal takes the place of all of a person's; the person.

    Callers: `members.manage`, for people whose only organisation is theirs, others than themselves; operators, after
    three days. Raises NotFound, Forbidden, Invalid, TooLarge, Taken.
    """
    person = request["person"]
    not_before = 0
    if request["organisation"] is None:
        require_operator(env, caller)
        not_before = env.now() + OPERATOR_WAITS
    else:
        _require_own_person(env, caller, request["organisation"], person)
    identity_rules.check_label(request["label"])
    check_new_code(RECOVERY, request["digest"], request["expires"], env.now())
    check_unused(env, request["digest"])
    record = env.stores.people.get(person)
    if record is None or record["service_of"] is not None:
        raise NotFound("person")
    fields = {"kind": RECOVERY, "label": request["label"], "expires": request["expires"]}
    fields["organisation"] = request["organisation"] or 0
    fields["not_before"] = not_before
    keep_for_person(env, person, request["digest"], fields)
    return [person]


def _require_own_person(env: Any, caller: bytes, organisation: int, person: int) -> None:
    access, member = managed_member(env, caller, organisation, person)
    record = env.stores.people.get(person)
    if access.person == person or not member["roles"] or record["memberships"] != 1:
        raise Forbidden("platform.operate")


def cancel_code(env: Any, caller: bytes, _request: dict[str, Any]) -> int:
    """Take the open code about oneself back, whoever began it; 1 if there was one. Raises NotRegistered, Forbidden."""
    return int(drop_of_person(env, directory.full_person_of(env, caller)))


def confirm(env: Any, caller: bytes, request: dict[str, Any]) -> list[int]:
    """Show a code about one's identity: be linked, agree to go, take the place of all, become an API key; the person.

    Raises CodeWrong, CodeUsed, CodeExpired, CodeTooEarly, RateLimited, Taken, LastIdentity, QuotaExceeded, NotFound.
    """
    digest = digest_of(request["code"])
    person: int = request["person"]
    code = shown_code(env, caller, digest, (LINK, UNLINK, RECOVERY, API_KEY), person)
    before = directory.identities_of(env, person)
    after = _identities_after(env, caller, person, code, before)
    if code["kind"] == API_KEY:
        key = {"organisation": code["organisation"], "scopes": code["scopes"]}
        key["expires"] = code["key_expires"]
        key["per_minute"] = code["per_minute"]
        env.stores.api_keys.insert(caller, key)
    write_identities(env, person, before, after)
    mark_used(env, digest, person)
    return [person]


def _identities_after(
    env: Any, caller: bytes, person: int, code: dict[str, Any], before: list[dict[str, Any]]
) -> list[dict[str, Any]]:
    owner = env.stores.identities.get(caller)
    if code["kind"] == UNLINK:
        if code["identity"] != caller:
            raise CodeWrong
        return identity_rules.unlinked(before, caller, _signing(env, person))
    new = {"identity": caller, "label": code["label"], "linked_at": env.now()}
    if code["kind"] == RECOVERY:
        return identity_rules.recovered(new, owner)
    return identity_rules.linked(before, new, owner)


def write_identities(env: Any, person: int, before: list[dict[str, Any]], after: list[dict[str, Any]]) -> None:
    """Write a person's identities, and tell shards of every principal that came or went."""
    was = {known["identity"] for known in before}
    is_now = {known["identity"] for known in after}
    for gone in was - is_now:
        env.stores.identities.remove(gone)
        env.stores.api_keys.remove(gone)
    for come in is_now - was:
        env.stores.identities.insert(come, person)
    linked = env.stores.linked.get(person)
    pending = None if linked is None else linked["pending"]
    env.stores.linked.insert(person, {"identities": after, "pending": pending})
    record = env.stores.people.get(person)
    record["identity"] = after[0]["identity"] if after else directory.NO_IDENTITY
    env.stores.people.insert(person, record)
    for identity in sorted(was ^ is_now):
        announce_identity(env, identity)


def _signing(env: Any, person: int) -> set[bytes]:
    known = [each["identity"] for each in directory.identities_of(env, person)]
    return {identity for identity in known if not env.stores.api_keys.contains_key(identity)}


def identities_view(env: Any, caller: bytes) -> dict[str, Any]:
    """The record `Identities` of the caller's person. Raises NotRegistered."""
    person = directory.person_of(env, caller)
    views = []
    for known in directory.identities_of(env, person):
        view = dict(known)
        view["identity"] = Principal(known["identity"])
        view["api_key"] = env.stores.api_keys.get(known["identity"])
        views.append(view)
    return {"person": person, "identities": views, "open_code": _open_code(env, person)}


def _open_code(env: Any, person: int) -> dict[str, Any] | None:
    linked = env.stores.linked.get(person)
    code = None if linked is None or linked["pending"] is None else env.stores.codes.get(linked["pending"])
    if code is None or code["used_by"] is not None or code["expires"] <= env.now():
        return None
    return {field: code[field] for field in ("kind", "label", "expires", "not_before")}
