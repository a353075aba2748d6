"""Records of one-time codes as they are stored: one open code a person, a ring of invitations an organisation."""

from typing import Any

from users_canister import directory
from vex_domain.refusals import QuotaExceeded, Taken

INVITATIONS_KEPT = 1_000

NO_CODE: dict[str, Any] = {
    "organisation": 0,
    "person": 0,
    "identity": None,
    "label": "",
    "roles": [],
    "teams": [],
    "email": None,
    "scopes": [],
    "key_expires": 0,
    "per_minute": 0,
    "made_by": 0,
    "epoch": 0,
    "not_before": 0,
    "used_by": None,
}


def check_unused(env: Any, digest: bytes) -> None:
    """Raises Taken for a digest that stands for a code already."""
    if env.stores.codes.contains_key(digest):
        raise Taken("the code is in use")


def keep_for_person(env: Any, person: int, digest: bytes, fields: dict[str, Any]) -> None:
    """Keep a code about a person's identities; it takes the place of the one before, used or not."""
    drop_of_person(env, person)
    code = dict(NO_CODE)
    code.update(fields)
    code["person"] = person
    env.stores.codes.insert(digest, code)
    env.stores.linked.insert(person, {"identities": directory.identities_of(env, person), "pending": digest})


def drop_of_person(env: Any, person: int) -> bool:
    """Forget the code about a person's identities; whether one could still have been used."""
    linked = env.stores.linked.get(person)
    if linked is None or linked["pending"] is None:
        return False
    code = env.stores.codes.remove(linked["pending"])
    linked["pending"] = None
    env.stores.linked.insert(person, linked)
    return code is not None and code["used_by"] is None and code["expires"] > env.now()


def mark_used(env: Any, digest: bytes, person: int) -> None:
    """From now on the code is `CodeUsed`."""
    code = env.stores.codes.get(digest)
    code["used_by"] = person
    env.stores.codes.insert(digest, code)


def forget_address(env: Any, organisation: int, person: int) -> None:
    """Overwrite and remove the address that the invitation was sent to by which a person came."""
    invited = directory.organisation_record(env, organisation)["invited"] or 0
    for number in range(max(1, invited - INVITATIONS_KEPT + 1), invited + 1):
        digest = env.stores.invitations.get(invitation_slot(organisation, number))
        code = env.stores.codes.get(digest)
        if code is not None and code["used_by"] == person and code["email"] is not None:
            for email in ("x" * len(code["email"].encode()), None):
                code["email"] = email
                env.stores.codes.insert(digest, code)


def check_ring(env: Any, organisation: int) -> None:
    """Raises QuotaExceeded while all the organisation's invitations are open."""
    slot = _next_slot(env, organisation)
    digest = env.stores.invitations.get(slot)
    code = None if digest is None else env.stores.codes.get(digest)
    if code is not None and code["used_by"] is None and code["expires"] > env.now():
        raise QuotaExceeded("invitations", INVITATIONS_KEPT)


def keep_invitation(env: Any, organisation: int, digest: bytes, fields: dict[str, Any]) -> int:
    """Keep an invitation in the place of the oldest, which `check_ring` found done; its number, from 1."""
    slot = _next_slot(env, organisation)
    former = env.stores.invitations.get(slot)
    if former is not None:
        env.stores.codes.remove(former)
    code = dict(NO_CODE)
    code.update(fields)
    code["organisation"] = organisation
    env.stores.codes.insert(digest, code)
    env.stores.invitations.insert(slot, digest)
    record = directory.organisation_record(env, organisation)
    record["invited"] = (record["invited"] or 0) + 1
    env.stores.organisations.insert(organisation, record)
    number: int = record["invited"]
    return number


def invitation_slot(organisation: int, number: int) -> int:
    """The key of an invitation's place in the ring."""
    return directory.numbered(organisation, (number - 1) % INVITATIONS_KEPT)


def _next_slot(env: Any, organisation: int) -> int:
    record = directory.organisation_record(env, organisation)
    return invitation_slot(organisation, (record["invited"] or 0) + 1)
