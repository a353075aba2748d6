"""The permission matrix: which role may do what, and how names and bits map."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vex_domain import permissions
from vex_domain.access import Access
from vex_domain.refusals import Forbidden, NotFound
from vex_domain.workflow.ready_workflows import DEFAULT
from vex_domain.workflow.workflow_guards import require_move
from vex_domain.workflow.workflow_reading import compile_life

OWN, OTHERS = 7, 8
MATRIX = {
    # role: (own ticket seen, others' seen, public comment on others', note, update, audit, manage members)
    "customer": (True, False, False, False, False, False, False),
    "agent": (True, True, True, True, True, False, False),
    "lead": (True, True, True, True, True, True, False),
    "admin": (True, True, True, True, True, True, True),
    "auditor": (True, True, False, False, False, True, False),
}


def access(role: str) -> Access:
    return Access(OWN, 1, permissions.BUILT_IN_ROLES[role])


def allowed(check: object, *arguments: object) -> bool:
    try:
        check(*arguments)  # type: ignore[operator]  # a method that raises or returns None
    except (Forbidden, NotFound):
        return False
    return True


@pytest.mark.parametrize("role", MATRIX)
def test_a_role_may_do_what_the_matrix_says(role: str) -> None:
    who = access(role)
    assert (
        who.sees_ticket_of(OWN),
        who.sees_ticket_of(OTHERS),
        allowed(who.require_comment, OTHERS, False),
        allowed(who.require_comment, OTHERS, True),
        allowed(who.require, permissions.TICKET_UPDATE),
        allowed(who.require, permissions.AUDIT_READ),
        allowed(who.require, permissions.MEMBERS_MANAGE),
    ) == MATRIX[role]


def test_a_stranger_finds_nothing() -> None:
    stranger = Access(0, 1, 0)
    with pytest.raises(NotFound):
        stranger.require_member("organisation")
    with pytest.raises(NotFound):
        stranger.require_sight(0)


def test_a_customer_solves_and_reopens_only_the_own_ticket() -> None:
    customer, life = access("customer"), compile_life(DEFAULT)

    def may_move(requester: int, old: str, new: str) -> bool:
        ticket = {"kind": "task", "status": old, "requester": requester, "solved_at": None}
        return allowed(require_move, life, customer, ticket, new, 0)

    assert may_move(OWN, "open", "solved")
    assert may_move(OWN, "solved", "open")
    assert not may_move(OTHERS, "open", "solved")
    assert not may_move(OWN, "open", "hold")


@given(st.sets(st.sampled_from(sorted(permissions.BITS))))
def test_names_and_bits_are_the_same_thing(names: set[str]) -> None:
    assert set(permissions.names_of(permissions.bits_of(names))) == names


def test_an_unknown_permission_grants_nothing() -> None:
    assert permissions.bits_of(["ticket.explode"]) == 0
