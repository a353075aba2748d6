"""How people join an organisation uninvited, as its policy says: freely, or by asking from one of its mail domains."""

from typing import Any

from users_canister import directory
from users_canister.membership import check_member, is_member, member_of, write_member
from vex_domain import permissions
from vex_domain.people import joining_rules
from vex_domain.refusals import Forbidden, Invalid, NotFound, QuotaExceeded, Taken

ASKING_MOST = 100
BY_DOMAIN = "domain"
BY_OPEN_DOOR = "open"
CLOSED = {"joining": joining_rules.INVITATION, "role": "customer", "domains": [], "public": False}
"""The policy of an organisation that has not said otherwise."""


def policy_of(env: Any, organisation: int) -> dict[str, Any]:
    """The organisation's policy of joining."""
    stored: dict[str, Any] | None = env.stores.policies.get(organisation)
    return dict(CLOSED) if stored is None else stored


def set_policy(env: Any, caller: bytes, request: dict[str, Any]) -> None:
    """Replace the policy. Raises NotFound, Forbidden, Invalid, TooLarge.

    Who comes in uninvited gets one role: a customer's rights at most when the door is open.
    """
    organisation = request["organisation"]
    access = directory.require_in_organisation(env, caller, organisation, permissions.MEMBERS_MANAGE)
    joining_rules.check_policy(request["joining"], request["domains"])
    directory.check_membership(env, organisation, [request["role"]], [])
    bits = directory.bits_of_roles(env, organisation, [request["role"]])
    directory.require_no_more_than(access, bits)
    if request["joining"] == joining_rules.OPEN and bits & ~permissions.CUSTOMER:
        raise Invalid("role", "allows more than a customer's")
    env.stores.policies.insert(organisation, {field: request[field] for field in CLOSED})


def policy_view(env: Any, caller: bytes, organisation: int) -> dict[str, Any]:
    """The record `JoiningPolicy`, for members. Raises NotFound."""
    directory.organisation_record(env, organisation)
    directory.access_of(env, caller, organisation).require_member("organisation")
    view = policy_of(env, organisation)
    view["organisation"] = organisation
    return view


def public_profile(env: Any, organisation: int) -> dict[str, Any]:
    """The record `PublicProfile`, for anyone. Raises NotFound for an organisation that makes nothing public."""
    record = directory.organisation_record(env, organisation)
    policy = policy_of(env, organisation)
    if not policy["public"]:
        raise NotFound("organisation")
    return {"id": organisation, "name": record["name"], "slug": record["slug"], "joining": policy["joining"]}


def join(env: Any, caller: bytes, request: dict[str, Any]) -> dict[str, Any]:
    """Join, or ask to; the record `Joining`. Doing so again changes nothing.

    Raises NotFound also where nobody joins uninvited, NotRegistered, Forbidden, QuotaExceeded.
    """
    organisation = request["organisation"]
    directory.organisation_record(env, organisation)
    person = directory.full_person_of(env, caller)
    member = member_of(env, organisation, person)
    if member is not None and is_member(member):
        return {"joined": True, "epoch": member["epoch"]}
    if member is not None and member["deactivated"]:
        raise NotFound("organisation")
    policy = policy_of(env, organisation)
    email = env.stores.people.get(person)["email"]
    way = joining_rules.way_in(policy["joining"], policy["domains"], email)
    if way is None:
        raise NotFound("organisation")
    if way == joining_rules.DOMAIN:
        _ask(env, organisation, person, email)
        return {"joined": False, "epoch": 0}
    changed = {"roles": _role_now(env, organisation, policy), "teams": [], "joined_by": BY_OPEN_DOOR}
    check_member(env, organisation, person, changed)
    return {"joined": True, "epoch": write_member(env, organisation, person, changed)}


def _role_now(env: Any, organisation: int, policy: dict[str, Any]) -> list[str]:
    """The policy's role, unless it was deleted or allows more by now than the open door may give."""
    known = directory.roles_of(env, organisation)
    bits = known.get(policy["role"], (0, 0))[0]
    if not bits or (policy["joining"] == joining_rules.OPEN and bits & ~permissions.CUSTOMER):
        raise Forbidden("organisation.join")
    return [policy["role"]]


def _ask(env: Any, organisation: int, person: int, email: str) -> None:
    if _place_of(env, organisation, person) is not None:
        return
    record = directory.organisation_record(env, organisation)
    asking = record["asking"] or 0
    if asking >= ASKING_MOST:
        raise QuotaExceeded("people asking to join", ASKING_MOST)
    record["asking"] = asking + 1
    asked = {"person": person, "email": email, "asked_at": env.now()}
    env.stores.asking.insert(directory.numbered(organisation, asking + 1), asked)
    env.stores.organisations.insert(organisation, record)


def asking_view(env: Any, caller: bytes, organisation: int) -> dict[str, Any]:
    """The record `AskingPeople`. Raises NotFound, Forbidden."""
    directory.require_in_organisation(env, caller, organisation, permissions.MEMBERS_MANAGE)
    people = []
    for number in range(1, (directory.organisation_record(env, organisation)["asking"] or 0) + 1):
        view = env.stores.asking.get(directory.numbered(organisation, number))
        view["name"] = env.stores.people.get(view["person"])["name"]
        people.append(view)
    return {"people": people}


def decide(env: Any, caller: bytes, request: dict[str, Any]) -> list[int]:
    """Let somebody in who asks, or not; the epoch, 0 when not.

    To let in is the admin's claim that the address is theirs. Raises NotFound, Forbidden, Taken, QuotaExceeded.
    """
    organisation = request["organisation"]
    access = directory.require_in_organisation(env, caller, organisation, permissions.MEMBERS_MANAGE)
    person = request["person"]
    place = _place_of(env, organisation, person)
    if place is None:
        raise NotFound("person")
    changed: dict[str, Any] = {}
    member = member_of(env, organisation, person)
    if request["accept"]:
        if member is not None and is_member(member):
            raise Taken("the person is a member")
        role = _role_now(env, organisation, policy_of(env, organisation))
        directory.require_no_more_than(access, directory.bits_of_roles(env, organisation, role))
        changed = {"roles": role, "teams": [], "joined_by": BY_DOMAIN}
        check_member(env, organisation, person, changed)
    _forget_asking(env, organisation, place)
    return [write_member(env, organisation, person, changed) if changed else 0]


def _place_of(env: Any, organisation: int, person: int) -> int | None:
    for number in range(1, (directory.organisation_record(env, organisation)["asking"] or 0) + 1):
        if env.stores.asking.get(directory.numbered(organisation, number))["person"] == person:
            return number
    return None


def forget_asking(env: Any, organisation: int, person: int) -> None:
    """Nobody of this id asks to join any more; the address that they gave is overwritten."""
    place = _place_of(env, organisation, person) if env.stores.organisations.contains_key(organisation) else None
    if place is not None:
        key = directory.numbered(organisation, place)
        asked = env.stores.asking.get(key)
        asked["email"] = "x" * len(asked["email"].encode())
        env.stores.asking.insert(key, asked)
        _forget_asking(env, organisation, place)


def _forget_asking(env: Any, organisation: int, place: int) -> None:
    record = directory.organisation_record(env, organisation)
    last = env.stores.asking.remove(directory.numbered(organisation, record["asking"]))
    if place != record["asking"]:
        env.stores.asking.insert(directory.numbered(organisation, place), last)
    record["asking"] -= 1
    env.stores.organisations.insert(organisation, record)
