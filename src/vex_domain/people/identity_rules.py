"""Several principals of one person: which may be added and taken away so that nobody is left without one.

An identity is a record {identity, label, linked_at}; the first of a list is the person's main one.
"""

from typing import Any

from vex_domain.refusals import Invalid, LastIdentity, NotFound, QuotaExceeded, Taken
from vex_domain.text_rules import check_line

IDENTITIES_MOST = 8
LABEL_BYTES = 32

Identities = list[dict[str, Any]]


def check_label(label: str) -> None:
    """What a person calls an identity: 1-32 bytes. Raises Invalid, TooLarge."""
    check_line("label", label, LABEL_BYTES, LABEL_BYTES)


def linked(identities: Identities, new: dict[str, Any], owner: int | None) -> Identities:
    """The person's identities with one more. `owner` is the person who has it now. Raises Taken, QuotaExceeded."""
    if owner is not None:
        raise Taken("the identity is a person's")
    if len(identities) >= IDENTITIES_MOST:
        raise QuotaExceeded("identities", IDENTITIES_MOST)
    return [*identities, new]


def unlinked(identities: Identities, identity: bytes, signing: set[bytes]) -> Identities:
    """The person's identities without one. Raises NotFound, and LastIdentity unless one of `signing` is left.

    `signing` are those that may act as the person in full: an API key alone does not keep a person.
    """
    left = [known for known in identities if known["identity"] != identity]
    if len(left) == len(identities):
        raise NotFound("identity")
    if not any(known["identity"] in signing for known in left):
        raise LastIdentity
    return left


def recovered(new: dict[str, Any], owner: int | None) -> Identities:
    """After a recovery: the new identity alone. Raises Taken.

    Nothing that signed for the person before does so any longer: nobody shares a person unseen with who recovered it.
    """
    return linked([], new, owner)


def check_scopes(names: list[str], held: list[str]) -> None:
    """What an API key may do is named, not twice, and no more than its maker may. Raises Invalid."""
    if not names or len(set(names)) != len(names):
        raise Invalid("scopes", "are none or have one twice")
    if any(name not in held for name in names):
        raise Invalid("scopes", "name a permission that the account has not")
