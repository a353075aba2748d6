"""Desks in the test process: one of its own for a test that changes things, a shared one for those that do not."""

import pytest

from support.desk import Desk
from support.native_platform import NativePlatform
from support.people import People


@pytest.fixture
def desk() -> Desk:
    """A desk of the test's own."""
    return Desk(NativePlatform())


@pytest.fixture
def people(desk: Desk) -> People:
    """A desk's people."""
    return People(desk)


@pytest.fixture(scope="session")
def shared_desk() -> Desk:
    """A desk for tests whose calls are all refused or change nothing that another test looks at."""
    return Desk(NativePlatform(), capacity=512, lease_length=512)
