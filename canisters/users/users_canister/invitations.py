"""Invitations: an admin keeps the code and sends it; `users` knows its SHA-256; who shows it first is the member."""

from typing import Any

from users_canister import directory
from users_canister.attempts import shown_code
from users_canister.code_records import (
    INVITATIONS_KEPT,
    check_ring,
    check_unused,
    invitation_slot,
    keep_invitation,
    mark_used,
)
from users_canister.membership import check_member, is_member, member_of, write_member
from vex_domain import permissions
from vex_domain.cursors import decode_cursor, encode_cursor, page_size
from vex_domain.people.joining_rules import check_email
from vex_domain.people.secret_codes import INVITATION, check_new_code, digest_of
from vex_domain.refusals import Invalid, NotFound, NotRegistered, Taken, TooLarge

ROLES_OF_AN_INVITATION = 4
TEAMS_OF_AN_INVITATION = 16
PAGE_DEFAULT = 50
PAGE_MOST = 100
BY_INVITATION = "invitation"


def create(env: Any, caller: bytes, request: dict[str, Any]) -> list[int]:
    """Keep an invitation; its number. Raises NotFound, Forbidden, Invalid, TooLarge, Taken, QuotaExceeded."""
    organisation = request["organisation"]
    access = directory.require_in_organisation(env, caller, organisation, permissions.MEMBERS_MANAGE)
    check_new_code(INVITATION, request["digest"], request["expires"], env.now())
    _check_membership(env, organisation, request)
    directory.require_no_more_than(access, directory.bits_of_roles(env, organisation, request["roles"]))
    if request["email"] is not None:
        check_email(request["email"])
    check_unused(env, request["digest"])
    check_ring(env, organisation)
    fields = {field: request[field] for field in ("roles", "teams", "email", "expires")}
    fields["kind"] = INVITATION
    fields["made_by"] = access.person
    fields["epoch"] = env.epoch
    return [keep_invitation(env, organisation, request["digest"], fields)]


def _check_membership(env: Any, organisation: int, request: dict[str, Any]) -> None:
    for field, most in (("roles", ROLES_OF_AN_INVITATION), ("teams", TEAMS_OF_AN_INVITATION)):
        if len(request[field]) > most:
            raise TooLarge(field, most, len(request[field]))
    directory.check_membership(env, organisation, request["roles"], request["teams"])
    if not request["roles"]:
        raise Invalid("roles", "are empty")


def accept(env: Any, caller: bytes, request: dict[str, Any]) -> list[int]:
    """Become a member by a code, registered by the way; person and epoch.

    Raises CodeWrong, CodeUsed, CodeExpired, RateLimited, Taken, NotRegistered, Invalid, TooLarge, QuotaExceeded.
    """
    organisation = request["organisation"]
    digest = digest_of(request["code"])
    code = shown_code(env, caller, digest, (INVITATION,), organisation)
    person: int | None = env.stores.identities.get(caller)
    if person is None:
        directory.check_person(_newcomer(request, code))
    else:
        directory.full_person_of(env, caller)
        member = member_of(env, organisation, person)
        if member is not None and (is_member(member) or member["deactivated"]):
            raise Taken("the caller is a member")
    changed = {"roles": _roles_now(env, organisation, code), "teams": code["teams"], "joined_by": BY_INVITATION}
    check_member(env, organisation, person or 0, changed)
    if person is None:
        person = directory.write_person(env, caller, _newcomer(request, code))
    mark_used(env, digest, person)
    return [person, write_member(env, organisation, person, changed)]


def _newcomer(request: dict[str, Any], code: dict[str, Any]) -> dict[str, Any]:
    if request["name"] is None:
        raise NotRegistered
    return {"name": request["name"], "email": code["email"], "language": request["language"]}


def _roles_now(env: Any, organisation: int, code: dict[str, Any]) -> list[str]:
    """Those roles that the organisation still has. Raises NotFound when none is left."""
    known = directory.roles_of(env, organisation)
    roles = [role for role in code["roles"] if role in known and known[role][1] <= code["epoch"]]
    if not roles:
        raise NotFound("role")
    return roles


def revoke(env: Any, caller: bytes, request: dict[str, Any]) -> int:
    """Take an open invitation back; its number. Raises NotFound, Forbidden."""
    organisation = request["organisation"]
    directory.require_in_organisation(env, caller, organisation, permissions.MEMBERS_MANAGE)
    number: int = request["number"]
    found = _invitation(env, organisation, number)
    if found is None or found[1]["used_by"] is not None:
        raise NotFound("invitation")
    env.stores.codes.remove(found[0])
    return number


def page(env: Any, caller: bytes, request: dict[str, Any]) -> dict[str, Any]:
    """The record `InvitationPage`, newest first, without the codes. Raises NotFound, Forbidden, Invalid."""
    organisation = request["organisation"]
    directory.require_in_organisation(env, caller, organisation, permissions.MEMBERS_MANAGE)
    invited = directory.organisation_record(env, organisation)["invited"] or 0
    question = "invitations " + str(organisation)
    size = page_size(request["limit"], PAGE_DEFAULT, PAGE_MOST)
    cursor = decode_cursor(request["cursor"], question)
    last = invited if cursor is None else min(cursor, invited)
    first = max(last - size, invited - INVITATIONS_KEPT, 0)
    invitations = [_view(env, organisation, number) for number in range(last, first, -1)]
    more = first > max(invited - INVITATIONS_KEPT, 0)
    return {
        "invitations": [view for view in invitations if view is not None],
        "next": encode_cursor(first, question) if more else None,
    }


def _invitation(env: Any, organisation: int, number: int) -> tuple[bytes, dict[str, Any]] | None:
    invited = directory.organisation_record(env, organisation)["invited"] or 0
    if not max(0, invited - INVITATIONS_KEPT) < number <= invited:
        return None
    digest = env.stores.invitations.get(invitation_slot(organisation, number))
    code = env.stores.codes.get(digest)
    return None if code is None else (digest, code)


def _view(env: Any, organisation: int, number: int) -> dict[str, Any] | None:
    found = _invitation(env, organisation, number)
    if found is None:
        return None
    view = {field: found[1][field] for field in ("roles", "teams", "email", "expires", "made_by", "used_by")}
    view["number"] = number
    return view
