"""The table of permissions: a row for every endpoint, none for what is not there, and the page that prints it."""

from pathlib import Path

import pytest

from vex.interfaces import interface
from vex_domain import permissions
from vex_domain.people.permission_matrix import KINDS, MATRIX, allows, base_of, reference_tables

REFERENCE = Path(__file__).parents[4] / "docs" / "reference" / "permissions.md"


@pytest.mark.parametrize("canister", ["users", "index", "shard"])
def test_every_endpoint_has_a_row_and_every_row_an_endpoint(canister: str) -> None:
    methods = set(interface(canister).methods)
    bases = {base_of(method) for method in methods}
    assert bases - set(MATRIX[canister]) == set()
    assert set(MATRIX[canister]) - methods == set()


def test_rows_name_permissions_and_kinds_of_callers_that_exist() -> None:
    for rows in MATRIX.values():
        for row in rows.values():
            assert row in KINDS if isinstance(row, str) else set(row) <= set(permissions.BITS)


def test_every_permission_is_a_customers_own_an_agents_or_an_admins() -> None:
    assert sum(permissions.NAMES) == permissions.ADMIN


def test_what_counts_for_ones_own_tickets_does_not_for_others() -> None:
    assert allows(("ticket.read", "ticket.read_own"), permissions.CUSTOMER, own=True)
    assert not allows(("ticket.read", "ticket.read_own"), permissions.CUSTOMER, own=False)
    assert allows(("ticket.read", "ticket.read_own"), permissions.AUDITOR, own=False)


def test_the_reference_in_the_docs_is_the_table() -> None:
    assert REFERENCE.read_text().endswith(reference_tables())
