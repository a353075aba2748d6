"""Ordering that a person be erased, or that something be held or released."""

from typing import Any

from index_canister.placing import require_organisation
from index_canister.privacy_telling import tell_soon
from vex_canister.answers import Steps
from vex_canister.incoming_call import IncomingCall
from vex_canister.sessions import grants_of
from vex_canister.token_memory import once
from vex_domain.access import Access
from vex_domain.permissions import HOLD_MANAGE, PRIVACY_ERASE
from vex_domain.privacy.legal_holds import ORGANISATION, PERSON, SUBJECTS
from vex_domain.refusals import Full, Held, Invalid
from vex_domain.token_window import check_token

ORDERS_MOST = 65_535


def erase_person(env: Any, call: IncomingCall, request: dict[str, Any]) -> Steps:
    """Order that a person be erased in an organisation; the order's number. Raises NotFound, Forbidden, Held, Full."""
    return (yield from _ordered(env, call, request, _write_erasure))


def set_hold(env: Any, call: IncomingCall, request: dict[str, Any]) -> Steps:
    """Place or lift a legal hold; the order's number. Raises NotFound, Forbidden, Invalid, Full."""
    return (yield from _ordered(env, call, request, _write_hold))


def _ordered(env: Any, call: IncomingCall, request: dict[str, Any], write: Any) -> Steps:
    check_token(request["client_token"], request["created_at"], env.now())
    require_organisation(env, request["organisation"])
    cached = yield from grants_of(env, call, request["organisation"])
    numbers = once(env.tokens, env.now(), call, request, lambda: write(env, cached.access, request))
    tell_soon(env)
    return numbers[0]


def _write_erasure(env: Any, access: Access, request: dict[str, Any]) -> list[int]:
    access.require_member("organisation")
    access.require(PRIVACY_ERASE)
    person = request["person"]
    if person == 0:
        raise Invalid("person", "is 0")
    if env.orders.holds.stops_person(access.organisation, person):
        raise Held
    return [_write(env, access, "erase", (PERSON, person))]


def _write_hold(env: Any, access: Access, request: dict[str, Any]) -> list[int]:
    access.require_member("organisation")
    access.require(HOLD_MANAGE)
    kind, subject = request["subject_kind"], request["subject"]
    if kind not in SUBJECTS:
        raise Invalid("subject_kind", "is not one of " + ", ".join(SUBJECTS))
    if (kind == ORGANISATION) != (subject == 0):
        raise Invalid("subject", "is 0 for an organisation and for nothing else")
    return [_write(env, access, "hold" if request["held"] else "release", (kind, subject))]


def _write(env: Any, access: Access, kind: str, subject: tuple[str, int]) -> int:
    if env.orders.count(access.organisation) >= ORDERS_MOST:
        raise Full("the organisation takes no more orders")
    order = {"kind": kind, "subject_kind": subject[0], "subject": subject[1]}
    order.update({"ordered_at": env.now(), "ordered_by": access.person})
    number: int = env.orders.add(access.organisation, order)
    return number
